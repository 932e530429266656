"""racecard."""
