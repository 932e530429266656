"""The verb `plan`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from langstrecke.cli.asking import asks, settings_of
from langstrecke.cli.options import Json, Lang, Store
from langstrecke.cli.progress import progress
from langstrecke.cli.terminal import grid, noted, said, screen
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import printable, race_time
from langstrecke.language import NOT_TRANSLATED, decimals, german, speaking, tr
from langstrecke.services.requests.strategy import PlanAsk

if TYPE_CHECKING:
    from langstrecke.racecard.schema import RaceCard
    from langstrecke.strategy.plan import Plan

TEAM_FILE = "team.toml"
"""What is planned, or asked for and written, where nothing is named."""
RACES, SEED = 1000, 1
"""Odds of a team's plan (defaults)."""
ENDINGS = (".csv", ".ics", ".json", ".png", ".svg", ".pdf")


@asks(PlanAsk, "card", defaults={"card": TEAM_FILE})
def plan_verb(
    ask: PlanAsk,
    out: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Write .csv, .ics, .json or a figure; may be repeated")
    ] = None,
    store: Store = None,
    as_json: Json = False,
    new: Annotated[
        bool, typer.Option("--new", help="Ask for a team's numbers one by one; CARD is written (team.toml)")
    ] = False,
    driven: Annotated[
        Path | None,
        typer.Option(metavar="FILE|RACE", help="Team file: stints driven so far, a sheet, a recording or a race"),
    ] = None,
    races: Annotated[int, typer.Option(min=0, max=20_000, help="Team file: races for the odds; 0: none")] = RACES,
    seed: Annotated[int, typer.Option(min=0, help="Team file: seed of the odds")] = SEED,
    lang: Lang = "en",
) -> None:
    """Plan a car's stops and who drives when, under every drive-time rule of the rule book.

    Of a race card, or of a team file: a dozen numbers, no card needed (docs/sim-racing.md).
    """
    from langstrecke.services.strategy import plan_result
    from langstrecke.services.what_ifs import played_card
    from langstrecke.strategy.plan.export import plan_json
    from langstrecke.strategy.plan.team.read import is_team_file

    for path in out or []:
        if path.suffix not in ENDINGS:
            raise LangstreckeError("what kind of file is wanted?", file=path, hint="one of " + ", ".join(ENDINGS))
    if ask.card == TEAM_FILE and not new and not Path(TEAM_FILE).exists():
        hint = "langstrecke plan CARD --car NUMBER, or --new, which asks for a team's numbers and writes the file"
        raise LangstreckeError("there is no such file here", file=TEAM_FILE, hint=hint)
    if new or is_team_file(ask.card):
        _team(ask, out=out or [], as_json=as_json, new=new, driven=driven, races=races, seed=seed)
        return
    for key, of_team in (("--driven", driven is not None), ("--races", races != RACES), ("--seed", seed != SEED)):
        if of_team:
            raise LangstreckeError("is for team files, not for race cards", key=key)
    with progress("plan") as step:
        plan = plan_result(settings_of(store), ask, step=step)
        played = played_card(settings_of(store), ask.card, ask)
    for path in out or []:
        _write(plan, played, path)
    if as_json:
        sys.stdout.write(plan_json(plan))
        return
    with speaking(lang):
        _print(plan, played)
    for path in out or []:
        said(f"wrote {path}")


def _team(
    ask: PlanAsk, *, out: list[Path], as_json: bool, new: bool, driven: Path | None, races: int, seed: int
) -> None:
    from langstrecke.cli.strategy.team import new_team, plan_of_team

    fields = type(ask).model_fields
    given = [n for n in fields if n not in ("card", "limit_s") and (v := getattr(ask, n)) and v != fields[n].default]
    if given:
        key = sorted(given)[0].replace("_", "-")
        raise LangstreckeError("is for race cards; a team file has keys for it", key=f"--{key}", file=ask.card)
    if new:
        new_team(Path(ask.card))
        return
    limit = ask.limit_s if ask.limit_s != PlanAsk.model_fields["limit_s"].default else None
    plan_of_team(Path(ask.card), driven=driven, races=races, seed=seed, limit=limit, out=out, as_json=as_json)


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
    what = "{race}: car {car}, {team} ({car_class})"
    title = tr(what, race=card.race.name, car=plan.car, team=plan.team, car_class=plan.car_class)
    title += tr(", from {time} on", time=race_time(plan.at_s)) if plan.at_s is not None else ""
    numbers = ("stint", "laps", "from", "to", "clock", "fuel in", "stop")
    wide.print(Text(printable(title), "bold"))
    took = tr("{quality}, found in {seconds} s", quality=_quality(plan), seconds=decimals(f"{plan.seconds:.1f}"))
    wide.print(Text(took[:1].upper() + took[1:]))
    if plan.violations:
        for violation in plan.violations:
            wide.print(Text.assemble((tr("breaks a rule: "), "bold red"), violation.text))
    else:
        wide.print(Text(plan.verdict, "green" if plan.judged else "yellow"))
    table = grid(right=tuple(map(tr, numbers)))
    for name in ("tyres", "driver", ""):
        table.add_column(tr(name))
    for number, s in enumerate(plan.stints, 1):
        fuel = s.fuel if number == 1 else s.added
        table.add_row(
            str(number),
            str(s.laps),
            race_time(s.start_s),
            race_time(s.end_s),
            f"{clock_of(card, s.start_s):%H:%M}",
            decimals(f"{fuel:.1f}") if fuel is not None else "",
            f"{s.stop_s:.0f} s" if number > 1 else "",
            tr(s.tyres) if number > 1 else "",
            Text(printable(s.driver)),
            " ".join(tr(w) for w in (s.state if s.state != "planned" else "", "night" if s.dark > 0.5 else "") if w),
            style="dim" if s.state == "driven" else None,
        )
    wide.print(table)
    for number, s in enumerate(plan.stints, 1):
        for why in s.why:
            wide.print(Text(f"stint {number}: {why}"))
    for name in plan.drivers:
        licence = next((s.licence for s in plan.stints if s.driver == name), None)
        wide.print(Text(f"{printable(name)} ({licence or tr('no licence given')}): {race_time(plan.driven_s(name))}"))
    noted(plan.notes)
    if german():
        wide.print(Text(NOT_TRANSLATED, "dim"))


def _quality(plan: Plan) -> str:
    """How good the rota is, as far as it is proven."""
    if plan.gap is None or plan.gap_s is None:
        return tr("a rota, how good is not known (--limit gives more time)")
    if plan.proven:
        return tr("the best rota there is, proven")
    far = "within {gap} s over the race ({share} % of its cost) of the best rota there can be"
    return tr(far, gap=decimals(f"{plan.gap_s:.1f}"), share=decimals(f"{100 * plan.gap:.1f}"))
