"""The mails of the demo, readable in a browser; cannot exist in production."""
