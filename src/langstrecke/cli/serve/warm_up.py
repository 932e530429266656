"""The verb `warm-up`."""

from __future__ import annotations

from langstrecke.cli.asking import settings_of
from langstrecke.cli.options import Json
from langstrecke.cli.progress import progress
from langstrecke.cli.terminal import console, print_json
from langstrecke.formatting import duration


def warm_up_verb(as_json: Json = False) -> None:
    """Compile the simulation, once for this version, so that no later verb waits for it."""
    from langstrecke.services.kernel import warm_up

    with progress("warm-up") as step:
        found = warm_up(settings_of(), step=step)
    if as_json:
        print_json(found)
        return
    took = f"compiled in {duration(round(found.seconds))}" if found.compiled else "compiled already"
    console.print(f"ready to race: {took}", highlight=False)
