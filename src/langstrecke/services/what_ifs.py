"""What-ifs: those of a request, and those that are kept."""

from __future__ import annotations

import datetime as dt
import re

from langstrecke.errors import CardError, LangstreckeError, NotFoundError
from langstrecke.racecard import Patch, RaceCard, apply_patch, assignments, joined, load_card, read_patch
from langstrecke.services.answers.cards import AssumedDriver, PatchWords, SavedPatch
from langstrecke.services.progress import Step, silent
from langstrecke.services.racecards import card_of
from langstrecke.services.requests.cards import CheckPatchAsk, SavedAsk, SavePatchAsk
from langstrecke.services.requests.common import PatchAsk
from langstrecke.services.settings import Settings

MOST_PATCHES = 500
"""What-ifs that are kept; more are refused (default)."""


def patch_of(ask: PatchAsk) -> Patch:
    """The what-if of a request; one without edits where it has none."""
    texts = [read_patch("\n" + ask.patch)] if ask.patch.strip() else []  # a line break: text, never a path
    return joined([*texts, *(read_patch(path) for path in ask.patch_files), assignments(ask.settings)])


def asked(ask: PatchAsk) -> bool:
    """Whether a request has a what-if at all, be it an empty one."""
    return bool(ask.patch or ask.patch_files or ask.settings)


def played_card(settings: Settings, name: str, ask: PatchAsk, *, step: Step = silent) -> RaceCard:
    """The card as it is played, with the what-if of the request."""
    given, patch = card_of(settings, name, step=step), patch_of(ask)
    return apply_patch(given, patch) if patch.edits else given


def check_patch(settings: Settings, ask: CheckPatchAsk) -> PatchWords:
    """What a what-if changes in a card, in words. CardError names line and key of what does not fit."""
    from langstrecke.forecast.mixture import fields_of

    card, patch = load_card(ask.card), patch_of(ask)
    fields = fields_of(card, patch, races=10_000, seed=1)  # unsure changes are for forecasts, so judged as there
    assumed = {one.driver: one for field in fields for one in _assumed(card, field.card)}
    words = [t for t in (patch.title, *patch.describe()) if t]
    return PatchWords(card=ask.card, changes=words, assumed=list(assumed.values()), toml=toml_of(ask))


def _assumed(before: RaceCard, after: RaceCard) -> list[AssumedDriver]:
    """The drivers of `after` whom `before` does not know and whose pace is what the class makes likely."""
    from langstrecke.strategy.counterfactual.paired import SURE

    known = {driver.name.casefold() for entry in before.entries for driver in entry.drivers}
    return [
        AssumedDriver(
            driver=driver.name, car=entry.car, pace_s=driver.pace_s,
            low_s=driver.pace_s - SURE * driver.pace_s_sd,
            high_s=driver.pace_s + SURE * driver.pace_s_sd,
        )
        for entry in after.entries
        for driver in entry.drivers
        if driver.name.casefold() not in known and driver.evidence == "prior"
    ]  # fmt: skip


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
    from langstrecke.paddock.matching import slug

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
