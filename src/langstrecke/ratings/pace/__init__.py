"""The pace of cars and drivers with its uncertainty."""
