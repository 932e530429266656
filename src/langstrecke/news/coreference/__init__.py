"""Who is meant: pronouns, descriptions, possessives, role nouns."""
