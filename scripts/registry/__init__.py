"""How the shipped registry is made from the files it is compiled from. Not needed to use it."""
