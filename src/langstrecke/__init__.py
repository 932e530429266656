"""Langstrecke: an endurance-racing workbench, from timing files to scored odds."""

__version__ = "0.1.0"
