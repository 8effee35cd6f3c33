"""Pages that span several products."""
