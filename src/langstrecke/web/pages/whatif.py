"""The page What-if: a card is changed, the race played with and without the change on the same luck."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui

from langstrecke import services
from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.formatting import percent, plural, points, signed, surname
from langstrecke.plots.class_colours import class_colour
from langstrecke.racecard import RaceCard, list_cards, load_card
from langstrecke.services.requests.cards import CheckPatchAsk, SavedAsk, SavePatchAsk
from langstrecke.services.requests.strategy import WhatIfAsk
from langstrecke.web.pages import components as bits
from langstrecke.web.pages.charts.whatif import Step, change_chart
from langstrecke.web.pages.components import esc
from langstrecke.web.pages.job_view import JobView
from langstrecke.web.pages.patch_text import with_change, with_setting

if TYPE_CHECKING:
    from langstrecke.web.pages.viewer import Viewer
    from langstrecke.web.pitwall import Pitwall

RACES = 3000
SHOWN = 9
FIRST = "imsa-2021-sebring"
KINDS = {
    "driver": "Another driver",
    "swap": "Swap two drivers",
    "weather": "Weather",
    "penalty": "Penalty",
    "grid": "Grid",
    "pace": "Pace",
    "drop": "Withdraw a car",
    "figure": "Any figure",
}


def page(pitwall: Pitwall, viewer: Viewer) -> None:
    """Build the page."""
    _WhatIf(pitwall, viewer)


class _WhatIf:
    def __init__(self, pitwall: Pitwall, viewer: Viewer) -> None:
        self._pitwall, self._viewer = pitwall, viewer
        cards = list(list_cards())
        known, self._text = viewer.what_if
        self._card = next(c for c in (known, viewer.race, FIRST, cards[0]) if c in cards)
        with ui.element("div").classes("split whatif"):
            with bits.column():
                with bits.panel("What would change?"):
                    bits.choice(cards, self._card, self._choose_card, label="Race card", width="100%", search=True)
                    bits.Pressed(KINDS, "driver", self._form)
                    self._fields = ui.element("div").classes("across")
                with bits.panel("The what-if", "as it is saved; edit it as you like"):
                    self._box = ui.textarea(value=self._text, on_change=lambda _: self._edited()).props(
                        'outlined dense autogrow spellcheck=false aria-label="The what-if as TOML" debounce=400'
                    )
                    self._box.classes("code").style("width: 100%")
                    self._words = ui.element("div").classes("down")
                    with bits.row():
                        self._name = ui.input("Name").props("dense outlined").style("width: 11rem")
                        bits.button("Save", lambda: background_tasks.create(self._save()), icon="save")
                        bits.button("Download", self._download, icon="download")
                        bits.button("Clear", self._clear)
                        self._saved = ui.element("div")
            with bits.column(), bits.panel("What it is worth"):
                with bits.row():
                    bits.button("Play both races", self._play, icon="play_arrow", strong=True)
                    told = f"{plural(RACES, 'race')} from the start, with and without the change, on the same luck"
                    bits.text(told, "note")
                self._job = JobView(pitwall)
                self._out = ui.element("div").classes("down")
                with self._out:
                    bits.text("Choose a change and play: what it is worth comes here.", "muted")
        self._form("driver")
        if self._text:
            self._edited()
            self._job.recall(self._asked(), self._show)
        background_tasks.create(self._list_saved())

    @property
    def _race(self) -> RaceCard:
        return load_card(self._card)

    def _choose_card(self, event: Any) -> None:
        if event.value:
            self._card = event.value
            self._form(self._kind)
            self._edited()

    # --- making changes ---------------------------------------------------------------------------------------------

    def _form(self, kind: str) -> None:
        self._kind = kind
        card = self._race
        cars = {e.car: f"#{e.car} {e.team}" for e in card.entries}
        first = card.entries[0].car
        self._fields.clear()
        with self._fields:
            getattr(self, f"_form_{kind}")(card, cars, first)

    def _add_button(self, change: Callable[[], str]) -> None:
        def press() -> None:
            try:
                self._box.value = change()
            except LangstreckeError as error:
                self._job.say(error)
            except ValueError:
                self._job.say(LangstreckeError("a number is missing", hint="fill in the field"))

        bits.button("Add", press, icon="add")

    def _form_driver(self, card: RaceCard, cars: dict[str, str], first: str) -> None:
        everyone = sorted({d.name for e in card.entries for d in e.drivers}, key=surname)
        crew = [d.name for d in card.entry(first).drivers]

        def of_car(event: Any) -> None:
            names = [d.name for d in card.entry(event.value).drivers]
            out.set_options(names, value=names[0] if names else None)

        car = bits.choice(cars, first, of_car, label="Car", width="15rem")
        out = bits.choice(crew, crew[0] if crew else None, lambda _: None, label="Out", width="12rem")
        new = (
            ui.input("In", autocomplete=everyone, placeholder="a name").props("dense outlined").style("width: 13rem")
        )
        self._add_button(
            lambda: with_change(self._text, "replace", {"car": car.value, "out": out.value, "in": _given(new.value)})
        )

    def _form_swap(self, card: RaceCard, _: dict[str, str], __: str) -> None:
        names = {d.name: f"{d.name} (#{e.car})" for e in card.entries for d in e.drivers}
        one = bits.choice(names, next(iter(names)), lambda _: None, label="Driver", width="15rem", search=True)
        other = bits.choice(names, None, lambda _: None, label="swaps with", width="15rem", search=True)
        self._add_button(
            lambda: with_change(self._text, "swap", {"drivers": [_given(one.value), _given(other.value)]})
        )

    def _form_weather(self, card: RaceCard, _: dict[str, str], __: str) -> None:
        hours = card.race.duration_s / 3600
        kinds = {
            "dry": "Dry throughout",
            "wet": "Wet throughout",
            "start": "Wet start, then dry",
            "rain": "Rain from … to",
        }
        kind = bits.choice(kinds, "rain", lambda _: None, label="Weather", width="13rem")
        begin = ui.number("from hour", value=round(hours / 3, 1), min=0, max=hours, step=0.5)
        end = ui.number("to hour", value=round(hours / 2, 1), min=0, max=hours, step=0.5)
        hard = ui.number("intensity 0–1", value=0.6, min=0, max=1, step=0.1)
        for field in (begin, end, hard):
            field.props("dense outlined").style("width: 6.8rem")
        self._add_button(
            lambda: with_setting(
                self._text,
                ("weather", "scenario"),
                weather(str(kind.value), float(begin.value), float(end.value), float(hard.value)),
            )
        )

    def _form_penalty(self, _: RaceCard, cars: dict[str, str], first: str) -> None:
        car = bits.choice(cars, first, lambda _: None, label="Car", width="15rem")
        seconds = ui.number("seconds", value=60, min=0, step=5).props("dense outlined").style("width: 7rem")
        when = bits.choice(
            {"penalty_s": "added after the finish", "start_s": "lost at the start"},
            "penalty_s",
            lambda _: None,
            width="13rem",
        )
        self._add_button(
            lambda: with_setting(self._text, ("entries", car.value, str(when.value)), float(seconds.value))
        )

    def _form_grid(self, card: RaceCard, cars: dict[str, str], first: str) -> None:
        car = bits.choice(cars, first, lambda _: None, label="Car", width="15rem")
        place = ui.number("starts from place", value=1, min=1, max=len(card.entries), step=1, precision=0)
        place.props("dense outlined").style("width: 9rem")
        self._add_button(lambda: with_setting(self._text, ("entries", car.value, "grid"), int(place.value)))

    def _form_pace(self, _: RaceCard, cars: dict[str, str], first: str) -> None:
        car = bits.choice(cars, first, lambda _: None, label="Car", width="15rem")
        pace = ui.number("seconds a lap (− is faster)", value=-0.2, step=0.1)
        pace.props("dense outlined").style("width: 12rem")
        self._add_button(
            lambda: with_setting(self._text, ("entries", car.value, "pace_s"), {"plus": float(pace.value)})
        )

    def _form_drop(self, _: RaceCard, cars: dict[str, str], first: str) -> None:
        car = bits.choice(cars, first, lambda _: None, label="Car", width="15rem")
        self._add_button(lambda: with_change(self._text, "drop", {"car": car.value}))

    def _form_figure(self, card: RaceCard, _: dict[str, str], __: str) -> None:
        example = f"classes.{next(iter(card.classes))}.stint_laps"
        key = ui.input("Key (docs/cards.md)", placeholder=example).props("dense outlined").style("width: 18rem")
        value = ui.number("Value").props("dense outlined").style("width: 7rem")
        self._add_button(lambda: with_setting(self._text, _given(key.value).split("."), float(value.value)))

    # --- the text ---------------------------------------------------------------------------------------------------

    def _edited(self) -> None:
        self._text = self._box.value or ""
        self._viewer.what_if = (self._card, self._text)
        background_tasks.create(self._check(self._text))

    async def _check(self, text: str) -> None:
        """Say in words what the text changes, or what is wrong with it."""
        found: Any = None
        if text.strip():
            try:
                found = await self._pitwall.ask(services.check_patch, CheckPatchAsk(card=self._card, patch=text))
            except LangstreckeError as error:
                found = error
        if self._words.is_deleted or text != self._text:
            return
        self._words.clear()
        with self._words:
            if isinstance(found, LangstreckeError):
                bits.markup(bits.told(found))
            elif found is not None:
                for words in found.changes:
                    bits.text(words, "strong")
                for one in found.assumed:
                    bits.text(assumed_words(one), "warn")

    def _clear(self) -> None:
        self._box.value = ""

    def _download(self) -> None:
        ui.download.content(self._text, f"{_slug(self._name.value) or 'what-if'}.toml", "application/toml")

    async def _save(self) -> None:
        ask = SavePatchAsk(card=self._card, patch=self._text, name=_slug(self._name.value) or "what-if", replace=True)
        try:
            kept = await self._pitwall.ask(services.save_patch, ask)
        except LangstreckeError as error:
            self._job.say(error)
            return
        ui.notify(f"Saved as {kept.name}")
        await self._list_saved()

    async def _list_saved(self) -> None:
        try:
            kept = await self._pitwall.ask(services.patches)
        except LangstreckeError:
            kept = []
        if self._saved.is_deleted:
            return
        self._saved.clear()
        if kept:
            with self._saved:
                bits.choice([p.name for p in kept], None, self._load, label="Saved ones", width="11rem")

    async def _load(self, event: Any) -> None:
        if not event.value:
            return
        try:
            kept = await self._pitwall.ask(services.patch, SavedAsk(name=event.value))
        except LangstreckeError as error:
            self._job.say(error)
            return
        self._name.value, self._box.value = kept.name, kept.toml

    # --- what it is worth -------------------------------------------------------------------------------------------

    def _play(self) -> None:
        text = self._text
        if not text.strip():
            self._job.say(LangstreckeError("nothing is changed yet", hint="choose a change and press Add"))
            return
        ask = WhatIfAsk.model_validate({"card": self._card, "patch": text, "races": RACES})
        self._job.start(lambda: self._pitwall.start(services.what_if, ask), self._show, keep=self._asked())

    def _asked(self) -> str:
        """What is played, by name: who comes back finds it running or answered."""
        return f"what-if {self._card} {RACES} {self._text}"

    def _show(self, found: Any) -> None:
        self._out.clear()
        focus = next((c for c in found.cars if c.car == found.focus), found.cars[0])
        colour = class_colour(focus.car_class)
        mates = sorted(
            (c for c in found.cars if c.car_class == focus.car_class and c is not focus),
            key=lambda c: -abs(c.win.change),
        )
        shown = [focus, *mates[: SHOWN - 1]]
        teams = {e.car: e.team for e in self._race.entries}
        with self._out:
            for words in found.changes:
                bits.text(words, "strong")
            with bits.row():
                bits.markup(bits.chip(focus.car_class))
                bits.text(f"car #{focus.car} changes most" if found.focus == focus.car else "", "note")
            steps = [
                Step(f"#{c.car} {teams.get(c.car, '')}", c.win.change, c.win.interval[0], c.win.interval[1])
                for c in shown
            ]
            chart = change_chart(steps, "points of class win", scale=100)
            bits.chart(chart).style(f"height: {48 + 26 * len(steps)}px; width: 100%")
            rows = [
                (
                    f"<b>#{esc(c.car)}</b> <span class='muted'>{esc(teams.get(c.car, ''))}</span>",
                    bits.odds_cell(c.win.before, colour),
                    bits.odds_cell(c.win.after, colour),
                    _points(c.win),
                    esc(f"{percent(c.podium.before, unit=False)} → {percent(c.podium.after, unit=False)}"),
                    f"{c.place.before:.2f} → {c.place.after:.2f}",
                )
                for c in shown
            ]
            head = ("Car", "Win % before", "after", "Change, points (95 %)", "Podium %", "Place in class")
            bits.markup(bits.table(head, rows, figures=range(1, 6)))
            for g in found.not_known:
                half = 1.96 * g.pace_s_sd
                words = f"{g.driver} is rated {signed(g.pace_s, 2)} s a lap, 95 %: ± {half:.2f} ({g.evidence})."
                words += f" At best {points(g.win_change_at_best.change)} points of class win, at worst "
                bits.text(words + f"{points(g.win_change_at_worst.change)}.", "note")
            o = focus.overall_win
            words = f"Overall win of #{focus.car}: {percent(o.before, unit=False)} → {percent(o.after)}. "
            bits.text(f"{words}{plural(found.races, 'race')} each way, seed {found.seed}.", "note")
            for note in found.notes:
                bits.text(note, "note")


def assumed_words(one: Any) -> str:
    """What is assumed of a driver the card does not know."""
    pace, low, high = (signed(s, 2) for s in (one.pace_s, one.low_s, one.high_s))
    words = (
        f"{one.driver} is not on this card. Assumed: {pace} s a lap against the pace of #{one.car}, {low} to {high}"
    )
    return f"{words} in 19 of 20 cases, as the drivers of the class are."


def _points(d: Any) -> str:
    tone = "" if d.interval[0] <= 0 <= d.interval[1] else "good" if d.change > 0 else "bad"
    low, high = (points(v) for v in d.interval)
    return f'<span class="strong {tone}">{points(d.change)}</span> <span class="muted">({low} to {high})</span>'


def weather(kind: str, begin_h: float, end_h: float, intensity: float) -> list[list[float]]:
    """A weather scenario of the card: intensity of the rain from moments of the race on, in seconds."""
    if kind == "dry":
        return [[0, 0.0]]
    if kind == "wet":
        return [[0, intensity]]
    if kind == "start":
        return [[0, intensity], [round(3600 * max(0.5, end_h - begin_h)), 0.0]]
    if end_h <= begin_h:
        raise NotFoundError("the rain ends before it begins", hint="set the later hour in the second field")
    return [[0, 0.0], [round(3600 * begin_h), intensity], [round(3600 * end_h), 0.0]]


def _given(value: str | None) -> str:
    if not value or not str(value).strip():
        raise LangstreckeError("a name is missing", hint="fill in the field")
    return str(value).strip()


def _slug(name: str | None) -> str:
    words = "".join(c if c.isalnum() and c.isascii() else "-" for c in (name or "").lower())
    return "-".join(w for w in words.split("-") if w)
