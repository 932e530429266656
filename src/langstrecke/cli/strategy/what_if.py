"""The verbs `what-if` and `optimise`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from langstrecke.cli.strategy.what_if_past import Then, points, what_if_at
from langstrecke.cli.terminal import console, progress_console
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import printable
from langstrecke.racecard import assignments, joined, load_card, read_patch
from langstrecke.report import screen
from langstrecke.strategy.counterfactual.before_race import WhatIf, what_if
from langstrecke.strategy.search import Found, optimise

SHOWN_CARS = 8

CardArgument = Annotated[
    str, typer.Argument(help="A shipped card or a path; a race of the store with --at", metavar="CARD")
]
CardOnly = Annotated[str, typer.Argument(help="A shipped card or a path", metavar="CARD")]


def what_if_verb(
    card: CardArgument,
    patch: Annotated[list[Path] | None, typer.Option(metavar="PATCH.toml", help="Changes (docs/cards.md)")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one figure: entries.63.pace_s=-0.3")
    ] = None,
    car: Annotated[str | None, typer.Option(help="The car to look at; the one changed most without it")] = None,
    at: Annotated[
        str | None,
        typer.Option(help="Change one decision of a race that was driven: race time H:MM:SS or clock time @HH:MM:SS"),
    ] = None,
    races: Annotated[int, typer.Option(min=2, help="Races to simulate, each twice")] = 4000,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1)] = 1,
    store: Annotated[Path | None, typer.Option(help="The store's file, with --at")] = None,
    other_card: Annotated[
        str | None, typer.Option("--card", metavar="CARD", help="Another card than the race's own, with --at")
    ] = None,
    figure: Annotated[Path | None, typer.Option(metavar="FILE.png", help="Gap to the class leader")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables")] = False,
) -> None:
    """Say what a change is worth: the difference in odds, with its interval, on the same luck.

    With --at the race is replayed up to a moment and one decision of a car changed: --set stop=now (or stay, or
    'lap 286'), fuel=full (or laps), tyres=new (or keep), driver=NAME, penalty=SECONDS, repair=SECONDS.
    """
    if at is not None:
        ask = Then(card, at, car, races, seed, store, other_card, figure, as_json)
        what_if_at(ask, patch or [], settings or [])
        return
    if store is not None or other_card is not None:
        raise LangstreckeError("--store and --card go with --at", hint="--at 10:08:00 names the moment")
    changes = joined([*(read_patch(path) for path in patch or []), assignments(settings or [])])
    given = load_card(card)
    with running("what if", 2 * races) as step:
        result = what_if(given, changes, car=car, races=races, seed=seed, gaps=figure is not None, progress=step)
    if figure is not None:
        _gap_figure(result, given.race.name, figure)
    if as_json:
        sys.stdout.write(json.dumps(result.to_json(), ensure_ascii=False, indent=1) + "\n")
        return
    _print_what_if(result, given.race.name)


def _gap_figure(result: WhatIf, race: str, path: Path) -> None:
    from langstrecke.plots import save
    from langstrecke.plots.strategy import GapLine, gap_chart

    lines = [
        GapLine(label, gaps.hours, gaps.low, gaps.middle, gaps.high)
        for label, gaps in (("as it is", result.before), ("what if", result.after))
        if gaps is not None
    ]
    what = result.changes[0] if result.changes else "changed"
    legend = f"What if: {what}. Median and middle half of the simulated races the car finished."
    save(gap_chart(lines, f"{race}: car {result.focus}", legend), path)


def _print_what_if(result: WhatIf, race: str) -> None:
    out = screen(console)
    out.print(Text(printable(race), "bold"))
    for change in result.changes:
        out.print(Text.assemble(("what if  ", "yellow"), printable(change)))
    table = Table(box=SIMPLE_HEAD, show_edge=False)
    for name in ("car", "class", "class win", "change in points", "podium", "change in points", "place in class"):
        table.add_column(name, justify="left" if name == "class" else "right")
    focus = result.of(result.focus) if result.focus in {c.car for c in result.cars} else None
    rest = sorted((c for c in result.cars if c is not focus), key=lambda c: -abs(c.win.change))
    for c in ([focus] if focus else []) + rest[: SHOWN_CARS - 1]:
        table.add_row(
            c.car,
            c.car_class,
            f"{100 * c.win.before:.1f} → {100 * c.win.after:.1f} %",
            points(c.win),
            f"{100 * c.podium.before:.1f} → {100 * c.podium.after:.1f} %",
            points(c.podium),
            f"{c.place.before:.2f} → {c.place.after:.2f}",
        )
    out.print(table)
    if focus is not None:
        o = focus.overall_win
        out.print(f"overall win of car {focus.car}: {100 * o.before:.2f} → {100 * o.after:.2f} %", highlight=False)
        gain = f"{focus.place.gain:.0f}" if focus.place.gain else "-"
        wins = f"{focus.win.gain:.1f}" if focus.win.gain else "-"
        text = f"{result.races:,} races each way, same luck: that many times fewer than independent ones: "
        out.print(Text(f"{text}{wins} for the win, {gain} for the place", "dim"))
    for g in result.ignorance:
        what = f"{printable(g.driver)} is rated {g.pace_s:+.2f} ± {1.96 * g.sd_s:.2f} s a lap ({g.evidence}). "
        what += f"At his possible best {points(g.best)} points of class win, at his possible worst {points(g.worst)}"
        out.print(Text(what))


def optimise_verb(
    card: CardOnly,
    car: Annotated[str, typer.Option(help="Number of the car")],
    goal: Annotated[str, typer.Option(help="class-win, podium, overall, points or safe")] = "class-win",
    count: Annotated[int, typer.Option("--candidates", min=2, max=2000, help="Plans to try")] = 50,
    error: Annotated[float, typer.Option(min=0.0005, max=0.2, help="Standard error wanted, as a share")] = 0.005,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1)] = 1,
    figure: Annotated[Path | None, typer.Option(metavar="FILE.png", help="What the finalists gain")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables")] = False,
) -> None:
    """Search for the best plan of a car: stints, yellows, tyres, fuel, drivers; and what the second best costs."""
    given = load_card(card)
    with running("plans", 1) as step:
        found = optimise(given, car, goal, count=count, error=error, seed=seed, progress=step)
    if figure is not None:
        _search_figure(found, given.race.name, figure)
    if as_json:
        sys.stdout.write(json.dumps(found.to_json(), ensure_ascii=False, indent=1) + "\n")
        return
    _print_found(found, given.race.name)


def _scale(found: Found) -> tuple[float, str]:
    return (100.0, "%") if found.goal.unit == "share" else (1.0, found.goal.unit)


def _search_figure(found: Found, race: str, path: Path) -> None:
    from langstrecke.plots import save
    from langstrecke.plots.strategy import Step, difference_bars

    k, _ = _scale(found)
    rows = [
        Step(j.words, k * j.against_card.change, k * j.against_card.low, k * j.against_card.high)
        for j in found.best
        if j.words != "as the card has it"
    ]
    unit = "points" if k > 1 else found.goal.unit
    title = f"{race}: car {found.car}, {found.goal.title} against the card's own way"
    legend = f"Difference in {found.goal.title} with its 95 % interval, {found.fresh:,} fresh races on the same luck."
    save(difference_bars(rows, title, legend, unit), path)


def _print_found(found: Found, race: str) -> None:
    out = screen(console)
    k, unit = _scale(found)
    title = Text.assemble((printable(race), "bold"), f"  car {found.car}: {found.goal.title}")
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, show_edge=False)
    table.add_column("plan")
    for name in (f"{found.goal.title}, {unit}", "interval", "against the best", "against the card"):
        table.add_column(name, justify="right")
    for j in found.best:
        score = abs(j.score) if found.goal.name == "overall" else j.score
        table.add_row(
            Text(j.words),
            f"{k * score:.1f}",
            f"± {k * 1.96 * j.se:.1f}",
            "" if j is found.best[0] else f"{k * j.against_best.change:+.1f} ± {k * 1.96 * j.against_best.se:.1f}",
            f"{k * j.against_card.change:+.1f} ± {k * 1.96 * j.against_card.se:.1f}",
        )
    out.print(table)
    price = found.price
    out.print(
        f"price of the second best: {abs(k * price.change):.2f} ± {k * 1.96 * price.se:.2f}; {found.tried} plans, "
        f"{found.played:,} races in {found.seconds:.0f} s, {found.fresh:,} fresh ones for each finalist",
        highlight=False,
        style="dim",
    )
    out.print(found.tyres.describe(), highlight=False, style="dim")
    if found.at_ends is not None:
        few, many = (f"{k * d.change:+.1f} ± {k * 1.96 * d.se:.1f}" for d in found.at_ends)
        text = f"the best plan against the card's own: {few} if tyres wear as little as may be, {many} if as much"
        out.print(text, highlight=False, style="dim")


@contextmanager
def running(name: str, total: int) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=progress_console, transient=True, disable=not sys.stderr.isatty()) as shown:
        task = shown.add_task("preparing", total=total)

        def step(done: int, of: int) -> None:
            shown.update(task, description=name, completed=done, total=of)

        yield step
