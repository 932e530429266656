"""The state of a race under way: one fold of its laps, read by timing table, in-race forecast and strategist.

fold = fold_of(laps)                          # or RaceFold(), lap by lap from a feed
state = live_state(fold, card, 6 * 3600.0)
"""
