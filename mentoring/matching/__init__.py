"""Who fits a need, and why: pure functions of what was read. No clock, no database, no sentences.

How a score is made stands in `score.py`; what evidence is worth in `evidence.py`; when two territories are alike in
`territories.py`. Reasons are codes (`reasons.py`): templates make the sentences.
"""
