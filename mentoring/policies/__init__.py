"""Who may do what with mentoring, one module per area."""
