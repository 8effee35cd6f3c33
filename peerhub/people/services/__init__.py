"""The verbs of people: the only writers of its rows."""
