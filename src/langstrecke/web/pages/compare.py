"""Two cars lap by lap, and the stints of one: a part of the page Strategist."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING, Any

from nicegui import ui
from scipy.stats import theilslopes

from langstrecke.formatting import lap_time, signed, surname
from langstrecke.strategy.falloff import LEAST_LAPS, SURE
from langstrecke.timing.neutral import NEUTRAL_FLAGS
from langstrecke.web.pages import components as bits
from langstrecke.web.pages.components import esc

if TYPE_CHECKING:
    from langstrecke.racestate.lap import Lap
    from langstrecke.web.pages.desk import Desk

LAPS = 12
"""Newest laps compared (default)."""
STINTS = 8
"""Newest stints shown (default)."""
CLEAN = 1.07
"""A lap slower than this times the car's best is none of its pace: traffic, a mistake, a yellow (default)."""


class Compare:
    """Lap times of the car and a rival on the same laps, and the averages of its stints."""

    def __init__(self, desk: Desk, car: str) -> None:
        self._desk, self._car, self._rival = desk, car, ""
        self._laps = (-1, -1)
        with ui.element("div").classes("split"):
            with bits.panel("Lap by lap", "the same laps of both cars"):
                self._choice = ui.element("div")
                self._table = bits.markup("").classes("scroll")
            with bits.panel("Stints", "clean green laps; the fall-off is per lap in the stint, 90 % interval"):
                self._stints = bits.markup("").classes("scroll")
        self.choose(car)

    def choose(self, car: str) -> None:
        """Look at another car; its rival is the car ahead of it in class, else the one behind."""
        self._car, self._laps = car, (-1, -1)
        mates = self._desk.cars(self._desk.rows[car]["car_class"])
        at = mates.index(car) if car in mates else 0
        others = [one for one in mates if one != car]
        self._rival = (mates[at - 1] if at > 0 else others[0]) if others else ""
        self._choice.clear()
        if others:
            with self._choice:
                names = {one: f"#{one}  {self._desk.rows[one]['team']}" for one in others}
                bits.choice(names, self._rival, self._choose_rival, label="Against", width="17rem", search=True)
        self.look()

    def _choose_rival(self, event: Any) -> None:
        if event.value:
            self._rival, self._laps = event.value, (-1, -1)
            self.look()

    def look(self) -> None:
        """Draw anew where a lap has come."""
        cars = self._desk.hub.state.cars
        own = cars[self._car].rows if self._car in cars else []
        his = cars[self._rival].rows if self._rival in cars else []
        if (len(own), len(his)) == self._laps:
            return
        self._laps = (len(own), len(his))
        self._table.content = laps_table(own, his, self._car, self._rival)
        self._stints.content = stints_table(own)


def laps_table(own: list[Lap], his: list[Lap], car: str, rival: str) -> str:
    """The newest laps both have driven, the difference, and the gap at the end of each."""
    theirs = {lap.lap: lap for lap in his}
    pairs = [(lap, theirs[lap.lap]) for lap in own if lap.lap in theirs][-LAPS:][::-1]
    if not pairs:
        return '<span class="muted">No lap that both have driven yet.</span>'
    rows = [
        (
            str(a.lap),
            f"{_mark(a)}{lap_time(a.lap_time_s)}",
            f"{_mark(b)}{lap_time(b.lap_time_s)}",
            _difference(a.lap_time_s - b.lap_time_s),
            signed(a.elapsed_s - b.elapsed_s, 1),
        )
        for a, b in pairs
    ]
    head = ("Lap", f"#{esc(car)}", f"#{esc(rival)}", "Difference", "Gap after it")
    clean = [a.lap_time_s - b.lap_time_s for a, b in pairs if not (_mark(a) or _mark(b))]
    told = f"{signed(fmean(clean), 2)} s a lap over {len(clean)} laps without stops and yellows" if clean else ""
    return bits.table(head, rows, figures=range(5)) + (f'<div class="note">{told}</div>' if told else "")


def _mark(lap: Lap) -> str:
    """What makes a lap no measure of pace."""
    if lap.in_pit:
        return '<span class="muted">in </span>'
    if lap.pit_time_s is not None:
        return '<span class="muted">out </span>'
    return '<span class="warn">yellow </span>' if lap.flag in NEUTRAL_FLAGS else ""


def _difference(seconds: float) -> str:
    tone = "good" if seconds < 0 else "bad" if seconds > 0 else ""
    return f'<span class="{tone}">{signed(seconds, 3)}</span>'


def stints_table(laps: list[Lap]) -> str:
    """The newest stints: who, how long, mean of the clean laps, how much slower a lap the car becomes."""
    best = min((lap.lap_time_s for lap in laps), default=0.0)
    rows = []
    for number, stint in list(enumerate(stints_of(laps), start=1))[-STINTS:][::-1]:
        clean = [
            (k, lap.lap_time_s)
            for k, lap in enumerate(stint)
            if not _mark(lap) and lap.lap > 1 and lap.lap_time_s <= CLEAN * best
        ]
        mean = lap_time(fmean(time for _, time in clean)) if clean else ""
        fall = fall_off_cell(clean)
        driver = surname(stint[-1].driver) if stint[-1].driver else ""
        rows.append((str(number), esc(driver), str(len(stint)), str(len(clean)), mean, fall))
    if not rows:
        return '<span class="muted">No lap yet.</span>'
    head = ("Stint", "Driver", "Laps", "Clean", "Mean", "Fall-off a lap")
    return bits.table(head, rows, figures=(0, 2, 3, 4, 5))


def stints_of(laps: list[Lap]) -> list[list[Lap]]:
    """The laps of a car between stops; a stint ends with its in-lap."""
    found: list[list[Lap]] = [[]]
    for lap in laps:
        found[-1].append(lap)
        if lap.in_pit:
            found.append([])
    return [stint for stint in found if stint]


def fall_off_cell(clean: list[tuple[int, float]]) -> str:
    """How much slower the car becomes a lap, and how surely, as the pit window reckons it (`strategy.falloff`)."""
    if len(clean) < LEAST_LAPS:
        return '<span class="muted">too few laps</span>'
    slope, _, low, high = theilslopes([time for _, time in clean], [lap for lap, _ in clean], SURE)
    return f'{signed(slope, 3)} s <span class="muted">({signed(low, 3)} to {signed(high, 3)})</span>'
