"""Live pages: what happens after a COMMIT reaches the pages that are open, over one WebSocket per tab.

Nouns: a *group* (`"topic.12"`: what can be watched), a *frame* (the JSON text that a socket receives), a *socket*
(one tab), the *hub* (one per `live` process: one Redis subscription per group and language, shared by its sockets).
Verbs: `publish_on_commit`, `recheck_on_commit`, `recheck_group_on_commit` (`peerhub.live.publish`) and
`@live_group` (`peerhub.live.registry`), which says who may watch.

This lane is ephemeral: a frame may be lost, and the page catches up over HTTP. What must not be lost goes through
the outbox.
"""
