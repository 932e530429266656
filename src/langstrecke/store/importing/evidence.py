"""What is known of the race a file belongs to, each fact with where it comes from.

Content speaks first (what the file says of itself, its classes and makes), then options of whoever imports, then
the file's name, then the folders above it, from the inside out. A fact that a weaker source contradicts stands, and
a note says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from langstrecke.paddock.matching import fold
from langstrecke.paddock.places import circuit_in
from langstrecke.store.importing.content import Content
from langstrecke.store.importing.series import (
    compatible,
    decided_by,
    known_classes,
    plain_class,
    series_in,
    series_named,
)
from langstrecke.store.importing.words import SessionKind, Status, Words, season_text, words_of
from langstrecke.timing.readers.laps import NO_CLASS

_DEEPEST = 8
"""Folders above a file that are looked at."""
_ABOVE_SEASON = 2
"""Folders above the season's that may name the series ("WEC/2023/Spa")."""
_NOISE = {
    "results", "result", "timing", "data", "csv", "csvs", "json", "download", "downloads", "files", "file",
    "raw", "archive", "archives", "backup", "old", "new", "import", "imports", "race", "races", "tmp", "temp",
    "home", "work", "export", "exports", "uploads", "upload",
}  # fmt: skip
"""Names of folders that say nothing of an event."""
_YEARS = (1950, 2100)


@dataclass(frozen=True)
class Options:
    """What whoever imports says of all files at once."""

    series: str | None = None
    season: str | None = None
    event: str | None = None


@dataclass(frozen=True)
class Evidence:
    """What is known of a file's race; `why` tells where each fact comes from, `notes` what contradicts what."""

    series: str | None = None
    season: str | None = None
    circuit: str | None = None
    event: str = ""  # slug of the event's name
    day: dt.date | None = None
    stamp: dt.datetime | None = None
    session: str | None = None
    kind: SessionKind | None = None
    status: Status = ""
    revision: int = 0
    hour: int | None = None
    hours: float | None = None
    order: int | None = None  # of the event in the archive's folders
    test_event: bool = False
    why: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def gather(path: str, content: Content, options: Options = Options()) -> Evidence:
    """Everything the content, the options, the name and the folders say of one file."""
    place = PurePath(path)
    file = words_of(place.stem, is_file=True)
    folders = list(_folders(place, of_season=file.season is not None))
    why: dict[str, str] = {}
    notes: list[str] = []
    found = Evidence(status=file.status, revision=file.revision)
    found = _season_and_day(found, content, options, file, folders, why, notes)
    found = _event(found, content, options, file, folders, why, notes)
    found = _session(found, content, file, folders, why, notes)
    found = _series(found, place.name, content, options, file, folders, why, notes)
    return replace(found, why=why, notes=tuple(notes))


def _folders(place: PurePath, *, of_season: bool) -> Iterator[tuple[Words, bool]]:
    """Words of the folders from the inside out, and whether each stands below (or is) the season's.

    Where the file's own name says the season none does: what is above may be anybody's.
    """
    seen_season, above = of_season, 0
    for part in list(place.parts[:-1])[::-1][:_DEEPEST]:
        if part in ("/", "\\") or part.endswith(":"):
            return
        words = words_of(part, is_file=False)
        yield words, not seen_season
        above += seen_season
        if above >= _ABOVE_SEASON:
            return
        seen_season = seen_season or words.season is not None or (words.day is not None and words.stamp is None)


def _named(words: Words) -> str:
    return f"the folder {words.text!r}"


def _season_and_day(
    found: Evidence, content: Content, options: Options, file: Words, folders: list[tuple[Words, bool]],
    why: dict[str, str], notes: list[str],
) -> Evidence:  # fmt: skip
    said = content.said
    stamped = next(((w, _named(w)) for w, _ in folders if w.stamp or w.day), None)
    if file.stamp or file.day:
        stamped = (file, "the file's name")
    stamp = stamped[0].stamp if stamped else None
    day, day_why = said.day, "the file itself"
    if day is None and stamped is not None:
        day, day_why = stamped[0].day, stamped[1]
    if day is not None:
        why["day"] = day_why
    seasons = [(_season(options.season), "--season")]
    seasons.append((file.season, "the file's name"))
    seasons += [(w.season, _named(w)) for w, _ in folders if w.season]
    seasons.insert(0, (_season(said.season), "the file itself"))
    told = [(season, source) for season, source in seasons if season]
    season, source = told[0] if told else (None, "")
    if season is None and day is not None:
        season, source = str(day.year), f"the day in {day_why}"
    if season is not None:
        why["season"] = source
        for other, where in told[1:]:
            if not _same_season(season, other):
                notes.append(f"{where} says season {other}; {season} taken from {source}")
        if day is not None and said.day is not None and not _in_season(day, season):
            if said.season is None and source != "--season":
                notes.append(f"{source} says season {season}, the file itself the day {day}: {day.year} taken")
                season, why["season"] = str(day.year), "the day in the file itself"
            else:
                notes.append(f"its day {day} is not of season {season}")
    return replace(found, season=season, day=day, stamp=stamp)


