"""The page Races: what is in the store, which cards ship, how to follow a race, and files to import."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui

from langstrecke import services
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import race_time
from langstrecke.racecard import list_cards, load_card
from langstrecke.services.requests.data import RacesAsk
from langstrecke.web.pages import components as bits
from langstrecke.web.pages import grids
from langstrecke.web.pages.following import SPEEDS, follow_race, look_at, stop_race
from langstrecke.web.pages.importing import ImportPanel
from langstrecke.web.pages.job_view import JobView
from langstrecke.web.pages.live_series import series_panel

if TYPE_CHECKING:
    from langstrecke.services.settings import Settings
    from langstrecke.web.pages.viewer import Viewer
    from langstrecke.web.pitwall import Pitwall

SHORT = 14
"""So many races fit on a page; a longer list scrolls."""


def page(pitwall: Pitwall, viewer: Viewer) -> None:
    """Build the page."""
    _Races(pitwall, viewer)


class _Races:
    def __init__(self, pitwall: Pitwall, viewer: Viewer) -> None:
        self._pitwall, self._viewer = pitwall, viewer
        self._speed = 60.0
        self._followed = ui.element("div").classes("down")
        with ui.element("div").classes("split wide-left"):
            with bits.panel("Races in the store", classes="grow"):
                with bits.row():
                    speeds = {str(s): f"{s:g} times as fast" for s in SPEEDS}
                    bits.choice(speeds, "60", self._choose_speed, label="Replay", width="10rem")
                    self._find = ui.input("Find").props("dense outlined clearable").style("width: 12rem")
                    self._find.on_value_change(self._filter)
                    bits.text("Press a race to replay it as if it were live.", "note")
                self._said = ui.element("div")
                self._stored = ui.element("div").classes("down")
            with bits.column():
                ImportPanel(pitwall, lambda: background_tasks.create(self._list()))
                self._source_panel()
                self._cards_panel()
        self._show_followed()
        background_tasks.create(self._list())

    def _choose_speed(self, event: Any) -> None:
        self._speed = float(event.value)

    # --- what is there ----------------------------------------------------------------------------------------------

    async def _list(self) -> None:
        found: list[Any] | LangstreckeError
        try:
            found = await self._pitwall.ask(services.races, RacesAsk.model_validate({}))
        except LangstreckeError as error:
            found = error
        if self._stored.is_deleted:
            return
        self._stored.clear()
        with self._stored:
            if isinstance(found, LangstreckeError) and self._pitwall.settings.store.exists():
                bits.markup(bits.told(found))  # a store that cannot be read is not an empty one
                return
            if isinstance(found, LangstreckeError) or not found:
                with ui.element("div").classes("empty"):
                    bits.heading("No race stored yet")
                    bits.text("Drop timing files under Import, or race one of the shipped cards.", "muted")
                return
            rows = [
                {
                    "id": r.race_id,
                    "race": r.race_id,
                    "event": r.event,
                    "date": str(r.date or ""),
                    "length": (race_time(r.duration_s, short=True) if r.duration_s else "")
                    + ("" if r.duration_known else " ?"),
                }
                for r in sorted(found, key=lambda r: (str(r.date or ""), r.race_id), reverse=True)
            ]
            columns = [
                grids.column("race", "Race", 230, cellClass="c-car", flex=2, minWidth=170, pinned="left"),
                grids.column("event", "Event", 220, flex=3, minWidth=150),
                grids.column("date", "Date", 96),
                grids.figure("length", "Hours", 78),
                grids.column(
                    "play", "", 84, cellClass="c-pit", sortable=False, **{":valueGetter": "p => '▶ Replay'"}
                ),
            ]
            more: dict[str, Any] = {"domLayout": "normal" if len(rows) > SHORT else "autoHeight"}
            more[":onCellKeyDown"] = "p => { if (p.event.key === 'Enter') emitEvent('pw_enter', { data: p.data }); }"
            more |= {"rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": False}}
            self._grid = ui.aggrid(grids.options(columns, rows, **more), theme="quartz", auto_size_columns=False)
            if len(rows) > SHORT:
                self._grid.style("height: max(320px, calc(100vh - 250px))")
            self._grid.on("cellClicked", self._pressed, ["data", "colId"])
            ui.on("pw_enter", lambda event: self._pressed(event))

    def _filter(self, event: Any) -> None:
        if hasattr(self, "_grid"):
            self._grid.run_grid_method("setGridOption", "quickFilterText", event.value or "")

    def _pressed(self, event: Any) -> None:
        race = (event.args.get("data") or {}).get("race")
        if race:
            background_tasks.create(self._follow(race=race))

    async def _follow(self, **ask: Any) -> None:
        self._said.clear()
        try:
            await follow_race(self._pitwall, self._viewer, speed=self._speed, **ask)
        except LangstreckeError as error:
            if not self._said.is_deleted:
                with self._said:
                    bits.markup(bits.told(error))
            return
        with self._said:
            ui.navigate.to("/")

    def _follow_file(self, race: str, path: str) -> None:
        background_tasks.create(self._follow(race=race, file=path))

    def _show_followed(self) -> None:
        self._followed.clear()
        hubs = self._pitwall.hubs.all()
        if not hubs:
            return
        with self._followed, bits.panel("Followed now"):
            for hub in hubs:
                with bits.row():
                    bits.text(hub.ask.race, "strong")
                    bits.text(race_time(hub.view.race_s), "num muted")
                    bits.button("Look at it", partial(self._look, hub.ask.race))
                    bits.button("Stop", partial(self._stop, hub.ask.race), icon="stop")

    def _look(self, race: str) -> None:
        look_at(self._viewer, race)
        ui.navigate.to("/")

    async def _stop(self, race: str) -> None:
        await stop_race(self._pitwall, self._viewer, race)
        self._show_followed()

    # --- other sources ----------------------------------------------------------------------------------------------

    def _source_panel(self) -> None:
        settings = self._pitwall.settings
        sources = dict.fromkeys(settings.feeds, "feed") | {str(place): "folder" for place in settings.folders}
        with bits.panel("Follow a live race", "a series at its live service, a feed, or a folder of growing files"):
            series_panel(self._pitwall, self._follow)
            if not sources:
                bits.text(
                    "Feeds, club tracks and folders are named when the pit wall is started: "
                    "langstrecke serve --allow ws://timing.example:8765 --allow rmonitor://HOST:PORT --allow DIR",
                    "note",
                )
                return
            with bits.row():
                names = list(sources)
                source = bits.choice(names, names[0], lambda _: None, label="Source", width="15rem")
                race = ui.input("Race", placeholder="imsa-2021-sebring").props("dense outlined").style("width: 11rem")

                async def press() -> None:
                    place = str(source.value)
                    if place in sources:
                        await self._follow(race=(race.value or "").strip(), **{sources[place]: place})

                bits.button("Follow", press, icon="sensors")

    def _cards_panel(self) -> None:
        cards = list(list_cards())
        with bits.panel("Shipped race cards", f"{len(cards)}; each can be raced without any timing data"):
            with bits.row():
                card = bits.choice(
                    cards, cards[0] if cards else None, lambda _: None, label="Card", width="15rem", search=True
                )
                seed = ui.number("Luck", value=1, min=0, precision=0).props("dense outlined").style("width: 5rem")

                def press() -> None:
                    if card.value:
                        name, luck = str(card.value), int(seed.value or 0)
                        job.start(
                            lambda: self._pitwall.jobs.start(
                                "simulate", simulated_file, self._pitwall.settings, name, luck
                            ),
                            lambda path: self._follow_file(name, path),
                        )

                bits.button("Race it and follow", press, icon="play_arrow")
            job = JobView(self._pitwall)


def simulated_file(settings: Settings, card: str, seed: int, *, step: Callable[..., None]) -> str:
    """Job: one race of a card as a lap file, to be replayed; returns where it lies."""
    from langstrecke.simulation.trace import simulate_laps
    from langstrecke.timing.write import write_alkamel

    step(0, 1, "racing")
    folder = settings.work / "simulated"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{card}-{seed}-laps.csv"
    write_alkamel(simulate_laps(load_card(card), seed=seed), path)
    return str(path)
