"""The pages of the pit wall. `register(pitwall)` hangs them on NiceGUI; one page holds all, so switching is quick."""

from langstrecke.web.pages.frame import register

__all__ = ["register"]