def _season(text: str | None) -> str | None:
    """A season as somebody wrote it: "2023", "2018-2019", "2018/19"."""
    if not text:
        return None
    parts = [part for part in text.replace("/", "-").replace("_", "-").split("-") if part.strip().isdigit()]
    if not parts or not _YEARS[0] <= int(parts[0]) < _YEARS[1]:
        return None
    return season_text(parts[0].strip(), parts[1].strip() if len(parts) > 1 else None)


def _same_season(one: str, other: str) -> bool:
    years = [{int(s[:4])} | ({int(s[:4]) + 1} if len(s) > 4 else set()) for s in (one, other)]
    return bool(years[0] & years[1])


def _in_season(day: dt.date, season: str) -> bool:
    first = int(season[:4])
    return first <= day.year <= first + 1 if len(season) > 4 else day.year == first


def _session(
    found: Evidence, content: Content, file: Words, folders: list[tuple[Words, bool]], why: dict[str, str],
    notes: list[str],
) -> Evidence:  # fmt: skip
    said = words_of(content.said.session or "", is_file=False) if content.said.session else None
    sources: list[tuple[Words, str]] = [(said, "the file itself")] if said is not None else []
    sources.append((file, "the file's name"))
    sources += [(w, _named(w)) for w, inside in folders if inside and (w.stamp or not w.circuit)]
    session, kind, source = None, None, ""
    for words, where in sources:
        if words.kind is not None and session is None:
            session, kind, source = words.session, words.kind, where
        elif session is not None and words.kind is not None and words.stamp and words.session != session:
            # The folder of a session is the archive's own; a file may be named for a part of it.
            if words.kind == kind and session == "race" and words.session:
                session = words.session
            elif words.kind != kind:
                notes.append(f"{source} says {session}, {where} says {words.session}: {session} taken")
    if session is None and found.test_event:
        session, kind, source = "test", "test", "the folder of a test"
    elif session is None and content.of_race is not False:
        session, kind, source = "race", "race", "no other session being named"
    if kind == "practice" and session == "practice":
        session = "practice-1"
    if session is not None:
        why["session"] = source
    hours = [w.hour for w in (file, *(w for w, inside in folders if inside)) if w.hour is not None]
    status = found.status or next((w.status for w, inside in folders[:1] if inside), "")
    return replace(found, session=session, kind=kind, hour=hours[0] if hours else None, status=status)


def _of_test(file: Words, folders: list[tuple[Words, bool]]) -> bool:
    """Whether the name of the event says that it is a test: of the file where that names it, else of a folder."""
    if file.circuit:
        return _is_test(file) and file.kind == "test" and "session" not in fold(file.text).split()
    for words, inside in folders:
        if not inside or words.pure_season:
            return False
        if _is_test(words) and not words.stamp:
            return bool(words.circuit) or words.order is not None or any(w.pure_season for w, _ in folders)
        if words.circuit or (words.order is not None and not words.series):
            return False
    return False


def _is_test(words: Words) -> bool:
    return bool({"test", "roar", "prologue", "shakedown"} & set(fold(words.text).split()))


