"""Langstrecke: an endurance-racing workbench, from timing files to scored odds."""

from langstrecke.timing.files import TimingFile, load

__version__ = "0.1.0"

__all__ = ["TimingFile", "__version__", "load"]
