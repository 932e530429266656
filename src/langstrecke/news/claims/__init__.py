"""What becomes of claims: checked, kept, scored, turned into what-ifs."""
