"""Reading and writing race cards as TOML."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

from langstrecke.errors import CardError
from langstrecke.racecard.problems import check_data, parse_toml
from langstrecke.racecard.schema import RaceCard
from langstrecke.racecard.text import card_text, rounded

MAX_BYTES = 8_000_000
"""A card of a hundred cars with result has about 60 kB; anything beyond this is another kind of file."""


def read_card(source: str | Path) -> RaceCard:
    """A race card from a file, or from TOML text (a string of more than one line).

    CardError with file, line, entry and key of the first problem; `check_card` finds them all.
    """
    card, problems = check_card(source)
    if card is None:
        first = problems[0]
        if len(problems) == 1:
            raise first
        more = f"and {len(problems) - 1} more: langstrecke card check lists them"
        hint = f"{first.hint}; {more}" if first.hint else more
        raise CardError(first.what, file=first.file, line=first.line, key=first.key, hint=hint)
    return card


def check_card(source: str | Path) -> tuple[RaceCard | None, list[CardError]]:
    """The card, or None and what is wrong with it, each problem with its place."""
    try:
        text, file = read_text(source)
        data = parse_toml(text, file)
    except CardError as error:
        return None, [error]
    return check_data(data, text, file)


def read_text(source: str | Path, kind: str = "race card") -> tuple[str, str]:
    """The text of a TOML file and what to call it in errors; a string of more than one line is the text itself."""
    if isinstance(source, str) and ("\n" in source or not source.strip()):
        return source, kind
    path = Path(source)
    file = str(source)
    try:
        if path.is_dir():
            raise CardError(f"is a folder, not a {kind}", file=file)
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise CardError(f"is {size / 1e6:.0f} MB long; no {kind} is", file=file)
        raw = path.read_bytes()
    except FileNotFoundError:
        raise CardError("there is no such file", file=file) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise CardError(f"cannot be read: {getattr(error, 'strerror', None) or error}", file=file) from None
    try:
        return raw.decode("utf-8-sig"), file
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise CardError(f"is no {kind}: not UTF-8 text", file=file, line=line) from None


def write_card(card: RaceCard, path: str | Path) -> None:
    """Write a card as TOML, figures rounded to what they are worth (see `rounded`).

    A card already there is brought up to date in place: comments, order and what a person left out stay.
    """
    target = Path(path)
    text = None
    if target.is_file():
        text = _in_place(card, target)
    _write(target, text if text is not None else card_text(card))


def _in_place(card: RaceCard, path: Path) -> str | None:
    """The file's text changed to hold `card`; None if it cannot be done without saying something else."""
    try:
        old, _ = read_text(path)
    except CardError:
        return None  # what is there is no text; the caller asked for a card at this place
    from langstrecke.racecard.update import updated_text

    text = updated_text(old, card)
    if text is None:
        return None
    again, _ = check_card(text + "\n")
    return text if again is not None and rounded(again) == rounded(card) else None


def _write(path: Path, text: str) -> None:
    """All or nothing: a failing disk leaves the old file."""
    path = path.resolve()
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise CardError(f"cannot be written: {error.strerror or error}", file=str(path)) from None


def card_facts(name: str, card: RaceCard) -> dict[str, Any]:
    """A card in one line of JSON data; `name` is what it is loaded by."""
    return {
        "card": name,
        "race": card.race.name,
        "series": card.race.series,
        "season": card.race.season,
        "date": card.race.date.isoformat(),
        "duration_s": card.race.duration_s,
        "classes": list(card.classes),
        "cars": len(card.entries),
        "knowledge": card.race.knowledge,
        "result": bool(card.result),
    }


def card_json(card: RaceCard) -> dict[str, Any]:
    """The card as JSON data, keys as in the file."""
    return card.model_dump(mode="json", by_alias=True, exclude_none=True)
