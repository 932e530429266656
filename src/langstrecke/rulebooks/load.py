"""Reading rule books: one TOML file per series and season, which may extend another one.

A new series is a file and no code: put it into a folder of your own and name that in `LANGSTRECKE_RULEBOOKS`. Books
found there are known by their id like the shipped ones, and come before a shipped one of the same id.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from langstrecke.errors import CardError, NotFoundError
from langstrecke.rulebooks.schema import RuleBook

NEWEST_REACH = 4
"""A season this many years after the newest rule book of a series still falls back to it."""

OWN_FOLDER = "LANGSTRECKE_RULEBOOKS"
"""Environment variable that names a folder with rule books of one's own."""

SERIES_ALIASES = {
    "imsa-weathertech": "imsa",
    "weathertech": "imsa",
    "fia-wec": "wec",
    "24h-le-mans": "le-mans",
    "lemans": "le-mans",
    "gt-masters": "adac-gt-masters",
    "gtm": "adac-gt-masters",
    "blancpain": "blancpain-endurance",
    "gtwce": "gtwce-endurance",
    "gt-world-challenge-europe": "gtwce-endurance",
    "spa": "spa-24h",
    "24h-spa": "spa-24h",
    "formula-1": "f1",
    "formula1": "f1",
}

OWN_RACES = {
    ("wec", "le-mans"): "le-mans",
    ("blancpain-endurance", "spa"): "spa-24h",
    ("blancpain-endurance", "spa-24h"): "spa-24h",
    ("gtwce-endurance", "spa"): "spa-24h",
    ("gtwce-endurance", "spa-24h"): "spa-24h",
}
"""(championship, circuit or series of the round) -> the series whose rule book that round is run by."""


def _folder() -> Traversable:
    return files("langstrecke.rulebooks") / "data"


@lru_cache(maxsize=1)
def _shipped_ids() -> frozenset[str]:
    return frozenset(f.name.removesuffix(".toml") for f in _folder().iterdir() if f.name.endswith(".toml"))


def own_rulebooks() -> dict[str, Path]:
    """Rule books of one's own by id: the TOML files in the folder that `LANGSTRECKE_RULEBOOKS` names.

    CardError if that is no folder.
    """
    named = os.environ.get(OWN_FOLDER, "")
    if not named:
        return {}
    try:
        return {path.stem: path for path in sorted(Path(named).iterdir()) if path.suffix == ".toml"}
    except OSError as error:
        raise CardError(f"{OWN_FOLDER} names no folder: {error.strerror or error}", file=named) from None


def list_rulebooks() -> tuple[str, ...]:
    """Ids of all rule books, the shipped ones and one's own, in order."""
    return tuple(sorted(_shipped_ids() | set(own_rulebooks())))


