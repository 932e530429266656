"""The verb `plan`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from langstrecke.cli.asking import asks, settings_of
from langstrecke.cli.options import Json, Store
from langstrecke.cli.progress import progress
from langstrecke.cli.terminal import grid, noted, said, screen
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import printable, race_time
from langstrecke.services.requests.strategy import PlanAsk

if TYPE_CHECKING:
    from langstrecke.racecard.schema import RaceCard
    from langstrecke.strategy.plan import Plan

ENDINGS = (".csv", ".ics", ".json", ".png", ".svg", ".pdf")


@asks(PlanAsk, "card")
def plan_verb(
    ask: PlanAsk,
    out: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Write .csv, .ics, .json or a figure; may be repeated")
    ] = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Plan a car's stops and who drives when, under every drive-time rule of the rule book."""
    from langstrecke.services.strategy import plan_result
    from langstrecke.services.what_ifs import played_card
    from langstrecke.strategy.plan.export import plan_json

    for path in out or []:
        if path.suffix not in ENDINGS:
            raise LangstreckeError("what kind of file is wanted?", file=path, hint="one of " + ", ".join(ENDINGS))
    with progress("plan") as step:
        plan = plan_result(settings_of(store), ask, step=step)
        played = played_card(settings_of(store), ask.card, ask)
    for path in out or []:
        _write(plan, played, path)
    if as_json:
        sys.stdout.write(plan_json(plan))
        return
    _print(plan, played)
    for path in out or []:
        said(f"wrote {path}")


def _write(plan: Plan, card: RaceCard, path: Path) -> None:
    from langstrecke.report.files import write_whole
    from langstrecke.strategy.plan import night
    from langstrecke.strategy.plan.export import plan_csv, plan_ical, plan_json

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
    from langstrecke.strategy.lookup import clock_of

    wide = screen()
    title = f"{card.race.name}: car {plan.car}, {plan.team} ({plan.car_class})"
    numbers = ("stint", "laps", "from", "to", "clock", "fuel", "stop")
    table = grid(right=numbers, title=Text(printable(title), "bold"))
    for name in ("tyres", "driver", ""):
        table.add_column(name)
    for number, s in enumerate(plan.stints, 1):
        table.add_row(
            str(number),
            str(s.laps),
            race_time(s.start_s),
            race_time(s.end_s),
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
        wide.print(Text(f"{printable(name)} ({licence or 'no licence given'}): {race_time(plan.driven_s(name))}"))
    wide.print(Text(f"{_quality(plan)}, found in {plan.seconds:.1f} s", "dim"))
    if plan.violations:
        for violation in plan.violations:
            wide.print(Text.assemble(("breaks a rule: ", "bold red"), violation.text))
    else:
        wide.print(Text(plan.verdict, "green" if plan.judged else "yellow"))
    noted(plan.notes)


def _quality(plan: Plan) -> str:
    """How good the rota is, as far as it is proven."""
    if plan.gap is None or plan.gap_s is None:
        return "a rota, how good is not known (--limit gives more time)"
    if plan.proven:
        return "the best rota, proven: gap 0 s (0 %)"
    return (
        f"within {plan.gap_s:.1f} s over the race ({100 * plan.gap:.1f} % of its cost) of the best rota there can be"
    )
