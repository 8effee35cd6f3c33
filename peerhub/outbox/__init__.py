"""Durable events: what must not be lost when a process dies between two steps.

Nouns: an *event* (a frozen dataclass of ids, under a stable name), a *handler* (a function that reacts to it),
an `OutboxEvent` (the row that waits until every handler has run), a *parked* event (set aside for a human).
Verbs: `emit` in the transaction of the fact, `dispatch_due` by workers, `purge` of what is done and old.

The promise: an event whose transaction committed is handled at least once, in no promised order, and never by two
workers at one time. So a handler is idempotent by a key of its own, and reads the world again instead of trusting
the order of arrival. Handlers run in a transaction each: what they write is there once or not at all.
"""
