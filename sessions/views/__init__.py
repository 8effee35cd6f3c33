"""Views of sessions: they translate between the web and the services."""
