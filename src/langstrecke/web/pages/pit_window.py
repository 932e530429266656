"""The pit window on the page Strategist: what a stop at the end of each lap to come is worth, costs and meets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from langstrecke.formatting import fuel_range, percent, plural, race_time, signed, surname
from langstrecke.web.pages import components as bits
from langstrecke.web.pages.age import age_words
from langstrecke.web.pages.charts.whatif import Step, change_chart
from langstrecke.web.pages.components import esc
from langstrecke.web.pages.job_view import JobView

if TYPE_CHECKING:
    from langstrecke.services.answers.strategy import WindowAnswer, WindowLap
    from langstrecke.web.pages.desk import Desk
    from langstrecke.web.pages.viewer import Viewer
    from langstrecke.web.pitwall import Pitwall


HOLDS = "worth, rejoin and traffic, yellows, undercut, saving"


class PitWindowPanel:
    """The panel: a button, the job it starts, the window that comes of it."""

    def __init__(self, pitwall: Pitwall, viewer: Viewer, desk: Desk) -> None:
        self._pitwall, self._viewer, self._desk = pitwall, viewer, desk
        self._at: float | None = None
        with bits.panel("Pit window", "a stop at the end of each lap to come, against staying out"):
            with bits.row():
                self._opens = bits.button("Open the window", self._ask, icon="view_timeline")
                self._opens_said = bits.text(HOLDS, "note")
            self._said = bits.text("", "note")
            self._job = JobView(pitwall)
            self._place = ui.element("div").classes("down")

    def choose(self) -> None:
        """Another car was chosen: what was asked about it before is shown again."""
        self._place.clear()
        self._at = None
        self.look(0.0)
        self._job.leave()
        self._job.recall(self._name(), self._show)

    def may(self, reason: str) -> None:
        """Whether a window can be asked for; `reason` says why not."""
        self._opens.set_enabled(not reason)
        self._opens_said.text = reason or HOLDS

    def look(self, race_s: float) -> None:
        """Mark a window the race has left behind."""
        self._said.text = age_words(self._at, race_s)

    def _name(self) -> str:
        return f"window {self._desk.view.race} {self._viewer.car}"

    def _ask(self) -> None:
        race, car = self._desk.view.race, self._viewer.car
        self._job.start(lambda: self._pitwall.window_now(race, car), self._show, keep=self._name())

    def _show(self, found: Any) -> None:
        self._place.clear()
        self._at = found.at_s
        self.look(self._desk.view.race_s)
        with self._place:
            show_window(found)


def show_window(found: WindowAnswer) -> None:
    """Verdict, chart, table, what is reckoned, what is not known."""
    with bits.row():
        bits.markup(f'<span class="verdict">{esc(found.headline)}</span>')
        bits.text(f"#{found.car} at {race_time(found.at_s)}", "note")
    steps = [
        Step(f"in {plural(w.in_laps, 'lap')}", -w.place.change, -w.place.interval[1], -w.place.interval[0])
        for w in found.played
    ]
    chart = change_chart(steps, "places in class won", digits=2)
    bits.chart(chart).style(f"height: {46 + 24 * len(steps)}px; width: 100%")
    bits.markup(lap_table(found))
    bits.markup(f'<ul class="reasons">{"".join(f"<li>{esc(line)}</li>" for line in reckoned(found))}</ul>')
    bits.text(f"{plural(found.races, 'race')} for each lap, on the same luck.", "note")
    for note in found.notes:
        bits.text(note, "note")


def lap_table(found: WindowAnswer) -> str:
    """A row for each lap that was played: what the stop costs and meets, and the chance of a yellow (or of green)."""
    played = {w.in_laps for w in found.played}
    rows = [_row(lap) for lap in found.laps if lap.in_laps in played]
    by_then = "Green again by then" if found.neutral else "Yellow by then"
    head = ("Stop, lap", "Costs", "Rejoins", "Behind", "Cars within 12 s", by_then)
    said = [n for n in range(len(head)) if any(row[n] for row in rows)]  # under yellow no place is told
    figures = [k for k, n in enumerate(said) if n in (1, 2, 4, 5)]
    return bits.table([head[n] for n in said], [[row[n] for n in said] for row in rows], figures=figures)


def _row(lap: WindowLap) -> tuple[str, ...]:
    chance = lap.green if lap.yellow is None else lap.yellow
    return (
        f'<span class="nowrap">{lap.lap} (in {lap.in_laps})</span>',
        "" if lap.cost_s is None else f"{lap.cost_s:.0f} s",
        "" if lap.place is None else f"P{lap.place}",
        "" if lap.ahead is None or lap.ahead_s is None else f"#{esc(lap.ahead)}, {lap.ahead_s:.0f} s",
        "" if lap.traffic is None else str(lap.traffic),
        "" if chance is None else percent(chance),
    )


def reckoned(found: WindowAnswer) -> list[str]:
    """Fuel and cost of a stop, undercut, saving, the latest fall-off: a line each, where it is known."""
    green, now = found.stop_s
    cost = f"a stop now costs {now:.0f} s"
    cost += f" of green running instead of {green:.0f}" if found.neutral else ""
    told = [f"fuel for {found.fuel_left:.1f} laps ({fuel_range(found.fuel_left, found.fuel_left_sd)}); {cost}"]
    if found.undercut:
        gains = "; ".join(
            f"{plural(u.laps, 'lap')} {signed(u.gain_s)} s ({signed(u.low_s)} to {signed(u.high_s)})"
            for u in found.undercut
        )
        told.append(f"undercut of #{found.rival}, traffic left out: {gains}")
    saving = [s for s in found.saving if s.share > 0.0]
    if saving:
        shares = "; ".join(
            f"{percent(s.share)} costs {s.lap_s:.2f} s a lap and lasts to the flag with {percent(s.lasts)}"
            for s in saving
        )
        told.append(f"fuel saved: {shares}")
    for s in found.fall_off[-1:]:
        low, high = s.slope_range_s
        between = f"{signed(low, 3)} to {signed(high, 3)}"
        slope = f"{signed(s.slope_s, 3)} s a lap ({between}), {plural(s.clean_laps, 'clean lap')}"
        told.append(f"fall-off of stint {s.stint}, {surname(s.driver)}: {slope}")
    return told
