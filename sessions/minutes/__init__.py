"""The text of minutes that several write at once, as a Yjs document: pure code, which knows neither rows nor people.

Nouns: a *section* (one shared text, in Markdown, under a title), an *update* (what somebody changed, as Yjs encodes it:
https://docs.yjs.dev/api/document-updates), the *state* (everything, as one update), a *writer* (the numbers that the
browsers of one person use).
"""
