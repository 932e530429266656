"""The verbs of the strategist."""
