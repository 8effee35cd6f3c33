"""Scheduled moments between peers.

Nouns: a *session* (`PeerSession`), a *registration* (one person's seat), a *reminder* (one mail that is due at its
hour), a *calendar feed* (a person's revocable address for calendar programs).
Verbs: create, edit, move, cancel a session; change its capacity; register, withdraw; deliver what is due.

Promises: a full session is full; each reminder that is due is sent once, at the right local hour; what is said of a
session in a confidential circle stays on its page: mails and feeds name neither its title nor its text.
"""
