"""The state of every car of a race at one moment, folded from its laps."""
