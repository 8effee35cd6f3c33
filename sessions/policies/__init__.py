"""Who may do what with sessions, one module per area."""
