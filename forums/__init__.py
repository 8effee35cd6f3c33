"""Themed discussions between peers.

Nouns: a *forum* (a theme of a network, open to one circle), a *topic* (a discussion, a question, an experience
report, an announcement), a *post* (numbered in its topic, written under a hat), a *read mark* (how far a person has
read), a *subscription* (who is told of replies), the *lens* (which actor categories have answered, which have not).
Verbs: create a forum, a topic, a post; accept an answer; mark as read; search.
"""
