"""Verbs that go on until they are stopped, and what makes them quick."""
