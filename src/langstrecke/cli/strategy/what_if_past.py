"""`what-if RACE --at`: one decision of a race that was driven, changed."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from langstrecke.cli.terminal import console
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import printable, race_time
from langstrecke.racecard import RaceCard, assignments, joined, load_card, read_patch
from langstrecke.report import screen
from langstrecke.strategy.counterfactual.before_race import Gaps
from langstrecke.strategy.counterfactual.decision import split
from langstrecke.strategy.counterfactual.during_race import WhatIfThen, what_if_then
from langstrecke.strategy.counterfactual.moment import race_laps
from langstrecke.strategy.counterfactual.paired import Difference
from langstrecke.strategy.lookup import car_index, clock_of, race_seconds


@dataclass(frozen=True)
class Then:
    """What the verb was asked."""

    race: str
    at: str
    car: str | None
    races: int
    seed: int
    store: Path | None
    card: str | None
    figure: Path | None
    as_json: bool


def what_if_at(ask: Then, patches: Sequence[Path], settings: Sequence[str]) -> None:
    """Answer, print, draw."""
    if ask.car is None:
        raise LangstreckeError("whose decision is to be changed?", hint="--car NUMBER")
    words, rest = split(settings)
    patch = joined([*(read_patch(path) for path in patches), assignments(rest)])
    card = load_card(ask.card or ask.race)
    car_index(card, ask.car)
    t = race_seconds(card, ask.at)
    laps = race_laps(ask.race, ask.store)
    found = what_if_then(card, laps, t, ask.car, words, patch=patch, races=ask.races, seed=ask.seed)
    if ask.figure is not None:
        _figure(found, card, ask.figure)
    if ask.as_json:
        sys.stdout.write(json.dumps(found.to_json(), ensure_ascii=False, indent=1) + "\n")
        return
    _print(found, card)


def points(difference: Difference) -> str:
    """A change of a probability in points with its interval."""
    if difference.gain is None and difference.change == 0:
        return "0.0"
    low, high = (f"{100 * v:+.1f}" for v in (difference.low, difference.high))
    return f"{100 * difference.change:+.1f} ({low} to {high})".replace("-", "−")


def places(difference: Difference) -> str:
    """A change of a place with half its interval."""
    return f"{difference.change:+.2f} ± {1.96 * difference.se:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _print(found: WhatIfThen, card: RaceCard) -> None:
    out = screen(console)
    when = f"{race_time(found.t)} of race time ({clock_of(card, found.t):%H:%M:%S})"
    out.print(Text.assemble((printable(card.race.name), "bold"), f"  car {found.car} at {when}"))
    out.print(Text.assemble(("in the race  ", "yellow"), printable(f"it {found.happened}")))
    out.print(Text.assemble(("as it was    ", "yellow"), printable(found.actual)))
    out.print(Text.assemble(("what if      ", "yellow"), printable(found.changed)))
    table = Table(box=SIMPLE_HEAD, show_edge=False)
    table.add_column("")
    for name in ("as it was", "what if", "change in points"):
        table.add_column(name, justify="right")
    for name, d in (("class win", found.win), ("class podium", found.podium), ("overall win", found.overall_win)):
        table.add_row(name, f"{100 * d.before:.1f} %", f"{100 * d.after:.1f} %", points(d))
    place = found.place
    change = f"{place.change:+.2f} ({place.low:+.2f} to {place.high:+.2f})".replace("-", "−")
    table.add_row("place in class", f"{place.before:.2f}", f"{place.after:.2f}", change)
    out.print(table)
    text = (
        f"{found.races:,} races each way from that moment, same luck, seed {found.seed}; what came later is not used"
    )
    out.print(Text(text, "dim"))


def _figure(found: WhatIfThen, card: RaceCard, path: Path) -> None:
    from langstrecke.plots import save
    from langstrecke.plots.strategy import GapLine, gap_chart

    def line(label: str, gaps: Gaps) -> GapLine:
        return GapLine(label, gaps.hours, gaps.low, gaps.middle, gaps.high)

    # as much of what was as of what is to come, so that either can be read
    begins = (
        found.past.hours[-1] - max(1.0, found.after.hours[-1] - found.past.hours[-1]) if found.past.hours else 0.0
    )
    past = [(h, s) for h, s in zip(found.past.hours, found.past.seconds, strict=True) if h >= begins]
    lines = [
        line("as it was: " + found.actual, found.before),
        line("what if: " + found.changed, found.after),
    ]
    hours, seconds = tuple(h for h, _ in past), tuple(s for _, s in past)
    before = GapLine("until then", hours, seconds, seconds, seconds)
    legend = f"Race time {race_time(found.t)}. Median and middle half of the simulated races the car finished."
    save(gap_chart(lines, f"{card.race.name}: car {found.car}", legend, before), path)
