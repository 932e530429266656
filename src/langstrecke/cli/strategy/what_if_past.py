"""`what-if RACE --at`: one decision of a race that was driven, changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from langstrecke.cli.progress import progress
from langstrecke.cli.strategy.differences import MEANS, points, verdict
from langstrecke.cli.terminal import grid, noted, print_json, screen
from langstrecke.formatting import plural, printable, race_time

if TYPE_CHECKING:
    from langstrecke.racecard.schema import RaceCard
    from langstrecke.services.requests.strategy import WhatIfThenAsk
    from langstrecke.services.settings import Settings
    from langstrecke.strategy.counterfactual.before_race import Gaps
    from langstrecke.strategy.counterfactual.during_race import WhatIfThen


def what_if_at(settings: Settings, ask: WhatIfThenAsk, figure: Path | None, *, as_json: bool) -> None:
    """Answer, print, draw."""
    from langstrecke.racecard import grounds
    from langstrecke.services.answers.strategy import AS_PLAYED, WhatIfThenAnswer
    from langstrecke.services.racecards import card_of
    from langstrecke.services.strategy import what_if_then_result

    with progress("races") as step:
        found = what_if_then_result(settings, ask, step=step)
    card = card_of(settings, ask.card or ask.race)
    if figure is not None:
        _figure(found, card, figure)
    if as_json:
        print_json(WhatIfThenAnswer.of(found, notes=grounds(card)))
        return
    _print(found, card)
    noted((AS_PLAYED, *grounds(card)))


def _print(found: WhatIfThen, card: RaceCard) -> None:
    from langstrecke.strategy.lookup import clock_of

    out = screen()
    when = f"{race_time(found.t)} of race time ({clock_of(card, found.t):%H:%M:%S})"
    out.print(Text.assemble((printable(card.race.name), "bold"), f"  car {found.car} at {when}"))
    out.print(Text.assemble(("in the race  ", "yellow"), printable(f"it {found.happened}")))
    out.print(Text.assemble(("as it was    ", "yellow"), printable(found.actual)))
    out.print(Text.assemble(("what if      ", "yellow"), printable(found.changed)))
    out.print(Text(verdict(f"Car {found.car} wins its class", found.win), "bold"))
    table = grid("", right=("as it was", "what if", "change in points"))
    for name, d in (("class win", found.win), ("class podium", found.podium), ("overall win", found.overall_win)):
        table.add_row(name, f"{100 * d.before:.1f} %", f"{100 * d.after:.1f} %", points(d))
    place = found.place
    change = f"{place.change:+.2f} ({place.low:+.2f} to {place.high:+.2f})".replace("-", "−")
    table.add_row("place in class", f"{place.before:.2f}", f"{place.after:.2f}", change)
    out.print(table)
    played = plural(found.races, "race")
    text = f"{played} each way from that moment, same luck, seed {found.seed}; what came later is not used"
    out.print(Text(f"{text}\n{MEANS}", "dim"))


def _figure(found: WhatIfThen, card: RaceCard, path: Path) -> None:
    from langstrecke.cli.figures import save_figure
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
    save_figure(gap_chart(lines, f"{card.race.name}: car {found.car}", legend, before), path)
