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
from langstrecke.formatting import printable, race_time
from langstrecke.report.files import write_whole
from langstrecke.services.team import team_plan_json, team_plan_of_files
from langstrecke.strategy.plan.team import TeamPlan
from langstrecke.strategy.plan.team.ask import asked
from langstrecke.strategy.plan.team.export import team_csv, team_ical, team_json
from langstrecke.strategy.plan.team.odds import PlanOdds
from langstrecke.strategy.plan.team.words import margins, odds_words, quality
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
        data = team_plan_json(plan, odds, change)
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
    first, *others = margins(plan)
    wide.print(Text.assemble((printable(title), "bold"), f"  {first}"))
    risks = odds_words(odds) if odds is not None else []
    for line in risks[:1]:
        wide.print(Text(printable(line), "bold"))
    for broken in plan.violations:
        wide.print(Text.assemble(("not kept: ", "bold red"), printable(broken)))
    if change is not None:
        wide.print(Text(f"Against the plan: {printable(change)}", "bold"))
    table = Table(box=SIMPLE_HEAD, show_edge=False)
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
    for line in others:
        wide.print(Text(line))
    for name in (d.name for d in team.driver):
        share = next((s for s in plan.shares if s.driver == name), None)
        told = f", {share.laps} laps (fair share {share.least})" if share else ""
        wide.print(Text(f"{printable(name)}: {race_time(plan.driven_s(name))} at the wheel{told}"))
    if odds is not None:
        for line in risks[1:]:
            wide.print(Text(printable(line)))
        for premise in odds.premises:
            wide.print(Text(printable(premise), "dim"))
    wide.print(Text(f"{quality(plan)}, found in {plan.seconds:.1f} s", "dim"))
    for note in plan.notes:
        wide.print(Text(printable(note), "dim"))
