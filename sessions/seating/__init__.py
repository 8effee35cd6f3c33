"""Who gets a seat, and why: pure decisions, without a database, a clock or a framework.

A `State` is what the seats of one session are; `decide(state, happening)` says what follows, as a list of `Decision`s;
`apply` folds one into the state. The log of a session is its decisions in order: `replay(log)` gives the same seats
always. Ids and numbers only: a template makes sentences of them.
"""
