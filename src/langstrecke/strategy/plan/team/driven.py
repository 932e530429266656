"""The race so far: a sheet of driven stints, kept by hand or the plan's own CSV with its rows marked driven.

    driver,laps,end
    Mara,32,0:57:20
    Mara,31,1:55:02

Columns: `driver` and `laps` are needed; `end` is the race time of pit entry (or `clock_end`, on the race's clock),
`start` of pit exit, `left` the fuel on board at the end, `tyres` `new` or `keep`, `status` `driven` or `planned`
(only driven rows count). What is not given is worked out from the team's numbers.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from langstrecke.errors import CardError, LangstreckeError, NotFoundError
from langstrecke.racecard.io import read_text
from langstrecke.strategy.plan.team.schema import Team
from langstrecke.strategy.plan.team.stints import Begin, Leg, length_s
from langstrecke.timing.clock import span_s
from langstrecke.timing.derive.stints import pit_stops, stints

SHEET = "sheet of driven stints"
"""What errors call such a sheet that was given as text."""
COLUMNS = ("driver", "laps", "end", "start", "left", "tyres", "status")


@dataclass(frozen=True)
class Driven:
    """The stints driven, and where the race stands as the car comes in after them."""

    legs: tuple[Leg, ...]
    begin: Begin


def read_driven(source: str | Path, team: Team) -> Driven:
    """The driven stints of a CSV file (or CSV text). CardError names file, line and column of what is wrong."""
    text, file = read_text(source, kind=SHEET)
    lines = text.lstrip("\ufeff").splitlines()
    delimiter = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter)
    names = [(name or "").strip().casefold() for name in rows.fieldnames or []]
    for needed in ("driver", "laps"):
        if needed not in names:
            raise CardError(f"has no column {needed}", file=file, line=1, hint="columns: " + ", ".join(COLUMNS))
    legs: list[Leg] = []
    state = Begin(left=team.car.at_start if team.car.at_start is not None else team.car.tank)
    for row in rows:
        cells = {(k or "").strip().casefold(): (v or "").strip() for k, v in row.items() if isinstance(v, str)}
        if not any(cells.values()) or cells.get("status", "driven").casefold() not in ("driven", ""):
            continue
        try:
            leg, state = _leg(team, cells, state, first=not legs)
        except LangstreckeError as error:
            raise CardError(error.what, file=file, line=rows.line_num, key=error.key, hint=error.hint) from None
        legs.append(leg)
    if not legs:
        raise CardError("holds no driven stint", file=file, hint="a row a stint: driver,laps,end")
    return Driven(tuple(legs), state)


def _leg(team: Team, cells: dict[str, str], begin: Begin, *, first: bool) -> tuple[Leg, Begin]:
    car = team.car
    names = [d.name for d in team.driver]
    found = [n for n, name in enumerate(names) if name.casefold() == cells.get("driver", "").casefold()]
    if not found:
        raise NotFoundError.nearest("driver", cells.get("driver", ""), names)
    d = found[0]
    if not cells.get("laps", "").isdigit() or not 0 < int(cells["laps"]) <= 5000:
        raise LangstreckeError(f"{cells.get('laps', '')!r} is no count of laps", key="laps")
    laps, use = int(cells["laps"]), team.use(d)
    left = begin.left if begin.left is not None else car.tank
    usual = left + (max(0.0, car.tank - left) if not first else 0.0)  # filled up at the stop
    still = (usual - left) / car.refuel if car.refuel and not first else 0.0
    stop = car.pit_loss + max(still, car.tyres_s) if not first else 0.0
    start = _time(cells, "start", team)
    start = start if start is not None else begin.t + stop
    lap_s = car.lap + team.pace_s(d)
    end = _time(cells, "end", team)
    end = end if end is not None else start + laps * lap_s
    if end <= start or start < begin.t - 0.5:
        raise LangstreckeError(f"the stint of {names[d]} ends before it begins or overlaps the one before", key="end")
    if end - start < 0.5 * laps * lap_s:
        raise LangstreckeError(f"{laps} laps in {end - start:.0f} s are quicker than this car is", key="laps")
    if end > 1.5 * length_s(team) + 3600:
        raise LangstreckeError("the stint ends long after the race", key="end")
    fuel = max(usual, laps * use) if car.refuel else usual
    over = _number(cells, "left")
    over = over if over is not None else max(0.0, fuel - laps * use)
    if over > car.tank:
        raise LangstreckeError(f"{over:g} {car.unit} left are more than the tank holds", key="left")
    new = first or cells.get("tyres", "").casefold() == "new"
    if not first and not cells.get("tyres"):
        new = begin.on_set >= car.tyre_stints
    leg = Leg(d, start, end, laps, begin.lap + 1, fuel, fuel - left if not first else 0.0, use, new,
              start - begin.t, max(0.0, start - begin.t - car.pit_loss) if not first else 0.0)  # fmt: skip
    return leg, Begin(
        t=end,
        lap=begin.lap + laps,
        left=over,
        on_set=1 if new else begin.on_set + 1,
        age=laps if new else begin.age + laps,
        sets=begin.sets + (1 if new else 0),
        stops=begin.stops if first else (*begin.stops, begin.t),
        longest_stop_s=max(begin.longest_stop_s, start - begin.t if not first else 0.0),
        driver=d,
    )


def _number(cells: dict[str, str], key: str) -> float | None:
    text = cells.get(key, "").replace(",", ".")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1e6:
        raise LangstreckeError(f"{cells[key]!r} is no amount", key=key)
    return value


def _time(cells: dict[str, str], key: str, team: Team) -> float | None:
    """Race time of a cell: `1:55:02`, or seconds."""
    text = cells.get(f"{key}_s", "") or cells.get(key, "")
    if not text:
        return None
    try:
        return float(text) if ":" not in text and text.replace(".", "", 1).isdigit() else span_s(text)
    except LangstreckeError:
        raise LangstreckeError(f"{text!r} is no race time", key=key, hint="write 1:55:02") from None


def sheet_of(laps: pl.DataFrame, team: Team) -> str:
    """The sheet of a car's driven stints, as CSV, out of laps of timing (the columns of `timing.schema.LAPS`).

    Stints that ended in the pit lane count; the one under way is left to be planned. A driver is found by his name,
    or by a surname no other of the crew has. CardError where the car or a driver is not found.
    """
    cars = sorted(laps["car"].unique().to_list())
    if team.car.number not in cars:
        raise NotFoundError.nearest("car", team.car.number, cars)
    own = laps.filter(pl.col("car") == team.car.number)
    lost = {row["in_lap"]: row["lost_s"] for row in pit_stops(own).iter_rows(named=True)}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("driver", "laps", "start", "end"))
    before: tuple[int, float] | None = None
    for stint in stints(own).filter(pl.col("in_lap").is_not_null()).iter_rows(named=True):
        gone = lost.get(before[0]) if before is not None else None
        start = "" if before is None or gone is None or gone <= 0.0 else f"{before[1] + gone:.1f}"
        writer.writerow((_crew(stint["driver"], team), stint["laps"], start, f"{stint['end_s']:.1f}"))
        before = stint["in_lap"], stint["end_s"]
    return out.getvalue()


def _crew(name: str | None, team: Team) -> str:
    names = [d.name for d in team.driver]
    told = (name or "").casefold().split()
    found = [n for n in names if n.casefold().split() == told]
    found = found or [n for n in names if told and n.casefold().split()[-1] == told[-1]]
    found = found or [n for n in names if told and n.casefold().split()[0] == told[0]]
    if len(found) != 1:
        raise NotFoundError.nearest("driver", name or "(no name in the timing)", names)
    return found[0]
