"""The page Season: the odds of every title, and how they moved from round to round."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui

from langstrecke import services
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import percent, plural, surname
from langstrecke.paddock.registry import load_registry
from langstrecke.plots.class_colours import class_colour
from langstrecke.services.odds import season_covers
from langstrecke.services.requests.odds import SeasonAsk, TitleRaceAsk
from langstrecke.web.pages import components as bits
from langstrecke.web.pages.charts.season import points_chart, title_chart
from langstrecke.web.pages.components import esc
from langstrecke.web.pages.job_view import JobView

if TYPE_CHECKING:
    from langstrecke.web.pages.viewer import Viewer
    from langstrecke.web.pitwall import Pitwall

SEASONS = 1500
"""Seasons played for a page: a standard error of 1.3 points at worst."""
STEPS = 500
"""Seasons played after every round for the chart of all rounds."""
SHOWN = 10
FIRST = "imsa-2021"


def page(pitwall: Pitwall, _: Viewer) -> None:
    """Build the page."""
    body = ui.element("div").classes("down")
    with body:
        bits.text("Looking up the seasons …", "muted")
    background_tasks.create(_open(pitwall, body))


async def _open(pitwall: Pitwall, body: ui.element) -> None:
    known, covers = await asyncio.to_thread(lambda: (known_seasons(), season_covers()))
    if body.is_deleted:
        return
    body.clear()
    with body:
        _Season(pitwall, known)
        bits.text(f"{covers[0].upper()}{covers[1:]}.", "note")


@lru_cache(maxsize=1)
def known_seasons() -> dict[str, list[str]]:
    """Season -> names of its rounds, for seasons some of whose races have cards to play."""
    from langstrecke.forecast.season.standings import rounds_of
    from langstrecke.racecard import list_cards
    from langstrecke.rulebooks import known_series

    found = {}
    for season in sorted({n for card in list_cards() if (n := _season_of(card, known_series()))}):
        series, _, year = season.rpartition("-")
        try:
            rounds = [r for r in rounds_of(series, year) if r.number > 0]
        except LangstreckeError:
            continue
        found[season] = [r.event.name or r.event.circuit.replace("-", " ").title() for r in rounds]
    return dict(sorted(found.items(), key=lambda item: item[0] != FIRST))


def _season_of(card: str, series: Iterable[str]) -> str:
    for name in series:
        year = card.removeprefix(f"{name}-")[:4]
        if card.startswith(f"{name}-") and year.isdigit():
            return f"{name}-{year}"
    return ""


class _Season:
    def __init__(self, pitwall: Pitwall, known: dict[str, list[str]]) -> None:
        self._pitwall = pitwall
        self._known = known
        self._season = next(iter(known), "")
        self._after = 0
        if not known:
            bits.empty("No season can be played", "A season is played from the cards of its races; none is complete.")
            return
        with bits.row():
            words = {s: _season_words(s) for s in known}
            bits.choice(words, self._season, self._choose_season, label="Season", width="22rem")
            self._rounds = bits.choice(
                self._round_words(), "0", self._choose_round, label="Known so far", width="17rem"
            )
            bits.button("Play the season", self._play, icon="play_arrow", strong=True)
        self._job = JobView(pitwall)
        self._out = ui.element("div").classes("down")
        with self._out:
            bits.text("The odds of every title come here when the season has been played.", "muted")
        self._play()

    def _round_words(self) -> dict[str, str]:
        rounds = self._known[self._season]
        return {"0": "Before the first round"} | {
            str(n): f"After round {n}, {name}" for n, name in enumerate(rounds, start=1)
        }

    def _choose_season(self, event: Any) -> None:
        self._season, self._after = event.value, 0
        self._rounds.set_options(self._round_words(), value="0")
        self._play()

    def _choose_round(self, event: Any) -> None:
        if int(event.value) != self._after:
            self._after = int(event.value)
            self._play()

    def _play(self) -> None:
        """Play the season, unless it has been played or is being played already."""
        season, after = self._season, self._after
        asked = f"season {season} {after} {SEASONS}"
        self._job.leave()
        if self._job.recall(asked, self._show):
            return
        ask = SeasonAsk.model_validate({"season": season, "after": after, "seasons": SEASONS})
        self._job.start(lambda: self._pitwall.start(services.season, ask), self._show, keep=asked)

    def _show(self, answer: Any) -> None:
        found = answer.model_dump(by_alias=True)
        titles = {(t["title"], t["class"]): t["rows"] for t in found["titles"]}
        classes = list(dict.fromkeys(c for _, c in titles))
        shown = {"class": classes[0], "title": ""}
        self._out.clear()
        with self._out:
            with bits.row():
                bits.Pressed({c: c for c in classes}, classes[0], lambda c: draw(**{"class": c}))
            body = ui.element("div").classes("down")

        def draw(**chosen: str) -> None:
            shown.update(chosen)
            kinds = [t for t, c in titles if c == shown["class"]]
            kinds.sort(key=lambda k: (k.startswith("endurance"), k != "drivers", k))
            if shown["title"] not in kinds:
                shown["title"] = kinds[0]
            body.clear()
            with body:
                bits.Pressed({k: k.capitalize() for k in kinds}, shown["title"], lambda k: draw(title=k))
                self._title(found, shown["title"], shown["class"], titles[(shown["title"], shown["class"])])

        draw()

    def _title(self, found: dict[str, Any], title: str, car_class: str, rows: list[dict[str, Any]]) -> None:
        colour = class_colour(car_class)
        best = rows[:SHOWN]
        with ui.element("div").classes("split"):
            with bits.panel("Title odds", f"{title}, {car_class}"):
                cells = [
                    (
                        esc(r["name"]),
                        f"{r['points']:.0f}",
                        bits.odds_cell(r["title"], colour),
                        esc(percent(r["top3"], unit=False)),
                        f"{r['expected']:.0f}",
                        f'<span class="muted">{r["low"]:.0f}–{r["high"]:.0f}</span>',
                    )
                    for r in best
                ]
                head = ("", "Points now", "Title %", "First three %", "At the end", "80 % of seasons")
                bits.markup(bits.table(head, cells, figures=range(1, 6)))
                told = (
                    f"{plural(found['simulated'], 'season')} played" if found["simulated"] else "The season is over"
                )
                bits.text(f"{told}, seed {found['seed']}. {' '.join(found['notes'])}", "note")
            with bits.panel("Points at the end", "dot: mean; line: 80 % of seasons; small mark: now"):
                bits.chart(points_chart(best, colour)).style(f"height: {40 + 27 * len(best)}px; width: 100%")
        with bits.panel("Round by round", "the same title after every round"):
            job = JobView(self._pitwall)
            place = ui.element("div").classes("down")

            def show(answer: Any) -> None:
                steps = answer.model_dump(by_alias=True)["steps"]
                place.clear()
                with place:
                    rounds = ["before", *self._known[found["season"]]]
                    bits.chart(title_chart(rounds, title_lines(steps))).style("height: 300px; width: 100%")

            asked = f"title race {found['season']} {title} {car_class}"

            def start() -> None:
                ask = TitleRaceAsk(season=found["season"], title=title, car_class=car_class, seasons=STEPS)
                job.start(lambda: self._pitwall.start(services.title_race, ask), show, keep=asked)

            with place, bits.row():
                bits.button("Play every round", start, icon="timeline")
                bits.text("about half a minute; it goes on while you look at other pages", "note")
            job.recall(asked, show)


def title_lines(steps: list[dict[str, Any]], most: int = 8) -> dict[str, list[float]]:
    """Odds after every round of those who ever had a chance; who always has the same odds (a crew) is one line."""
    odds: dict[str, list[float]] = {}
    for n, one in enumerate(steps):
        for row in one["titles"][0]["rows"] if one["titles"] else []:
            odds.setdefault(row["name"], [0.0] * len(steps))[n] = row["title"]
    crews: dict[tuple[float, ...], list[str]] = {}
    for name, values in odds.items():
        if max(values) > 0.005:
            crews.setdefault(tuple(values), []).append(name)
    ranked = sorted(crews.items(), key=lambda item: -(max(item[0]) + item[0][-1]))[:most]
    return {" / ".join(surname(n) for n in names[:3]): list(values) for values, names in ranked}


def _season_words(season: str) -> str:
    series, _, year = season.rpartition("-")
    return f"{load_registry().series[series].name} {year}"
