"""What a sentence names: people, teams, cars, places, phrases, clauses, certainty."""
