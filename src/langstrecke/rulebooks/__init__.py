"""rulebooks."""
