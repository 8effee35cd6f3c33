"""People, what they speak as, where they gather, and the circles that say who sees what."""
