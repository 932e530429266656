"""The page Strategist: for one car, pit or stay now, the plan of the race, and what the rules allow its crew."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from nicegui import ui

from langstrecke.formatting import plural, race_time, signed, surname
from langstrecke.racecard import list_cards
from langstrecke.racestate.status import UNSEEN
from langstrecke.timing.neutral import NEUTRAL_FLAGS
from langstrecke.web.pages import components as bits
from langstrecke.web.pages.age import age_words
from langstrecke.web.pages.charts.plan import plan_chart
from langstrecke.web.pages.charts.whatif import Step, change_chart
from langstrecke.web.pages.compare import Compare
from langstrecke.web.pages.components import esc
from langstrecke.web.pages.following import desk_of
from langstrecke.web.pages.job_view import JobView
from langstrecke.web.pages.pit_window import PitWindowPanel

if TYPE_CHECKING:
    from langstrecke.live.driver_time import DriverTime
    from langstrecke.live.table import TimingRow
    from langstrecke.web.following.models import HubView
    from langstrecke.web.pages.desk import Desk
    from langstrecke.web.pages.viewer import Viewer
    from langstrecke.web.pitwall import Pitwall

ROTA_EVERY_S = 1.5
"""Shortest time between two drawings of the rota (default)."""
PLAN_OLD_S = 600.0
"""A plan that is found again is made anew when the race has moved on by this (default)."""
KEPT_CAR = "langstrecke-car"
"""Where the browser keeps the car chosen last, for each tab."""
OPTIONS = "every option open at this moment, played on the same luck"
SHORT_S = 20 * 60.0
"""Driver time left below which it is marked (default)."""


def page(pitwall: Pitwall, viewer: Viewer) -> None:
    """Build the page."""
    place = ui.element("div").classes("down")

    def build(_: Any = None) -> None:
        place.clear()
        with place:
            desk = desk_of(pitwall, viewer)
            if desk is None or not desk.rows:
                words = "The strategist works for a car of a race that runs: replay one, or follow a feed."
                bits.empty("No race is followed yet" if desk is None else "Waiting for the first laps", words)
                bits.button("Choose a race", lambda: ui.navigate.to("/races"), strong=True)
                if desk is not None:
                    viewer.page_hears["view"] = lambda _: build() if desk.rows else None
            else:
                viewer.page_hears.pop("view", None)
                _Strategist(pitwall, viewer, desk)

    viewer.page_hears["race"] = build
    build()


class _Strategist:
    def __init__(self, pitwall: Pitwall, viewer: Viewer, desk: Desk) -> None:
        self._pitwall, self._viewer, self._desk = pitwall, viewer, desk
        cars = {
            r["car"]: f"#{r['car']}  {r['car_class']}, {r['team']}" for r in sorted(desk.rows.values(), key=_by_place)
        }
        if viewer.car not in cars:
            viewer.car = next(iter(cars))
        self._card = _card_of(desk)
        self._drawn = 0.0
        with bits.row():
            self._car = bits.choice(cars, viewer.car, self._choose, label="Car", width="21rem", search=True)
            self._line = bits.markup("")
        with ui.element("div").classes("split"):
            with bits.panel("Pit or stay", "against staying out until the tank asks"):
                with bits.row():
                    self._asks = bits.button("Ask now", self._ask, icon="psychology", strong=True)
                    self._asks_said = bits.text(OPTIONS, "note")
                self._call_said = bits.text("", "note")
                self._call_job = JobView(pitwall)
                self._call = ui.element("div").classes("down")
            with bits.column():
                with bits.panel("Rota", "what the drive-time rules still allow"):
                    self._rota = bits.markup("")
                with bits.panel("Plan", "stops and drivers under every rule of the book"):
                    with bits.row():
                        bits.button("Plan from now", self._plan, icon="event_note")
                        self._plan_said = bits.text("", "note")
                    self._plan_job = JobView(pitwall)
                    self._planned = ui.element("div").classes("down")
        self._window = PitWindowPanel(pitwall, viewer, desk)
        self._seen: tuple[Any, ...] | None = None
        self._plan_at: float | None = None
        self._call_at: float | None = None
        self._compare = Compare(desk, viewer.car)
        viewer.page_hears["view"] = self._hear
        self._hear(desk.view)
        self._recall()
        viewer.client.on_connect(self._kept_car)

    def _choose(self, event: Any) -> None:
        if event.value:
            self._viewer.car = event.value
            self._drawn = 0.0
            self._viewer.run(f"pw.keep({json.dumps(KEPT_CAR)}, {json.dumps(event.value)});")
            self._call.clear()
            self._call_said.text = ""
            self._call_at = None
            self._compare.choose(event.value)
            self._hear(self._desk.view)
            self._recall()

    def _recall(self) -> None:
        """What was asked for this car before is shown again; a plan is made where there is none yet."""
        race, car = self._desk.view.race, self._viewer.car
        self._call_job.leave()
        self._plan_job.leave()
        self._call_job.recall(f"call {race} {car}", self._show_call)
        self._window.choose()
        self._plan_at = None
        known = self._card and self._plan_job.recall(f"plan {race} {car}", self._show_plan)
        old_s = self._desk.view.race_s - self._plan_at if self._plan_at is not None else 0.0
        if not known or old_s > PLAN_OLD_S or old_s < 0.0:
            self._plan()

    async def _kept_car(self) -> None:
        """After a reload the car chosen last is chosen again."""
        try:
            car = await ui.run_javascript(f"return pw.own({json.dumps(KEPT_CAR)})", timeout=10)
        except TimeoutError:
            return
        if car and car in self._desk.rows and car != self._viewer.car and not self._car.is_deleted:
            self._car.value = car

    def _hear(self, view: HubView) -> None:
        if view.table is None or time.monotonic() - self._drawn < ROTA_EVERY_S:
            return
        self._drawn = time.monotonic()
        row = next((r for r in view.table.rows if r.car == self._viewer.car), None)
        if row is None:
            return
        self._line.content = car_line(row)
        reason = no_advice(row)
        self._asks.set_enabled(not reason)
        self._asks_said.text = reason or OPTIONS
        self._window.may(reason)
        self._rota.content = rota_table(row.drivers)
        self._look_for_reasons(view, row)
        self._compare.look()
        self._call_said.text = age_words(self._call_at, view.race_s)
        self._window.look(view.race_s)

    def _look_for_reasons(self, view: HubView, row: TimingRow) -> None:
        """The plan is made again when the car comes in or goes out, or a yellow falls or ends."""
        flag = view.table.flag if view.table is not None else None
        now = (row.car, row.in_pit, row.stops, flag in NEUTRAL_FLAGS)
        before, self._seen = self._seen, now
        if before is not None and before[0] == now[0] and before != now and self._card:
            self._plan()

    # --- pit or stay ------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        race, car = self._desk.view.race, self._viewer.car
        self._call_job.start(lambda: self._pitwall.call_now(race, car), self._show_call, keep=f"call {race} {car}")

    def _show_call(self, found: Any) -> None:
        self._call.clear()
        self._call_at = found.at_s
        self._call_said.text = age_words(found.at_s, self._desk.view.race_s)
        with self._call:
            with bits.row():
                bits.markup(f'<span class="verdict">{esc(found.headline)}</span>')
                bits.text(f"#{found.car} at {race_time(found.at_s)}", "note")
            steps = [
                Step(o.option, -o.place.change, -o.place.interval[1], -o.place.interval[0]) for o in found.options
            ]
            chart = change_chart(steps, "places in class won", digits=2)
            bits.chart(chart).style(f"height: {46 + 24 * len(steps)}px; width: 100%")
            with ui.element("div").classes("split"):
                with bits.column():
                    bits.heading("Why", 3)
                    items = "".join(f"<li>{esc(r)}</li>" for r in found.reasons)
                    bits.markup(f'<ul class="reasons">{items}</ul>')
                with bits.column():
                    bits.heading("If a yellow falls", 3)
                    rows = [
                        (
                            f"in {plural(y.in_laps, 'lap')}",
                            f"<b>{esc(y.advice)}</b>",
                            signed(-y.stop_against_stay.place.change, 2),
                        )
                        for y in found.yellow
                    ]
                    if rows:
                        bits.markup(bits.table(("Yellow", "", "Places won by stopping"), rows, figures=(2,)))
                    else:
                        bits.text("Not worth thinking through now.", "muted")
            bits.text(
                f"{plural(found.races, 'race')} for each option against {found.against}, on the same luck.", "note"
            )
            for note in found.notes:
                bits.text(note, "note")

    # --- the plan ---------------------------------------------------------------------------------------------------

    def _plan(self) -> None:
        self._planned.clear()
        self._plan_said.text = ""  # it may be of another car
        if not self._card:
            with self._planned:
                bits.text("The race has no card, so there is nothing to plan with.", "muted")
            return
        race, car = self._desk.view.race, self._viewer.car
        self._plan_job.start(lambda: self._pitwall.plan_now(race, car), self._show_plan, keep=f"plan {race} {car}")

    def _show_plan(self, found: Any) -> None:
        self._planned.clear()
        self._plan_at = found.at_s
        worked = "before the race" if found.at_s is None else f"at {race_time(found.at_s)}"
        self._plan_said.text = f"Worked out {worked}. Made again when the car stops or a yellow falls."
        view = self._desk.view
        until_h = ((view.table.duration_s if view.table else None) or max(s.end_s for s in found.stints)) / 3600.0
        drivers = len({s.driver for s in found.stints})
        with self._planned:
            chart = plan_chart(found.stints, until_h, view.race_s / 3600.0)
            bits.chart(chart).style(f"height: {54 + 34 * drivers}px; width: 100%")
            totals = ", ".join(f"{surname(d)} {race_time(s, short=True)}" for d, s in found.drive_time_s.items())
            verdict = f"every rule of {found.rulebook} is kept" if found.legal else "; ".join(found.violations)
            if not found.judged:
                verdict = f"{found.rulebook} has no class {found.car_class}: its rules are not judged"
            bits.text(f"At the wheel: {totals}", "note")
            sure = "the best rota, proven" if found.proven else "a good rota, not proven to be the best"
            bits.text(f"{plural(len(found.stops), 'stop')}; {sure}; {verdict}.", "good" if found.legal else "bad")
            for note in found.notes:
                bits.text(note, "note")
            ahead = [s for s in found.stops if not s.made and _stop_at(found, s) > view.race_s][:4]
            rows = [
                (
                    race_time(_stop_at(found, s), short=True),
                    f"{s.lap}",
                    esc(surname(s.driver)),
                    esc(s.tyres),
                    f"{s.cost_s:.0f} s",
                )
                for s in ahead
            ]
            if rows:
                bits.markup(bits.table(("Next stops", "Lap", "Driver", "Tyres", "Cost"), rows, figures=(1, 4)))


def car_line(row: TimingRow) -> str:
    """Where a car lies, who drives, how far into the stint: what is known, and what is not said so."""
    if not row.laps:
        return '<span class="strong">no lap timed yet</span>'
    place = f"P{row.position_in_class} in {esc(row.car_class)}, P{row.position} overall"
    # fuel is told by call, window and plan, with what crews save, which the timing table leaves out
    parts = [f'<span class="strong">{place}</span>', esc(row.driver or "driver not told")]
    if row.status in UNSEEN:
        parts.append(f'<span class="warn">{UNSEEN[row.status]}, {_last_seen(row)}</span>')
    else:
        parts.append(f"lap {row.stint_laps} of the stint, {plural(row.stops, 'stop')}")
    unsure = ' <span class="warn">uncertain: ' + esc(row.why) + "</span>" if row.uncertain else ""
    return ", ".join(parts) + unsure


def no_advice(row: TimingRow) -> str:
    """Why there is no advice for a car now, and when to ask again; empty where there is."""
    if not row.laps:
        return f"No lap of #{row.car} is timed yet: ask after its first."
    if row.status == "finished":
        return f"#{row.car} has taken the flag: there is nothing left to decide."
    if row.status in UNSEEN:
        return f"#{row.car} is {UNSEEN[row.status]}, {_last_seen(row)}: no advice before it is seen again."
    return ""


def _last_seen(row: TimingRow) -> str:
    return f"last seen on lap {row.laps} at {race_time(row.crossed_s)}"


def _stop_at(plan: Any, stop: Any) -> float:
    laps = 0
    for stint in plan.stints:
        laps += stint.laps
        if laps >= stop.lap:
            return float(stint.end_s)
    return 0.0


def _by_place(row: dict[str, Any]) -> int:
    return int(row["o"])


def _card_of(desk: Desk) -> str:
    """The shipped card of the race: by the feed's word, else by the race's name."""
    cards = set(list_cards())
    hello = desk.hub.state.hello
    told = hello.card if hello is not None else None
    return next((n for n in (told, desk.view.race) if n is not None and n in cards), "")


def rota_table(drivers: tuple[DriverTime, ...]) -> str:
    """The crew with time driven, time left by each limit and minimum owed."""
    rows = []
    for d in drivers:
        total = d.driven_s + d.left_s if d.left_s is not None else None
        share = min(1.0, d.driven_s / total) if total else 0.0
        bar = f'<span class="track" style="--share: {share:.3f}"><i></i></span>' if total else ""
        aboard = '<span class="aboard">on board</span>' if d.on_board else ""
        rows.append(
            (
                f"<b>{esc(d.driver)}</b> {aboard}",
                f'<span class="muted">{esc(d.licence or "")}</span>',
                race_time(d.driven_s, short=True),
                bar,
                _left(d.left_s),
                _left(d.continuous_left_s),
                f'<span class="warn">{race_time(d.owed_s, short=True)}</span>'
                if d.owed_s > 0
                else '<span class="good">met</span>',
            )
        )
    head = ("Driver", "Licence", "Driven", "", "May still drive", "without a rest", "Owes")
    return bits.table(head, rows, figures=(2, 4, 5, 6))


def _left(seconds: float | None) -> str:
    if seconds is None:
        return '<span class="muted">no limit</span>'
    tone = "bad" if seconds <= 0 else "warn" if seconds < SHORT_S else ""
    return f'<span class="{tone}">{race_time(seconds, short=True)}</span>'
