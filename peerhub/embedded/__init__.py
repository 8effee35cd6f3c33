"""Real servers for a machine that has none: PostgreSQL and Redis (Valkey) from wheels, Node from a wheel.

Nouns: a *server* (a data directory and the process that serves it), a *child* (a process that dies with us),
a *step* (work that is skipped when its inputs have not changed). Verbs: `start`, `stop`, `clear_leftovers`,
`build`. Nothing here knows Django; production never imports it.
"""
