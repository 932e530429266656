"""`plan` of a team file: asked for, printed, written."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from langstrecke.cli.progress import progress
from langstrecke.cli.terminal import progress_console, screen
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import percent, plural, printable, race_time
from langstrecke.report.files import write_whole
from langstrecke.services.team import team_plan_of_files
from langstrecke.strategy.plan.team import TeamPlan
from langstrecke.strategy.plan.team.ask import asked
from langstrecke.strategy.plan.team.export import team_csv, team_ical, team_json
from langstrecke.strategy.plan.team.odds import PlanOdds
from langstrecke.strategy.plan.team.zones import spans


def new_team(path: Path) -> None:
    """Ask for a team's numbers one by one and write them to `path`."""
    if path.exists():
        raise LangstreckeError("is there already", file=path, hint="name another file, or edit this one")

    def answer(question: str, default: str) -> str:
        shown = f"{question} [{default}]: " if default else f"{question}: "
        progress_console.print(shown, end="", markup=False, highlight=False, soft_wrap=True)
        line = sys.stdin.readline()
        if not line:
            raise LangstreckeError("the answers end too early; nothing was written")
        return line.strip() or default

    def complain(what: str) -> None:
        progress_console.print(f"  {what}", markup=False, highlight=False, soft_wrap=True)

    write_whole(path, asked(answer, complain))
    progress_console.print(f"wrote {path}; now: langstrecke plan {path}", markup=False, soft_wrap=True)


def plan_of_team(
    path: Path, *, driven: Path | None, races: int, seed: int, limit: float | None, out: list[Path], as_json: bool
) -> None:
    """Plan the car of a team file, print the plan and write it."""
    with progress("plan") as step:
        plan, odds, change = team_plan_of_files(path, driven, races=races, seed=seed, limit_s=limit, step=step)
    for target in out:
        _write(plan, target)
    if as_json:
        data = {**plan.to_json(), "change": change, "odds": None if odds is None else odds.to_json()}
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
        return
    _print(plan, odds, change)
    for target in out:
        progress_console.print(f"wrote {target}", highlight=False, markup=False, soft_wrap=True)


def _write(plan: TeamPlan, path: Path) -> None:
    if path.suffix == ".csv":
        write_whole(path, team_csv(plan))
    elif path.suffix == ".json":
        write_whole(path, team_json(plan))
    elif path.suffix == ".ics":
        write_whole(path, team_ical(plan).decode("utf-8"))
    else:
        from langstrecke.plots import save
        from langstrecke.plots.strategy import Bar, stint_timeline

        team = plan.team
        over = plan.stints[-1].end_s
        bars = [Bar(s.driver, s.start_s, s.end_s, s.laps, s.tyres == "new") for s in plan.stints]
        names = [d.name for d in team.driver]
        night = spans(team, team.race.night, team.race.zone, over, "race.night")
        began = team.race.start.hour + team.race.start.minute / 60
        title = f"{team.race.name}: car {team.car.number}"
        save(stint_timeline(bars, names, over, title, night, began), path)


