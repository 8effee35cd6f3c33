"""The verbs of sessions: the only writers of their rows."""
