"""The verb `window`."""

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
from langstrecke.cli.strategy.differences import MEANS, either_way
from langstrecke.cli.terminal import grid, noted, print_json, screen
from langstrecke.formatting import fuel_range, percent, plural, printable, race_time, signed, surname
from langstrecke.services.requests.strategy import WindowAsk

if TYPE_CHECKING:
    from langstrecke.strategy.counterfactual.paired import Difference
    from langstrecke.strategy.pit_window import PitWindow

FallOff = Annotated[
    Path | None, typer.Option("--fall-off", metavar="FILE", help="Figure of the fall-off: .png, .svg or .pdf")
]
LAPS_AWAY_S = 600.0
"""A rival further in front than this is told in minutes."""


@asks(WindowAsk, "race")
def window_verb(
    ask: WindowAsk, store: Store = None, figure: Figure = None, fall_off: FallOff = None, as_json: Json = False
) -> None:
    """The pit window lap by lap: worth of a stop, rejoin, traffic, yellows, undercut, fall-off, saving."""
    from langstrecke.cli.figures import save_figure
    from langstrecke.plots.window import fall_off_chart, window_chart
    from langstrecke.racecard import grounds
    from langstrecke.services.answers.strategy import WindowAnswer
    from langstrecke.services.racecards import card_of
    from langstrecke.services.strategy import window_result
    from langstrecke.strategy.lookup import clock_of

    check_figure(figure)
    check_figure(fall_off)
    with progress("window") as step:
        found = window_result(settings_of(store), ask, step=step)
    card = card_of(settings_of(store), ask.card or ask.race)
    if figure is not None:
        save_figure(window_chart(found), figure)
    if fall_off is not None:
        save_figure(fall_off_chart(found), fall_off)
    notes = [*found.notes(), *grounds(card)]
    if as_json:
        print_json(WindowAnswer.of(found, notes=notes))
        return
    out = screen()
    when = f"{race_time(found.t)} of race time ({clock_of(card, found.t):%H:%M:%S})"
    out.print(Text.assemble((printable(card.race.name), "bold"), f"  car {ask.car} at {when}"))
    fuel = f"fuel for {found.fuel_left:.1f} laps ({fuel_range(found.fuel_left, found.fuel_sd)})"
    out.print(Text(found.headline, "bold"))
    green, now = found.stop_s
    cost = f"a stop now costs {now:.0f} s" + (f" of green running instead of {green:.0f}" if found.green else "")
    out.print(Text(f"{fuel}; {cost}"))
    out.print(_laps(found))
    if found.undercut:
        told = "; ".join(
            f"{plural(u.laps, 'lap')} before it {signed(u.gain_s)} s" + _either_end(u.low_s, u.high_s)
            for u in found.undercut
        )
        out.print(Text(f"undercut of car {found.rival}, traffic left out: {told}"))
    out.print(_savings(found))
    if found.fall_off:
        out.print(_stints(found))
    played = plural(found.races, "race")
    out.print(f"{played} for each lap played, same luck, seed {ask.seed}; {MEANS}", style="dim", highlight=False)
    noted(notes)


def _laps(found: PitWindow) -> Table:
    what = "green by then" if found.green else "yellow by then"
    right = ("costs", "rejoins", "behind", "traffic", what, "places won", "win, points")
    ahead = f"ahead of {found.rival}"
    table = grid("stop, lap", right=(*right, ahead) if found.rival else right)
    worth = {w.in_laps: w for w in found.worth}
    met = {r.in_laps: r for r in found.rejoins}
    for n, chance in enumerate(found.green or found.yellow, 1):
        w, r = worth.get(n), met.get(n)
        if w is None:
            continue
        cells = [f"{r.cost_s:.0f} s", f"P{r.place}", _ahead(r.ahead), str(r.traffic)] if r else [""] * 4
        cells += [percent(chance), _change(-w.place.change, w.place, 2), _change(100.0 * w.win.change, w.win, 1)]
        cells += [_change(100.0 * w.rival.change, w.rival, 1)] if w.rival is not None else []
        table.add_row(f"{found.lap + n} (in {n})", *cells)
    return table


def _either_end(low: float, high: float) -> str:
    """The ends of what is believed of tyres and fuel, where they differ."""
    return f" ({signed(low)} to {signed(high)} by what is believed of tyres and fuel)" if round(high - low, 1) else ""


def _ahead(ahead: tuple[str, float] | None) -> str:
    if ahead is None:
        return ""
    return f"{ahead[1]:.0f} s to {ahead[0]}" if ahead[1] < LAPS_AWAY_S else f"{ahead[1] / 60:.0f} min to {ahead[0]}"


def _change(value: float, difference: Difference, digits: int) -> str:
    """A change with half its 95 % interval; a share (one digit) in points."""
    half = (difference.high - difference.low) / 2.0 * (100.0 if digits == 1 else 1.0)
    return either_way(value, half, digits)


def _savings(found: PitWindow) -> Table:
    table = grid("fuel saved", right=("a lap costs", "laps gained", "lasts to the flag"))
    for s in (s for s in found.savings if s.share > 0 or s.lasts > 0):
        table.add_row(percent(s.share), f"{s.lap_s:.2f} s", f"{s.laps:.1f}", percent(s.lasts))
    return table


def _stints(found: PitWindow) -> Table:
    table = grid("stint", right=("clean laps", "middle lap", "s a lap", "90 %", "tyres' part", "90 %"))
    for s in found.fall_off:
        ends = f"{_slope(s.low_s)} to {_slope(s.high_s)}", f"{_slope(s.tyres_low_s)} to {_slope(s.tyres_high_s)}"
        figures = (f"{s.level_s:.2f} s", _slope(s.slope_s), ends[0], _slope(s.tyres_s), ends[1])
        table.add_row(f"{s.stint} {surname(s.driver)}", str(s.laps), *figures)
    return table


def _slope(seconds: float) -> str:
    return signed(seconds, 3)
