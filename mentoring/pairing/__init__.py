"""Drawing who meets whom. Pure: no database, no clock, no sentence; the same seed makes the same meetings."""
