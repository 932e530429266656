"""Words, word forms, names and their weights."""
