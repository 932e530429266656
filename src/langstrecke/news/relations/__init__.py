"""From clauses to relations between those named."""
