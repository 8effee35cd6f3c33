"""The verbs of the forums: the only writers of their rows."""
