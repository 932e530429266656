"""The verbs `paddock who`, `paddock entries`, `paddock doubtful` and `paddock merged`: what the registry holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from langstrecke.cli.asking import asks, settings_of
from langstrecke.cli.options import Json
from langstrecke.cli.terminal import print_json, screen
from langstrecke.services.requests.paddock import EntriesAsk, WhoAsk

if TYPE_CHECKING:
    from langstrecke.services.answers.paddock import PairLine


def doubtful_verb(as_json: Json = False) -> None:
    """Names that may be one person; somebody has to decide, in aliases.toml."""
    from langstrecke.services.paddock import doubtful

    _print_pairs(doubtful(settings_of()), as_json)


def merged_verb(as_json: Json = False) -> None:
    """Names of different spelling that were taken for one person, with the reasons."""
    from langstrecke.services.paddock import merged

    _print_pairs(merged(settings_of()), as_json)


def _print_pairs(pairs: list[PairLine], as_json: bool) -> None:
    if as_json:
        print_json(pairs)
        return
    table = Table("name", "other name", "score", "why", box=None)
    for pair in sorted(pairs, key=lambda p: (-p.score, p.one, p.other)):
        table.add_row(escape(pair.one), escape(pair.other), f"{pair.score:.0f}", escape("; ".join(pair.reasons)))
    screen().print(table)


@asks(WhoAsk, "name")
def who_verb(ask: WhoAsk, as_json: Json = False) -> None:
    """Which drivers a name may stand for, with a score and the reasons."""
    from langstrecke.services.paddock import who

    found = who(settings_of(), ask)
    if as_json:
        print_json(found)
        return
    table = Table("driver", "id", "score", "why", box=None)
    for match in found:
        table.add_row(escape(match.driver), match.id, f"{match.score:.0f}", escape("; ".join(match.reasons)))
    screen().print(table)


@asks(EntriesAsk, "race")
def entries_verb(ask: EntriesAsk, as_json: Json = False) -> None:
    """Who entered a race, with the result."""
    from langstrecke.paddock.registry import load_registry
    from langstrecke.services.paddock import entries

    if as_json:
        print_json(entries(settings_of(), ask))
        return
    registry = load_registry()
    table = Table("", "class", "", "no.", "team", "car", "drivers", "laps", box=None)
    for entry in registry.entries(ask.race):
        names = ", ".join(registry.drivers[d].name for d in entry.drivers) + ("" if entry.complete else ", …")
        team = registry.teams[entry.team].name if entry.team else ""
        vehicle = registry.vehicles[entry.vehicle].name if entry.vehicle else ""
        place = str(entry.position or entry.status)
        cells = [place, entry.car_class, str(entry.class_position or ""), entry.car, team, vehicle, names]
        table.add_row(*map(escape, cells), "" if entry.laps is None else str(entry.laps))
    screen().print(table)
