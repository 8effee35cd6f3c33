"""The verbs of files: the only writers of their rows."""