def _print(plan: TeamPlan, odds: PlanOdds | None, change: str | None) -> None:
    wide = screen()
    team = plan.team
    title = f"{team.race.name}: car {team.car.number} {team.car.team}".strip()
    table = Table(title=Text(printable(title), "bold"), box=SIMPLE_HEAD, show_edge=False, title_justify="left")
    for name in ("stint", "laps", "from", "to", "clock", f"+{team.car.unit}", "spare laps", "stop"):
        table.add_column(name, justify="right")
    for name in ("tyres", "driver", "own clock", ""):
        table.add_column(name)
    for number, s in enumerate(plan.stints, 1):
        amount = s.added if number > 1 else s.fuel
        table.add_row(
            str(number),
            str(s.laps),
            race_time(s.start_s),
            race_time(s.end_s),
            f"{plan.local(s.start_s):%a %H:%M}",
            f"{amount:.1f}",
            f"{s.spare_laps:.1f}",
            f"{s.stop_s:.0f} s" if number > 1 else "",
            s.tyres if number > 1 else "",
            Text(printable(s.driver)),
            f"{plan.local(s.start_s, s.driver):%a %H:%M}",
            ", ".join(word for word, on in (("driven", s.driven), ("night", s.dark > 0.5)) if on),
        )
    wide.print(table)
    for number, s in enumerate(plan.stints, 1):
        for why in s.why:
            wide.print(Text(f"stint {number}: {printable(why)}"))
    if change is not None:
        wide.print(Text(f"Against the plan: {printable(change)}", "bold"))
    for line in _lines(plan):
        wide.print(Text(line))
    for name in (d.name for d in team.driver):
        share = next((s for s in plan.shares if s.driver == name), None)
        told = f", {share.laps} laps (fair share {share.least})" if share else ""
        wide.print(Text(f"{printable(name)}: {race_time(plan.driven_s(name))} at the wheel{told}"))
    if odds is not None:
        _print_odds(odds, wide)
    for broken in plan.violations:
        wide.print(Text.assemble(("not kept: ", "bold red"), printable(broken)))
    wide.print(Text(f"{_quality(plan)}, found in {plan.seconds:.1f} s", "dim"))
    for note in plan.notes:
        wide.print(Text(printable(note), "dim"))


def _lines(plan: TeamPlan) -> list[str]:
    """Laps, stops, margins, what saving buys, in sentences."""
    unit = plan.team.car.unit
    stops = len(plan.stints) - 1
    last = plan.stints[-1]
    found = [f"{plan.laps} laps, {plural(stops, 'stop')}; at the flag fuel for {last.spare_laps:.1f} laps more"]
    tight = min(plan.stints, key=lambda s: s.spare_laps)
    number = plan.stints.index(tight) + 1
    if tight is not last:
        found.append(f"the tightest stint is {number}: fuel for {tight.spare_laps:.1f} laps more")
    if stops and last.added:
        found.append(
            f"the last stop brings {last.added:.1f} {unit} for {plural(last.laps, 'lap')}, {last.stop_s:.0f} s"
        )
    if plan.flag_s is not None:
        found.append(f"{plan.flag_s:.0f} s quicker over the race means a lap more")
    if plan.lap_of_fuel_s:
        found.append(f"a lap of fuel takes {plan.lap_of_fuel_s:.1f} s to put in")
    saving = plan.saving
    if saving is not None:
        found.append(
            f"saving {percent(saving.share)} of the fuel ({saving.use:.3f} {unit} a lap) makes "
            f"{plural(saving.stops, 'stop')} of {stops} and buys {saving.gain_s:.0f} s: it pays while it "
            f"costs less than {saving.break_even_s:.2f} s a lap"
        )
    elif stops and plan.team.car.refuel and not last.driven and not any(s.driven for s in plan.stints):
        found.append("no saving up to a quarter of the fuel spares a stop")
    return found


def _print_odds(odds: PlanOdds, wide: object) -> None:
    out = wide.print  # type: ignore[attr-defined]
    text = f"The plan holds in {percent(odds.holds, odds.races)} of {odds.races} races"
    text += f"; a stop more in {percent(odds.more_stops, odds.races)}"
    text += f", one fewer in {percent(odds.fewer_stops, odds.races)}"
    out(Text(text, "bold"))
    for risk in odds.drivers:
        if risk.away:
            out(Text(f"{printable(risk.driver)} is wanted while away in {percent(risk.away, odds.races)}"))
        if risk.rule:
            out(Text(f"a rule on {printable(risk.driver)} is broken in {percent(risk.rule, odds.races)}"))
    spread = odds.starts_s[-1]
    if len(odds.starts_s) > 1 and spread[0] == spread[0]:
        out(Text(f"the last stint begins between {race_time(spread[0])} and {race_time(spread[2])} in 8 of 10 races"))
    for premise in odds.premises:
        out(Text(printable(premise), "dim"))


def _quality(plan: TeamPlan) -> str:
    if plan.gap_s is None:
        return "a rota, how good is not known (--limit gives more time)"
    if plan.proven:
        return "the best rota for these stops, proven: gap 0 s"
    return f"within {plan.gap_s:.1f} s over the race of the best rota for these stops"