def _merge(base: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the keys of `patch`: tables merge, everything else is replaced.

    Figures that a patch brings with a `source` carry it; those it leaves alone keep the source of the base.
    """
    merged = dict(base)
    for key, value in patch.items():
        old = merged.get(key)
        if not (isinstance(old, Mapping) and isinstance(value, Mapping)):
            merged[key] = value
        elif key == "sources":
            merged[key] = {**old, **value}
        else:
            merged[key] = _merge(old, value)
    if "source" in base and "source" in patch:
        merged["source"], merged["confidence"] = base["source"], base.get("confidence", "assumed")
        sources = dict(merged.get("sources", {}))
        for key in patch:
            if key not in ("source", "confidence", "sources") and key not in patch.get("sources", {}):
                sources[key] = {"source": patch["source"], "confidence": patch.get("confidence", "assumed")}
        merged["sources"] = sources
    return merged


def _read(source: Traversable | Path, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CardError(f"not TOML: {error}", file=name) from None
    except UnicodeDecodeError:
        raise CardError("not UTF-8 text", file=name) from None
    except OSError as error:
        told = {
            "FileNotFoundError": "there is no such file",
            "IsADirectoryError": "is a folder, not a rule book",
        }.get(type(error).__name__, f"cannot be read: {error.strerror or error}")
        raise CardError(told, file=name) from None


def _raw(rulebook_id: str, seen: tuple[str, ...] = (), beside: Path | None = None) -> dict[str, Any]:
    """A book as TOML says it, what it extends merged in.

    It is looked for in the folder `beside` which the extending file lies in, among one's own, and in the package; one
    of one's own may extend the shipped one it stands before.
    """
    name = f"{rulebook_id}.toml"
    places: list[Path | Traversable] = [beside / name] if beside is not None and (beside / name).is_file() else []
    own = own_rulebooks().get(rulebook_id)
    places += [own] if own is not None else []
    places += [_folder() / name] if rulebook_id in _shipped_ids() else []
    left = [place for place in dict.fromkeys(places) if str(place) not in seen]
    if not left:
        way = " -> ".join(Path(place).stem for place in (*seen, name))
        raise CardError(f"extends itself by way of {way}", file=name, key="extends")
    place = left[0]
    return _resolve(_read(place, str(place) if isinstance(place, Path) else name), place, (*seen, str(place)))


def _resolve(raw: dict[str, Any], place: Path | Traversable, seen: tuple[str, ...]) -> dict[str, Any]:
    parent = raw.pop("extends", None)
    if parent is None:
        return raw
    name = place.name
    beside = place.parent if isinstance(place, Path) else None
    if parent not in list_rulebooks() and not (beside and (beside / f"{parent}.toml").is_file()):
        raise CardError(f"extends {parent!r}, which is no rule book", file=name, key="extends")
    base = _raw(parent, seen, beside)
    for path in raw.pop("replaces", ()):
        _drop(base, path, name)
    added = raw.pop("append", {})
    merged = _merge(base, raw)
    for key, rows in added.items():
        if not isinstance(rows, list) or not isinstance(merged.get(key), list):
            raise CardError(f"{key!r} is no list of tables that can be added to", file=name, key=f"append.{key}")
        merged[key] = [*merged[key], *rows]
    return merged


def _drop(raw: dict[str, Any], path: str, name: str) -> None:
    """Forget a table of the extended book, so that this one starts it afresh."""
    *parts, last = path.split(".")
    node: Any = raw
    for part in parts:
        node = node.get(part) if isinstance(node, dict) else None
    if not isinstance(node, dict) or last not in node:
        raise CardError(f"the extended book has no {path!r} to replace", file=name, key="replaces")
    del node[last]


def outline(rulebook_id: str) -> dict[str, Any]:
    """A book of `list_rulebooks` as its files say it, what it extends merged in and nothing judged: for lists."""
    return _raw(rulebook_id)


def _validate(raw: dict[str, Any], name: str) -> RuleBook:
    try:
        return RuleBook.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            what = "unknown key"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise CardError(what + more, file=name, key=key or None) from None


def _book(rulebook_id: str) -> RuleBook:
    """The book with this very id. Read once for as long as the files of one's own stay as they are."""
    own = own_rulebooks()
    return _read_once(rulebook_id, tuple((str(path), path.stat().st_mtime_ns) for path in own.values()))


@lru_cache(maxsize=64)
def _read_once(rulebook_id: str, own: tuple[tuple[str, int], ...]) -> RuleBook:
    book = _check_events(_validate(_raw(rulebook_id), f"{rulebook_id}.toml"))
    if book.id != rulebook_id:
        raise CardError(f"is the file of {book.id!r}; name it {book.id}.toml", file=f"{rulebook_id}.toml", key="id")
    return book


def _check_events(book: RuleBook) -> RuleBook:
    """Every event's patch must give a whole rule book, or the file is wrong now and not on race day."""
    for event in book.events:
        _fitted(book, event)
    return book


def read_rulebook(path: str | Path) -> RuleBook:
    """A rule book of your own from a TOML file; it may extend a shipped one, or one beside it."""
    path = Path(path)
    return _check_events(_validate(_resolve(_read(path, str(path)), path, (str(path),)), str(path)))


def _fitted(book: RuleBook, event: str) -> RuleBook:
    patch = {key: value for key, value in book.events[event].items() if key != "aliases"}
    raw = _merge(book.model_dump(exclude_unset=True, mode="json"), patch)
    raw["event"] = event
    try:
        return _validate(raw, f"{book.id}.toml")
    except CardError as error:
        raise CardError(error.what, file=error.file, key=f"events.{event}.{error.key or ''}".rstrip(".")) from None


def for_event(book: RuleBook, event: str) -> RuleBook:
    """The book as it holds at one event, named by its slug, an alias of it or the race id.

    An event the book says nothing special about is played by the book as it stands.
    """
    slug = re.sub(rf"^{re.escape(book.series)}-(18|19|20)\d\d(-\d\d(?!\d))?-?", "", event)
    if not slug:
        return book
    for name, patch in book.events.items():
        if slug == name or slug in patch.get("aliases", ()):
            return _fitted(book, name)
    return book.model_copy(update={"event": slug})


def load_rulebook(rulebook_id: str) -> RuleBook:
    """The rule book with this id. A season without a book of its own gets an earlier one, with a note."""
    if rulebook_id in list_rulebooks():
        return _book(rulebook_id)
    series, season = split_id(rulebook_id)
    return _for_season(series, season, rulebook_id)


def split_id(rulebook_id: str) -> tuple[str, str]:
    """`wec-2018-19` -> (`wec`, `2018-19`); the season is empty if the id has none."""
    match = re.fullmatch(r"(.+?)-((?:18|19|20)\d\d(?:-\d\d)?)", rulebook_id)
    return (match[1], match[2]) if match else (rulebook_id, "")


def seasons_of(series: str) -> tuple[str, ...]:
    """Seasons of a series that have a rule book, oldest first."""
    return tuple(s for name, s in map(split_id, list_rulebooks()) if name == series and s)


def known_series() -> tuple[str, ...]:
    """Series that have a rule book."""
    return tuple(sorted({split_id(name)[0] for name in list_rulebooks()}))


def _for_season(series: str, season: str, asked: str) -> RuleBook:
    series = SERIES_ALIASES.get(series, series)
    if series not in known_series():
        if season or series == asked:
            raise NotFoundError.nearest(
                "series with a rule book", series, list(known_series()), hint="see: langstrecke rules --list"
            )
        raise NotFoundError.nearest("rule book", asked, list(list_rulebooks()), hint="see: langstrecke rules --list")
    seasons = seasons_of(series)
    if not season:
        return _book(f"{series}-{seasons[-1]}" if seasons else series)
    year = int(season[:4])
    by_year = {int(s[:4]): s for s in seasons}
    if season in seasons or year in by_year:
        return _book(f"{series}-{season if season in seasons else by_year[year]}")
    earlier = [y for y in by_year if y < year]
    if earlier and year - max(earlier) <= NEWEST_REACH:
        found = f"{series}-{by_year[max(earlier)]}"
    elif series in list_rulebooks():  # a book for the series at large
        found = series
    else:
        raise NotFoundError.nearest(
            f"season of {series}", season, list(seasons), hint=f"rule books of {series}: {', '.join(seasons)}"
        )
    book = _book(found)
    note = f"There is no rule book for {series} {season}; these are the rules of {found}."
    return book.model_copy(update={"note": f"{note} {book.note}".strip()})


def rulebook_for(series: str, season: int | str, circuit: str = "") -> RuleBook:
    """The rules a race of this series, season and circuit (or series of the race alone) is played by.

    A race with a book of its own within a championship (Le Mans in the WEC, the 24 h of Spa) gets that one.
    """
    series = SERIES_ALIASES.get(series, series)
    circuit = circuit.removeprefix(f"{series}-{season}-").removeprefix(f"{series}-{season}")
    if (series, circuit) in OWN_RACES:
        series, circuit = OWN_RACES[(series, circuit)], ""
    book = _for_season(series, str(season), f"{series}-{season}")
    return for_event(book, circuit) if circuit else book
