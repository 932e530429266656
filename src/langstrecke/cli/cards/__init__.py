"""Verbs of race cards."""
