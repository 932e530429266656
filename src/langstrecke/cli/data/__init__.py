"""Verbs of the data: what comes into the store, and what it holds."""
