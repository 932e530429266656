"""The page Paddock: careers, team mates, line-ups of a race, and where calendars clash."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui

from langstrecke.errors import LangstreckeError
from langstrecke.formatting import plural
from langstrecke.paddock import calendars, careers
from langstrecke.paddock.model import Event
from langstrecke.paddock.registry import Registry
from langstrecke.services.raced import raced
from langstrecke.web.pages import components as bits
from langstrecke.web.pages.charts.paddock import career_chart, year_chart
from langstrecke.web.pages.components import esc

if TYPE_CHECKING:
    from langstrecke.web.pages.viewer import Viewer
    from langstrecke.web.pitwall import Pitwall

VIEWS = {"career": "Career", "mates": "Team mates", "line-ups": "Line-ups", "calendar": "Calendar"}
EXAMPLES = ("Jan Magnussen", "Kevin Magnussen", "Renger van der Zande", "Jens Klingmann")
VERDICTS = {"free": "good", "tight": "warn", "clash": "bad", "not known": "muted"}


def page(pitwall: Pitwall, _: Viewer) -> None:
    """Build the page."""
    state = {"view": "career", "driver": EXAMPLES[0], "season": 2019, "series": "le-mans", "race": "le-mans-2019"}

    def show() -> None:
        background_tasks.create(_show(pitwall, state, asked, out))

    def pick(name: str) -> None:
        driver.value = name
        asked.visible = state["view"] != "line-ups"
        state["driver"] = name
        show()

    def switch(view: str) -> None:
        state["view"] = view
        show()

    with bits.row():
        bits.Pressed(VIEWS, "career", switch)
    asked = ui.element("div").classes("across")
    with asked:
        driver = ui.input("Driver", value=EXAMPLES[0]).props("dense outlined clearable").style("width: 17rem")
        driver.on("keydown.enter", lambda: pick(driver.value or ""))
        bits.button("Look up", lambda: pick(driver.value or ""), icon="search")
        for name in EXAMPLES:
            ui.button(name, on_click=partial(pick, name)).props("flat dense no-caps").classes("muted")
    out = ui.element("div").classes("down")
    show()


async def _show(pitwall: Pitwall, state: dict[str, Any], asked: ui.element, out: ui.element) -> None:
    """Draw the view chosen, and what it rests on; registry and store are read off the event loop the first time."""
    registry, covers = await asyncio.to_thread(raced, pitwall.settings)
    if out.is_deleted:
        return
    asked.set_visibility(state["view"] != "line-ups")
    out.clear()
    views: dict[str, Callable[..., None]] = {
        "career": _career,
        "mates": _mates,
        "line-ups": _line_ups,
        "calendar": _calendar,
    }
    with out:
        try:
            views[state["view"]](registry, state)
        except LangstreckeError as error:
            bits.markup(bits.told(error))
        for told in covers:
            bits.text(f"{told[0].upper()}{told[1:]}.", "note")


def _career(registry: Registry, state: dict[str, Any]) -> None:
    found = careers.career(registry, state["driver"])
    person = found.driver
    facts = f"{plural(found.started, 'start')}, {plural(len(found.class_wins), 'class win')}"
    facts += f", {len(found.overall_wins)} overall"
    with bits.panel(f"{person.name} {person.country}".strip(), facts):
        if not found.rows:
            bits.text("No race of this driver is held.", "muted")
            return
        bits.chart(career_chart(_marks(registry, found))).style("height: 250px; width: 100%")
    with bits.panel("Races"):
        rows = [
            (
                f'<span class="nowrap">{esc(r.event.race_day)}</span>',
                esc(_race(registry, r)),
                bits.chip(r.entry.car_class),
                esc(r.entry.car),
                esc(r.team),
                esc(r.vehicle),
                esc(", ".join(r.mates)),
                f'<span class="{"good strong" if r.entry.class_win else ""}">{esc(r.result)}</span>',
            )
            for r in reversed(found.rows)
        ]
        head = ("Date", "Race", "Class", "No.", "Team", "Car", "With", "Result")
        bits.markup(bits.table(head, rows))


def _race(registry: Registry, r: careers.CareerRow) -> str:
    return r.event.name or _place(registry, r.event)


def _place(registry: Registry, event: Event) -> str:
    return f"{registry.series[event.series].name}, {registry.circuits[event.circuit].name}"


def _marks(registry: Registry, found: careers.Career) -> list[tuple[str, str, int | None, str, bool]]:
    """(series, date, place in class, what happened, class win) of each race."""
    return [
        (
            registry.series[r.event.series].name,
            r.event.race_day.isoformat(),
            r.entry.class_position or r.entry.position,
            f"{_race(registry, r)}, {r.entry.car_class} #{r.entry.car}: {r.result}",
            r.entry.class_win,
        )
        for r in found.rows
    ]


def _mates(registry: Registry, state: dict[str, Any]) -> None:
    person = registry.driver(state["driver"])
    mates = careers.team_mates(registry, person.id)
    with bits.panel(f"Who shared a car with {person.name}", plural(len(mates), "team mate")):
        rows = []
        for mate, shared in mates:
            years = sorted({registry.events[e.event].year for e in shared})
            span = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
            where = dict.fromkeys(registry.series[registry.events[e.event].series].name for e in shared)
            rows.append((esc(mate.name), esc(mate.country), str(len(shared)), span, esc(", ".join(where))))
        bits.markup(bits.table(("Team mate", "", "Races", "Years", "Where"), rows, figures=(2,)))


def _line_ups(registry: Registry, state: dict[str, Any]) -> None:
    entered = [e for e in registry.events.values() if registry.entries(e.id)]
    races = {
        e.id: f"{e.race_day.year} {e.name or _place(registry, e)}"
        for e in sorted(entered, key=lambda e: e.race_day, reverse=True)
    }
    body: ui.element

    def draw(event: Any) -> None:
        state["race"] = event.value
        body.clear()
        with body:
            _entries(registry, state["race"])

    bits.choice(
        races, state["race"] if state["race"] in races else None, draw, label="Race", width="24rem", search=True
    )
    body = ui.element("div").classes("down")
    with body:
        _entries(registry, state["race"])


def _entries(registry: Registry, race: str) -> None:
    rows = registry.entries(race)
    with bits.panel(race, plural(len(rows), "car")):
        cells = [
            (
                esc(e.position or e.status),
                bits.chip(e.car_class),
                esc(e.class_position or ""),
                f"<b>{esc(e.car)}</b>",
                esc(registry.teams[e.team].name if e.team else ""),
                esc(registry.vehicles[e.vehicle].name if e.vehicle else ""),
                esc(", ".join(registry.drivers[d].name for d in e.drivers) + ("" if e.complete else ", …")),
                esc("" if e.laps is None else e.laps),
            )
            for e in rows
        ]
        head = ("Place", "Class", "In class", "No.", "Team", "Car", "Drivers", "Laps")
        bits.markup(bits.table(head, cells, figures=(0, 2, 7)))


def _calendar(registry: Registry, state: dict[str, Any]) -> None:
    years = sorted({e.year for e in registry.events.values()}, reverse=True)

    def change(key: str, event: Any) -> None:
        state[key] = event.value
        body.clear()
        with body:
            try:
                _clashes(registry, state)
            except LangstreckeError as error:
                bits.markup(bits.told(error))

    with bits.row():
        year_words = {str(y): str(y) for y in years}
        bits.choice(year_words, str(state["season"]), partial(change, "season"), label="Year", width="6rem")
        series = {key: s.name for key, s in registry.series.items()}
        bits.choice(series, state["series"], partial(change, "series"), label="Which races are free", width="17rem")
    body = ui.element("div").classes("down")
    with body:
        _clashes(registry, state)


def _clashes(registry: Registry, state: dict[str, Any]) -> None:
    season = int(state["season"])
    person = registry.driver(state["driver"])
    busy = calendars.commitments(registry, person.id, season)
    series = registry.series[state["series"]].name
    wanted = []
    if any(e.year == season and e.counts_for(state["series"]) for e in registry.events.values()):
        wanted = calendars.year_meetings(registry, [state["series"]], season)
    unknown = calendars.not_held(registry, season, person.id)
    found = calendars.chances(busy, wanted, unknown=unknown)
    free = sum(c.verdict == "free" for c in found)
    note = plural(len(busy), "meeting")
    if found:
        note += f"; {free} of {len(found)} of {series} free"
    with bits.panel(f"{person.name} in {season}", note):
        if not busy and not found:
            bits.text("The registry knows of nothing this driver drove that year.", "muted")
            return
        days = [
            (
                registry.series[m.series].name,
                calendars.title(registry, m),
                m.start.isoformat(),
                m.end.isoformat(),
                "busy",
            )
            for m in busy
        ]
        days += [
            (
                series,
                calendars.title(registry, c.meeting),
                c.meeting.start.isoformat(),
                c.meeting.end.isoformat(),
                c.verdict,
            )
            for c in found
        ]
        bits.chart(year_chart(season, days)).style(
            f"height: {56 + 30 * len({d[0] + (d[4] != 'busy') * ' ' for d in days})}px; width: 100%"
        )
    with bits.panel("Can it be done?", "a day of travel between two meetings"):
        rows = [
            (
                f'<span class="{VERDICTS[c.verdict]} strong">{c.verdict}</span>',
                f'<span class="nowrap">{esc(c.meeting.start)} to {esc(c.meeting.end)}</span>',
                esc(calendars.title(registry, c.meeting)),
                esc(
                    "; ".join(
                        [f"{calendars.title(registry, h.other)}, {h.other.start} to {h.other.end}" for h in c.clashes]
                        or c.unknown
                    )
                ),
            )
            for c in found
        ]
        if rows:
            bits.markup(bits.table(("", "When", "Race", "In the way"), rows))
        else:
            bits.text(f"{series} had no races in {season} that the registry knows of.", "muted")
