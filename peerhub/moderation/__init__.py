"""Reports, one queue per network, decisions and appeals, screening on the way in, and their append-only trail.

This room knows no post: a product says what can be moderated in `<app>/moderation_targets.py` (`targets.register`), and
calls `services.screening.screen`, `services.cases.open_case` and `services.trail.record`.
"""
