"""What if: before the race, and in one that was driven."""
