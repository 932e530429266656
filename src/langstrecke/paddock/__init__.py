"""Who drives what, where and when: the registry, careers, calendars; and the store of imported races."""

from langstrecke.paddock.registry import Registry, load_registry

__all__ = ["Registry", "load_registry"]
