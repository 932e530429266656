"""The verb `calendar`: where calendars clash."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from langstrecke.cli.asking import asks, held, settings_of
from langstrecke.cli.options import Json, Store
from langstrecke.cli.paddock.careers import print_taken
from langstrecke.cli.terminal import console, noted, print_json, screen
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import plural
from langstrecke.services.requests.paddock import CalendarAsk

if TYPE_CHECKING:
    from langstrecke.paddock import calendars
    from langstrecke.paddock.registry import Registry


@asks(CalendarAsk)
def calendar_verb(
    ask: CalendarAsk,
    ics: Annotated[Path | None, typer.Option(help="Write the calendar as iCalendar")] = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Where calendars clash: calendar --season 2019 --driver "Kevin Magnussen" --against le-mans."""
    from langstrecke.paddock import calendars
    from langstrecke.services.answers.paddock import CalendarAnswer
    from langstrecke.services.paddock import calendar_result
    from langstrecke.services.raced import raced

    settings = settings_of(held(store))
    registry, covers = raced(settings)
    found = calendar_result(settings, ask)
    if ask.driver:
        print_taken(registry, ask.driver)
    if ics is not None:
        try:
            ics.parent.mkdir(parents=True, exist_ok=True)
            calendars.write_ical(registry, found.meetings(), ics)
        except OSError as error:
            raise LangstreckeError(f"cannot be written: {error.strerror or error}", file=ics) from None
    if as_json:
        print_json(CalendarAnswer.of(found, covers=list(covers)))
        return
    _print_chances(registry, list(found.chances))
    _print_calendar(registry, list(found.busy), list(found.clashes), ask.driver)
    noted([*found.unknown, *(covers if ask.driver else ())])
    if ics is not None:
        console.print(f"Written as iCalendar into {ics}.")


def _print_calendar(
    registry: Registry, busy: list[calendars.Meeting], hits: list[calendars.Clash], driver: str
) -> None:
    from langstrecke.paddock import calendars

    if not busy:
        console.print(f"The registry knows of nothing {registry.driver(driver).name} drove that year.")
        return
    table = Table("from", "to", "series", "race", box=None)
    for meeting in busy:
        start = f"{meeting.start}{'?' if meeting.assumed_start else ''}"
        table.add_row(start, str(meeting.end), meeting.series, escape(calendars.title(registry, meeting)))
    for hit in hits:
        names = [calendars.title(registry, m) for m in (hit.one, hit.other)]
        overlap = f"{plural(hit.overlap_days, 'day')} in common"
        how = overlap if hit.overlap_days else f"{plural(hit.days_between, 'free day')} between them"
        line = f"[red]clash[/] {hit.other.start}: {escape(names[0])} and {escape(names[1])} ({how})"
        screen().print(line, highlight=False)
    screen().print(table)
    if any(meeting.assumed_start for meeting in busy):
        console.print("? first day not known, taken to be two days before the race")


def _print_chances(registry: Registry, chances: list[calendars.Chance]) -> None:
    from langstrecke.paddock import calendars

    colour = {"free": "green", "tight": "yellow", "clash": "red", "not known": "yellow"}
    for chance in chances:
        line = f"[{colour[chance.verdict]}]{chance.verdict}[/] {chance.meeting.start} to {chance.meeting.end}: "
        line += escape(calendars.title(registry, chance.meeting))
        for hit in chance.clashes:
            line += f"; {escape(calendars.title(registry, hit.other))} is {hit.other.start} to {hit.other.end}"
        line += f": {escape('; '.join(chance.unknown))}" if chance.verdict == "not known" else ""
        screen().print(line, highlight=False)
