"""Reads of mentoring, one module per area. Each raises the model's `DoesNotExist` for what the person may not see."""
