"""IMSA and WEC races from their result files."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
from scripts.registry.raw import Raw, RawDriver, RawEntry, RawEvent, with_class_positions

from langstrecke.store.importing.events import known_date
from langstrecke.store.importing.plan import Session
from langstrecke.store.importing.races import scheduled
from langstrecke.store.importing.survey import survey
from langstrecke.timing.readers.alkamel import read_laps, read_results
from langstrecke.timing.readers.entrylist import EntryList, read_entries

_STATUS = {
    "classified": "classified",
    "not classified": "not_classified",
    "not started": "dns",
    "retired": "dnf",
    "excluded": "disqualified",
    "disqualified": "disqualified",
}
_FULL_NAME = {"imsa": "IMSA", "wec": "WEC"}


def read(folder: Path, raw: Raw) -> None:
    """Every race under the folder that has a result file. Le Mans comes from its own history."""
    plan = survey(folder, _tells_a_result)
    # In a fixed order, by season and event's name: of two gradings of a driver in one year the first stands.
    for race_id, sessions in sorted(plan.races.items(), key=lambda item: (_place(item[1][0]), item[0])):
        own = sessions[0]
        if own.event.series == "le-mans" or own.id != f"{race_id}/race":
            continue
        season = int(own.event.season[:4])
        stamps = [r.evidence.day for r in own.event.records if r.evidence.day]
        if "results" in own.chosen:
            path = Path(own.chosen["results"].best.path)
            day = own.start.date() if own.start else known_date(race_id)
            rows = [_entry(row, race_id, season) for row in read_results(path).iter_rows(named=True)]
            _add(raw, own, race_id, day, min(stamps, default=day), rows)
        elif "entries" in own.chosen:
            path = Path(own.chosen["entries"].best.path)
            listed = read_entries(path)
            _add(raw, own, race_id, listed.day, listed.day, _from_laps(listed, path.with_suffix(".csv"), race_id))


def _place(session: Session) -> tuple[str, str, str]:
    return session.event.series, session.event.season, session.records[0].evidence.event


def _tells_a_result(path: Path) -> bool:
    """Result and entry lists; laps are read only where there is no result."""
    return path.suffix == ".json" or any(word in path.stem.lower() for word in ("results", "classification"))


def _add(
    raw: Raw, session: Session, race_id: str, day: date | None, first: date | None, rows: list[RawEntry]
) -> None:
    if day is None:
        raise ValueError(f"no date is known for {race_id}")
    duration = int(scheduled(race_id, session) or 0)
    event = session.event
    raw.add_event(
        RawEvent(
            race_id,
            event.series,
            event.season,
            "",
            event.circuit,
            (first or day).isoformat(),
            day.isoformat(),
            (day + timedelta(days=duration // 86400)).isoformat(),
            duration_s=duration,
            source=f"{_FULL_NAME[event.series]} race results",
        )
    )
    raw.entries += with_class_positions(rows)


def _from_laps(listed: EntryList, laps: Path, race_id: str) -> list[RawEntry]:
    """Entries of a race without a result file: the order is read off the laps, by distance and then time.

    A car that had not passed the line after the scheduled end has not finished.
    """
    last = read_laps(laps).group_by("car").agg(pl.col("lap").max(), pl.col("elapsed_s").max())
    done = {row["car"]: (row["lap"], row["elapsed_s"]) for row in last.iter_rows(named=True)}
    limit = listed.time_limit_s or 0.0
    order = sorted(done, key=lambda car: (done[car][1] < limit, -done[car][0], done[car][1]))
    rows = []
    for row in listed.entries.iter_rows(named=True):
        run, elapsed = done.get(row["car"], (None, 0.0))
        finished = run is not None and elapsed >= limit
        rows.append(
            RawEntry(
                race_id,
                listed.season,
                row["car"],
                row["car_class"],
                row["team"] or "",
                row["manufacturer"] or "",
                tuple(RawDriver(name) for name in row["drivers"]),
                order.index(row["car"]) + 1 if finished else None,
                None,
                run,
                "classified" if finished else ("dnf" if run is not None else "dns"),
                "order read off the laps",
            )
        )
    return rows


def _entry(row: dict[str, object], race_id: str, season: int) -> RawEntry:
    names = row["drivers"] or []
    licences, countries = row["licences"] or [], row["countries"] or []
    assert isinstance(names, list)
    assert isinstance(licences, list)
    assert isinstance(countries, list)
    crew = tuple(
        RawDriver(name, _at(countries, i), _at(licences, i)) for i, name in enumerate(names) if isinstance(name, str)
    )
    status = _STATUS.get(str(row["status"] or "classified").casefold(), "not_classified")
    laps = row["laps"]
    if not laps and status == "classified" and row["total_time_s"] is None:
        status = "dns"
    return RawEntry(
        event=race_id,
        year=season,
        car=str(row["car"]),
        car_class=str(row["car_class"]),
        team=str(row["team"] or ""),
        vehicle=str(row["vehicle"] or ""),
        crew=crew,
        position=row["position"] if status == "classified" and isinstance(row["position"], int) else None,
        class_position=None,
        laps=laps if isinstance(laps, int) else None,
        status=status,
    )


def _at(values: list[object], index: int) -> str:
    return str(values[index] or "") if index < len(values) else ""
