"""The command line: a skin over `services`. `verbs` names the verbs; a verb's module is loaded when it is called."""

from langstrecke.cli.app import app, main

__all__ = ["app", "main"]
