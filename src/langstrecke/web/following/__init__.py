"""Races that the pit wall follows: their state, odds and alerts, kept in files."""
