"""Reports, review, sanctions and their trail (issue 3 furnishes this room)."""
