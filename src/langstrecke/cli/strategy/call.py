"""The verbs `call` and `audit`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from langstrecke.cli.asking import asks, settings_of
from langstrecke.cli.figures import check_figure
from langstrecke.cli.options import Figure, Json, Store
from langstrecke.cli.progress import progress
from langstrecke.cli.strategy.differences import MEANS, either_way, places_won, points
from langstrecke.cli.terminal import grid, noted, print_json, screen
from langstrecke.formatting import plural, printable, race_time, surname
from langstrecke.services.requests.strategy import AuditAsk, CallAsk

if TYPE_CHECKING:
    from langstrecke.strategy.audit import Audit, Scored
    from langstrecke.strategy.call import Call


@asks(CallAsk, "race")
def call_verb(ask: CallAsk, store: Store = None, figure: Figure = None, as_json: Json = False) -> None:
    """Pit or stay: what each option open at a moment is worth against staying out, and why."""
    from langstrecke.racecard import grounds
    from langstrecke.services.answers.strategy import CallAnswer
    from langstrecke.services.racecards import card_of
    from langstrecke.services.strategy import call_result
    from langstrecke.strategy.lookup import clock_of

    check_figure(figure)
    with progress("call") as step:
        found = call_result(settings_of(store), ask, step=step)
    card = card_of(settings_of(store), ask.card or ask.race)
    if figure is not None:
        _call_figure(found, f"{card.race.name}, {race_time(found.t)}: car {ask.car}", figure)
    if as_json:
        print_json(CallAnswer.of(found, notes=grounds(card)))
        return
    out = screen()
    when = f"{race_time(found.t)} of race time ({clock_of(card, found.t):%H:%M:%S})"
    out.print(Text.assemble((printable(card.race.name), "bold"), f"  car {ask.car} at {when}"))
    out.print(Text(found.headline, "bold"))
    for reason in found.reasons:
        out.print(Text("  " + reason))
    table = grid(f"against {found.against}", right=("class win, points", "podium, points", "places won"))
    for a in found.answers:
        table.add_row(
            Text("\n  as well: ".join([a.describe(), *a.also])), points(a.win), points(a.podium), places_won(a.place)
        )
    if found.answers:
        out.print(table)
    if found.like_staying:
        out.print(Text(f"like {found.against}: " + "; ".join(found.like_staying)))
    for c in found.contingencies:
        told = f"a yellow in {plural(c.laps, 'lap')}: {c.advice} (a stop under it: {places_won(c.stop.place)} places)"
        out.print(Text(told))
    played = plural(found.races, "race") + " for each option"
    if found.best is not None:
        played += f", {found.best.place.races:,} fresh ones for the one told"
    out.print(f"{played}, same luck, seed {ask.seed}; {MEANS}", style="dim", highlight=False)
    if any(a.option.driver >= 0 for a in found.answers):
        told = f"an option with a driver stands against {found.against} and him getting in later"
        out.print(told, style="dim")
    noted(grounds(card))


def _call_figure(found: Call, title: str, path: Path) -> None:
    from langstrecke.cli.figures import save_figure
    from langstrecke.plots.strategy import Step, difference_bars

    rows = [Step(a.option.title, -a.place.change, -a.place.high, -a.place.low) for a in found.answers]
    legend = f"Places in class won against {found.against}, with the 95 % interval of the simulation."
    save_figure(difference_bars(rows, title, legend, "places"), path)


@asks(AuditAsk, "race")
def audit_verb(
    ask: AuditAsk,
    count: Annotated[int, typer.Option(min=1, help="Best and worst calls shown of each class")] = 5,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Score every stop of a real race as a decision at its time, with what was known then."""
    from langstrecke.racecard import grounds
    from langstrecke.services.answers.strategy import AuditAnswer
    from langstrecke.services.racecards import card_of
    from langstrecke.services.strategy import audit_result

    with progress("stops") as step:
        found = audit_result(settings_of(store), ask, step=step)
    card = card_of(settings_of(store), ask.card or ask.race)
    if as_json:
        print_json(AuditAnswer.of(found, notes=grounds(card)))
        return
    out = screen()
    kinds = {
        k: sum(s.kind == k for s in found.stops)
        for k in ("choice", "forced", "driver", "pass", "repair", "unplanned")
    }
    out.print(Text(found.headline(), "bold"))
    out.print(Text(printable(card.race.name)))
    choices = plural(kinds["choice"], "stop was a choice", "stops were a choice")
    text = f"{choices}, {kinds['forced']} not (the tank may have been empty), {kinds['driver']} a driver's time up, "
    text += (
        f"{kinds['pass']} without fuel, {kinds['repair']} long, {kinds['unplanned']} unplanned as far as laps tell"
    )
    out.print(Text(text, "dim"))
    for name in found.classes():
        out.print(_table(found, name, count))
    out.print(Text(MEANS, "dim"))
    noted(grounds(card))


def _table(found: Audit, name: str, count: int) -> Table:
    table = grid("", title=Text(name, "bold cyan"))
    for column in ("car", "time", "lap", "flag", "place", "fuel left", "places won", "class win, points"):
        table.add_column(column, justify="left" if column == "flag" else "right")
    table.add_column("driver")
    for word, rows in (("best", found.best(name, count)), ("worst", found.worst(name, count))):
        for n, s in enumerate(rows):
            table.add_row(word if n == 0 else "", *_cells(s))
        if word == "best":
            table.add_section()
    return table


def _cells(s: Scored) -> list[str]:
    assert s.answer is not None
    driver = surname(s.driver_in)
    if s.driver_out and s.driver_out != s.driver_in:
        driver += f" → {surname(s.driver_out)}"
    return [
        s.car,
        race_time(s.t),
        str(s.lap),
        s.flag.replace("_", " "),
        str(s.place),
        plural(round(s.fuel_left), "lap"),
        either_way(s.gain, 1.96 * s.answer.place.se, 2),
        points(s.answer.win),
        driver,
    ]
