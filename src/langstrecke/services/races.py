"""Races of the store, shipped cards, kept what-ifs."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import Any

import polars as pl

from langstrecke.errors import CardError, LangstreckeError, NotFoundError
from langstrecke.racecard import (
    Patch,
    RaceCard,
    apply_patch,
    assignments,
    card_facts,
    card_json,
    joined,
    list_cards,
    load_card,
    read_patch,
)
from langstrecke.services.answers import (
    CardLine,
    EntryLine,
    LapLine,
    PatchWords,
    RaceLine,
    SavedPatch,
    StoredRace,
)
from langstrecke.services.requests import (
    CardAsk,
    CheckPatchAsk,
    LapsAsk,
    PatchAsk,
    RaceAsk,
    RacesAsk,
    SavedAsk,
    SavePatchAsk,
)
from langstrecke.services.settings import Settings
from langstrecke.services.store import reading

MOST_PATCHES = 500
"""What-ifs that are kept; more are refused (default)."""


def races(settings: Settings, ask: RacesAsk) -> list[RaceLine]:
    """The races of the store. StoreError where there is none."""
    with reading(settings) as store:
        found = store.races(ask.series, ask.season)
    return [RaceLine.model_validate(row) for row in found.iter_rows(named=True)]


def race(settings: Settings, ask: RaceAsk) -> StoredRace:
    """One race of the store. NotFoundError names the nearest."""
    with reading(settings) as store:
        facts = store.race(ask.race)
        laps = _laps(store.laps, ask.race)
        entries = store.entries(ask.race)
    return StoredRace.model_validate(
        {
            **facts,
            "laps": laps.height,
            "cars": laps["car"].unique().sort().to_list(),
            "classes": laps["car_class"].drop_nulls().unique().sort().to_list(),
            "card": ask.race if ask.race in list_cards() else None,
            "entries": [EntryLine.model_validate(row) for row in entries.iter_rows(named=True)],
        }
    )


def _laps(read: Any, race_id: str) -> pl.DataFrame:
    """Laps of a race; none for one that is only entered."""
    try:
        laps: pl.DataFrame = read(race_id)
    except NotFoundError:
        return pl.DataFrame(schema={"car": pl.String, "car_class": pl.String})
    return laps


def laps_of(settings: Settings, race_id: str) -> pl.DataFrame:
    """The canonical laps of a race of the store. LangstreckeError where it has none."""
    with reading(settings) as store:
        store.race(race_id)
        laps = _laps(store.laps, race_id)
    if laps.is_empty():
        raise LangstreckeError(f"the store holds no laps of {race_id}", hint="import its laps")
    return laps


def laps(settings: Settings, ask: LapsAsk) -> list[LapLine]:
    """The laps of a car, or of all."""
    found = laps_of(settings, ask.race)
    if ask.car is not None:
        cars = found["car"].unique().sort().to_list()
        if ask.car not in cars:
            raise NotFoundError.nearest("car", ask.car, cars)
        found = found.filter(pl.col("car") == ask.car)
    return [LapLine.model_validate(row) for row in found.select(*LapLine.model_fields).iter_rows(named=True)]


def cards(settings: Settings) -> list[CardLine]:
    """The shipped cards."""
    return list(_card_lines())


@cache
def _card_lines() -> tuple[CardLine, ...]:
    """Read once: reading them all takes a second, and they do not change."""
    return tuple(CardLine.model_validate(card_facts(name, load_card(name))) for name in list_cards())


def shipped(name: str) -> RaceCard:
    """A shipped card. NotFoundError names the nearest; a path is never one."""
    if name not in list_cards():
        raise NotFoundError.nearest("race card", name, list(list_cards()), hint="/api/v1/cards names them all")
    return load_card(name)


def card(settings: Settings, ask: CardAsk) -> dict[str, Any]:
    """A shipped card as data, keys as in its file."""
    return card_json(shipped(ask.card))


# --- what-ifs -------------------------------------------------------------------------------------------------------


def patch_of(ask: PatchAsk) -> Patch:
    """The what-if of a request; one without edits where it has none."""
    patches = [read_patch("\n" + ask.patch)] if ask.patch.strip() else []  # a line break: text, never a path
    return joined([*patches, assignments(ask.settings)])


def played_card(name: str, ask: PatchAsk) -> tuple[RaceCard, RaceCard, Patch]:
    """The card as it is, as it is played, and the what-if between them."""
    given, patch = shipped(name), patch_of(ask)
    return given, (apply_patch(given, patch) if patch.edits else given), patch


def check_patch(settings: Settings, ask: CheckPatchAsk) -> PatchWords:
    """What a what-if changes in a card, in words. CardError names line and key of what does not fit."""
    from langstrecke.forecast.mixture import fields_of

    patch = patch_of(ask)
    fields_of(shipped(ask.card), patch, races=10_000, seed=1)  # unsure changes are for forecasts, so judged as there
    return PatchWords(card=ask.card, changes=[t for t in (patch.title, *patch.describe()) if t], toml=toml_of(ask))


def toml_of(ask: PatchAsk) -> str:
    """The what-if of a request as one TOML text; what was text stays as it was written."""
    if not ask.settings:
        return ask.patch
    text = ask.patch.rstrip()
    if re.search(r"^\s*\[set[\].]", text, re.MULTILINE):
        raise CardError(
            "a what-if with a table [set] takes no further figures", key="settings", hint="put them there"
        )
    lines = [f"{key.strip()} = {_value(value.strip())}" for key, _, value in (s.partition("=") for s in ask.settings)]
    return "\n".join([*([text, ""] if text else []), "[set]", *lines, ""])


def _value(text: str) -> str:
    """A value as TOML; a plain word is text."""
    import tomllib

    from langstrecke.racecard.text import value_text

    try:
        tomllib.loads(f"x = {text}")
    except (ValueError, RecursionError):
        return value_text(text)
    return text


def slug_of(name: str) -> str:
    """A name as a file name: lower-case words joined by hyphens. LangstreckeError where nothing is left."""
    from langstrecke.store.importing.layouts import slug

    found = slug(name)[:80].strip("-")
    if not found:
        raise LangstreckeError(f"{name!r} is no name", hint="letters and digits, please")
    return found


def save_patch(settings: Settings, ask: SavePatchAsk) -> SavedPatch:
    """Keep a what-if that fits its card. LangstreckeError for a name that is taken."""
    check_patch(settings, ask)
    name = slug_of(ask.name)
    settings.patches.mkdir(parents=True, exist_ok=True)
    place = settings.patches / f"{name}.toml"
    if place.exists() and not ask.replace:
        raise LangstreckeError(f"a what-if {name!r} is kept already", hint="another name, or replace it")
    if len(list(settings.patches.glob("*.toml"))) >= MOST_PATCHES:
        raise LangstreckeError("too many what-ifs are kept", hint="drop some first")
    text = toml_of(ask)
    read_patch("\n" + text)
    place.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8")
    return patch(settings, SavedAsk(name=name))


def patches(settings: Settings) -> list[SavedPatch]:
    """Kept what-ifs, newest first."""
    if not settings.patches.is_dir():
        return []
    found = [patch(settings, SavedAsk(name=f.stem)) for f in settings.patches.glob("*.toml")]
    return sorted(found, key=lambda p: p.saved, reverse=True)


def patch(settings: Settings, ask: SavedAsk) -> SavedPatch:
    """A kept what-if. NotFoundError names the nearest."""
    place = settings.patches / f"{ask.name}.toml"
    if not place.is_file():
        names = [f.stem for f in settings.patches.glob("*.toml")] if settings.patches.is_dir() else []
        raise NotFoundError.nearest("what-if", ask.name, names)
    text = place.read_text(encoding="utf-8")
    saved = dt.datetime.fromtimestamp(place.stat().st_mtime, dt.UTC)
    return SavedPatch(name=ask.name, saved=saved, toml=text, title=read_patch("\n" + text).title)


def drop_patch(settings: Settings, ask: SavedAsk) -> SavedPatch:
    """Forget a kept what-if; gives it a last time."""
    found = patch(settings, ask)
    (settings.patches / f"{ask.name}.toml").unlink()
    return found
