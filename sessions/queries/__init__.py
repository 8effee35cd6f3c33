"""Reads of sessions, one module per area."""
