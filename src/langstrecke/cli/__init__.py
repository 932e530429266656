"""The command line: thin verbs over the Python API, one module per group."""

from langstrecke.cli.app import app, main

__all__ = ["app", "main"]
