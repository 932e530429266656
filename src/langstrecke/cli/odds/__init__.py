"""Verbs of the odds: of a race, a season, a question; and how good they were."""
