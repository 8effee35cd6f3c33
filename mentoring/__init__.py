"""Who can help with what: competences and the directory."""
