"""The verbs of mentoring: the only writers of its rows."""
