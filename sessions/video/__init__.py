"""Rooms for video, made by others: one adapter for each provider.

Nouns: a meeting (all that a provider ever learns of a session), a visitor. Verbs: make a room, lead somebody into it.
An adapter knows nothing of sessions, people or the database: docs/operations.md shows how to write one.
"""
