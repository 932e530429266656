"""Verbs of the paddock: people, calendars, rule books, ratings."""
