"""The mails of the demo, kept as .eml files and readable in a browser. It cannot exist in production.

Noun: a *mail*, one file under MAILBOX_DIR. Verbs: keep (the e-mail backend), list, read.
"""
