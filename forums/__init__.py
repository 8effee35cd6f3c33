"""Themed discussions: forums, topics, posts, and what each person has read."""