def _event(
    found: Evidence, content: Content, options: Options, file: Words, folders: list[tuple[Words, bool]],
    why: dict[str, str], notes: list[str],
) -> Evidence:  # fmt: skip
    said = content.said
    sources: list[tuple[str, str | None, str]] = []  # slug, circuit, where
    for text, where in (
        (said.circuit, "the file itself"),
        (said.event, "the file itself"),
        (options.event, "--event"),
    ):
        if text:
            sources.append((fold(text).replace(" ", "-"), circuit_in(text), where))
    sources.append((file.event, file.circuit, "the file's name"))
    within = any(w.season for w, _ in folders) or file.season is not None or found.season is not None
    for words, inside in folders:
        pure = words.pure_season or words.event in _NOISE
        if inside and not pure and (words.circuit or words.order is not None or within):
            sources.append((words.event, words.circuit, _named(words)))
    # The season's folder ends the search inwards; a circuit's own folder may also stand above it ("Spa/2023").
    for words, inside in folders:
        if not inside and words.circuit and not words.series:
            sources.append((words.event, words.circuit, _named(words)))
    found = replace(found, test_event=_of_test(file, folders))
    known = [(event, circuit, where) for event, circuit, where in sources if circuit]
    orders = [
        w.order for w, inside in folders if inside and w.order is not None and (w.circuit or w.event) and not w.series
    ]
    lengths = [h for h in (file.hours, *(w.hours for w, inside in folders if inside)) if h]
    found = replace(found, hours=lengths[0] if lengths else None, order=orders[-1] if orders else None)
    if known:
        event, circuit, where = known[0]
        why["event"] = where
        for _, other, there in known[1:]:
            if other != circuit and where in ("the file itself", "--event"):
                notes.append(f"{there} names {other}, {where} {circuit}: {circuit} taken")
                break
        return replace(found, circuit=circuit, event=event)
    plain = [(event, where) for event, _, where in sources if event and not event.isdigit() and event not in _NOISE]
    told = next(((e, w) for e, w in plain if w in ("the file itself", "--event")), None)
    # An event of no known circuit: its folder right below the season's, or the file's own name.
    below = [(w.event, _named(w)) for w, inside in folders if inside and w.event and not w.pure_season]
    below = [(e, w) for e, w in below if not e.isdigit() and e not in _NOISE]
    has_season_folder = any(w.pure_season for w, _ in folders)
    numbered = next(
        ((w.event, _named(w)) for w, inside in folders if inside and w.order is not None and w.event), None
    )
    guess = told or numbered or (below[-1] if below and has_season_folder else None)
    guess = guess or ((file.event, "the file's name") if file.event and (has_season_folder or file.hours) else None)
    if guess is None:
        return found
    why["event"] = guess[1]
    return replace(found, circuit=guess[0], event=guess[0])


def _series(
    found: Evidence, name: str, content: Content, options: Options, file: Words, folders: list[tuple[Words, bool]],
    why: dict[str, str], notes: list[str],
) -> Evidence:  # fmt: skip
    classes = frozenset(content.classes) - {NO_CLASS}
    decided = decided_by(classes, content.makes, content.cars)
    named: list[tuple[str, str]] = []
    if content.said.series:
        named.append(
            (
                series_in(fold(content.said.series))[0] or fold(content.said.series).replace(" ", "-"),
                "the file itself",
            )
        )
    if options.series:
        named.append((series_named(options.series), "--series"))
    if file.series:
        named.append((file.series, "the file's name"))
    named += [(w.series, _named(w)) for w, _ in folders if w.series]
    if not named:
        named += _series_folder(folders)
    series, source = named[0] if named else (None, "")
    shown = ", ".join(sorted(classes))
    if decided and source != "the file itself":
        fits = [pair for pair in named if _of(pair[0], decided)]
        if fits:
            series, source = fits[0]
        elif len(decided) == 1:
            if series is not None:
                notes.append(f"{source} says {series}, but its classes ({shown}) are those of {min(decided)}")
            series, source = min(decided), f"its classes ({shown})"
    elif series is None and decided:
        series, source = min(decided), f"its classes ({shown})"
    if series is None and content.provider in ("nls",):
        series, source = "nls", "the layout of the file"
    if (
        series is None
        and file.stamp is not None
        and _imsa_name(name)
        and (not classes or "imsa" in compatible(classes))
    ):
        series, source = "imsa", "the way the file is named"
    if series is None and found.circuit == "le-mans" and "le-mans" in compatible(classes):
        series, source = "le-mans", f"circuit and classes ({shown})"
    if series in ("wec", "le-mans") and found.circuit == "le-mans" and found.kind is not None:
        series = "le-mans"
    if series == "gt-world-challenge" and found.circuit == "spa" and found.hours == 24:
        series = "spa-24h"
    if series is None:
        return found
    odd = sorted(c for c in classes if known_classes(series) and plain_class(c) not in known_classes(series))
    if odd and not source.startswith("its classes") and not decided:
        notes.append(f"class {', '.join(odd)} is not known of {series} (series from {source})")
    why["series"] = source
    return replace(found, series=series)


def _of(series: str, decided: frozenset[str]) -> bool:
    """Le Mans runs the classes of the WEC; the endurance cups of one organiser share theirs."""
    return series in decided or (series == "le-mans" and "wec" in decided)


def _series_folder(folders: list[tuple[Words, bool]]) -> list[tuple[str, str]]:
    """The series' folder of an archive tree, between event and session, by its place: any name."""
    inside = [w for w, within in folders if within]
    for place, words in enumerate(inside[:-1]):
        if words.stamp is None or place + 2 >= len(inside):
            continue
        series, event = inside[place + 1], inside[place + 2]
        if series.order is not None and series.event and not series.circuit and event.order is not None:
            return [(series.event, _named(series))]
    return []


def _imsa_name(name: str) -> bool:
    """`202103201010-race-laps.csv`: the names of one collection of IMSA's files."""
    return (
        name[:12].isdigit()
        and name[12:13] == "-"
        and name.lower().endswith(("-laps.csv", "-results.csv", "-weather.csv"))
    )
