"""The verb `plan`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from langstrecke.cli.terminal import console, progress_console
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import printable
from langstrecke.racecard import RaceCard, apply_patch, assignments, joined, load_card, read_patch
from langstrecke.report import screen
from langstrecke.report.files import write_whole
from langstrecke.strategy.lookup import clock_of
from langstrecke.strategy.plan import Plan, make_plan, night
from langstrecke.strategy.plan.export import plan_csv, plan_ical, plan_json
from langstrecke.strategy.plan.schedule import Policy
from langstrecke.strategy.plan.team import is_team_file
from langstrecke.timing.clock import hms

ENDINGS = (".csv", ".ics", ".json", ".png", ".svg", ".pdf")


def plan_verb(
    card: Annotated[
        str, typer.Argument(help="A shipped card (langstrecke card list), a card or a team file", metavar="CARD")
    ],
    car: Annotated[str | None, typer.Option(help="Number of the car; a team file has one")] = None,
    new: Annotated[bool, typer.Option("--new", help="Ask for a team's numbers and write them to CARD")] = False,
    driven: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Team file: stints driven so far (docs/sim-racing.md)")
    ] = None,
    races: Annotated[int, typer.Option(min=0, max=20_000, help="Team file: races for the odds; 0: none")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Team file: seed of the odds")] = 1,
    drivers: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Availability and wishes (docs/strategy.md)")
    ] = None,
    stint_laps: Annotated[int | None, typer.Option(min=1, help="Longest stint; the tank without it")] = None,
    tyres_every: Annotated[int | None, typer.Option(min=1, help="Stints on one set of tyres")] = None,
    even: Annotated[bool, typer.Option("--even", help="Stints of even length, no short last one")] = False,
    patch: Annotated[list[Path] | None, typer.Option(metavar="PATCH.toml", help="Change the card first")] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE")] = None,
    limit: Annotated[
        float | None, typer.Option(min=0.1, help="Work on the rota, in seconds of about two idle cores")
    ] = None,
    out: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Write .csv, .ics, .json or a figure; may be repeated")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON")] = False,
) -> None:
    """Plan a car's stops and who drives when, under every drive-time rule of the rule book.

    Of a race card, or of a team file: a dozen numbers, no card needed (docs/sim-racing.md).
    """
    for path in out or []:
        if path.suffix not in ENDINGS:
            raise LangstreckeError("what kind of file is wanted?", file=path, hint="one of " + ", ".join(ENDINGS))
    if new or is_team_file(card):
        only_cards: dict[str, object] = {
            "--car": car,
            "--drivers": drivers,
            "--stint-laps": stint_laps,
            "--patch": patch,
        }
        only_cards |= {"--tyres-every": tyres_every, "--even": even, "--set": settings}
        given_too = [name for name, value in only_cards.items() if value]
        if given_too:
            raise LangstreckeError(f"{given_too[0]} is for race cards; a team file has keys for it", file=card)
        from langstrecke.cli.strategy.team import new_team, plan_of_team

        if new:
            new_team(Path(card))
        else:
            plan_of_team(
                Path(card), driven=driven, races=races, seed=seed, limit=limit, out=out or [], as_json=as_json
            )
        return
    if car is None or driven is not None:
        raise LangstreckeError(
            "of a race card one car is planned: --car" if car is None else "--driven is for team files",
            hint="a plan from your own numbers: langstrecke plan --new team.toml",
        )
    changes = joined([*(read_patch(path) for path in patch or []), assignments(settings or [])])
    given = load_card(card)
    played = apply_patch(given, changes) if changes.edits else given
    policy = Policy(stint_laps=stint_laps, tyres_every=tyres_every, even=even)
    plan = make_plan(played, car, drivers=drivers, policy=policy, limit_s=limit or 6.0)
    for path in out or []:
        _write(plan, played, path)
    if as_json:
        sys.stdout.write(plan_json(plan))
        return
    _print(plan, played)
    for path in out or []:
        progress_console.print(f"wrote {path}", highlight=False, markup=False, soft_wrap=True)


def _write(plan: Plan, card: RaceCard, path: Path) -> None:
    if path.suffix == ".csv":
        write_whole(path, plan_csv(plan, card))
    elif path.suffix == ".json":
        write_whole(path, plan_json(plan))
    elif path.suffix == ".ics":
        write_whole(path, plan_ical(plan, card).decode("utf-8"))
    else:
        from langstrecke.plots import save
        from langstrecke.plots.strategy import Bar, stint_timeline

        bars = [Bar(s.driver, s.start_s, s.end_s, s.laps, s.tyres == "new") for s in plan.stints]
        title = f"{card.race.name}: car {plan.car}, {plan.team}"
        began = card.race.start_time.hour + card.race.start_time.minute / 60
        figure = stint_timeline(bars, plan.drivers, card.race.duration_s, title, night(card), began)
        save(figure, path)


def _print(plan: Plan, card: RaceCard) -> None:
    wide = screen(console)
    title = f"{card.race.name}: car {plan.car}, {plan.team} ({plan.car_class})"
    table = Table(title=Text(printable(title), "bold"), box=SIMPLE_HEAD, show_edge=False, title_justify="left")
    for name in ("stint", "laps", "from", "to", "clock", "fuel", "stop"):
        table.add_column(name, justify="right")
    for name in ("tyres", "driver", ""):
        table.add_column(name)
    for number, s in enumerate(plan.stints, 1):
        table.add_row(
            str(number),
            str(s.laps),
            hms(s.start_s),
            hms(s.end_s),
            f"{clock_of(card, s.start_s):%H:%M}",
            f"{s.added:.1f}" if number > 1 else f"{s.fuel:.1f}",
            f"{s.stop_s:.0f} s" if number > 1 else "",
            s.tyres if number > 1 else "",
            Text(printable(s.driver)),
            "night" if s.dark > 0.5 else "",
        )
    wide.print(table)
    for name in plan.drivers:
        licence = next((s.licence for s in plan.stints if s.driver == name), None)
        wide.print(Text(f"{printable(name)} ({licence or 'no licence given'}): {hms(plan.driven_s(name))}"))
    wide.print(Text(f"{_quality(plan)}, found in {plan.seconds:.1f} s", "dim"))
    if plan.violations:
        for violation in plan.violations:
            wide.print(Text.assemble(("breaks a rule: ", "bold red"), violation.text))
    else:
        wide.print(Text("every rule of the rule book is kept (judged by rulebooks.legality)", "green"))


def _quality(plan: Plan) -> str:
    """How good the rota is, as far as it is proven."""
    if plan.gap is None or plan.gap_s is None:
        return "a rota, how good is not known (--limit gives more time)"
    if plan.proven:
        return "the best rota, proven: gap 0 s (0 %)"
    return (
        f"within {plan.gap_s:.1f} s over the race ({100 * plan.gap:.1f} % of its cost) of the best rota there can be"
    )
