"""The questions of `plan --new`, one a number, and the file their answers make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tomlkit

from langstrecke.errors import CardError
from langstrecke.strategy.plan.team.read import team_from

Answer = Callable[[str, str], str]
"""(question, default) -> what was typed."""


@dataclass(frozen=True)
class Question:
    """One number of the file: `path` is where it goes, `kind` how it is written there."""

    path: tuple[str, str]
    text: str
    default: str = ""
    kind: str = "text"  # text, number or whole; an empty answer leaves the key out


QUESTIONS = (
    Question(("race", "name"), "Race", "race"),
    Question(("race", "start"), "Green flag, date and time (2027-01-16 13:00)"),
    Question(("race", "zone"), "... on the clock of which zone", "UTC"),
    Question(("race", "length"), "How long (24h, 2:24:00, 90min)", "6h"),
    Question(("car", "number"), "Car number", "1"),
    Question(("car", "unit"), "Fuel is counted in (l, kg, gal, %)", "l"),
    Question(("car", "tank"), "Tank, or all the energy of a stint", kind="number"),
    Question(("car", "use"), "Use a lap", kind="number"),
    Question(("car", "lap"), "Average racing lap (1:47.5)"),
    Question(("car", "pit_loss"), "Seconds lost driving through the pit lane", kind="number"),
    Question(("car", "refuel"), "Refuelling a second (empty: no refuelling)", kind="number"),
    Question(("car", "tyres_s"), "Seconds for four tyres", "0", "number"),
    Question(("car", "tyre_stints"), "Stints on a set of tyres", "1", "whole"),
    Question(("car", "driver_s"), "Seconds for a change of driver", "0", "number"),
    Question(("rules", "book"), "Rule book (none, iracing, acc, lmu, a file)", "none"),
    Question(("risk", "yellows_per_h"), "Full-course yellows an hour to reckon with", "0", "number"),
    Question(("risk", "rain_per_h"), "Showers an hour to reckon with", "0", "number"),
)
OF_A_DRIVER = (
    Question(("driver", "zone"), "  his time zone (Europe/Berlin)", ""),
    Question(("driver", "lap"), "  his average lap (empty: the car's)", ""),
    Question(("driver", "away"), "  away, in his own time (23:00-07:00, Sat 20:00-Sun 02:00)", "", "spans"),
)


def asked(answer: Answer, complain: Callable[[str], None]) -> str:
    """The team file that the answers make, as TOML. What is wrong is said at once and asked again."""
    document = tomlkit.document()
    document.add(tomlkit.comment("langstrecke plan FILE; every key: docs/sim-racing.md"))
    tables: dict[str, Any] = {}
    for question in QUESTIONS:
        table = question.path[0]
        if table not in tables:
            tables[table] = tomlkit.table()
            document.add(table, tables[table])
        _ask(question, answer, complain, tables[table])
    drivers: list[Any] = []
    while True:
        name = answer(f"Driver {len(drivers) + 1} (empty: no more)", "").strip()
        if not name and len(drivers):
            break
        if not name:
            complain("at least one driver is needed")
            continue
        row = tomlkit.table()
        row["name"] = name
        for question in OF_A_DRIVER:
            _ask(question, answer, complain, row)
        drivers.append(row)
    return _text(document, drivers)


def written(answers: Mapping[tuple[str, str], str], drivers: Sequence[Mapping[str, str]]) -> str:
    """The team file of a form's fields, as TOML: answers by their question's path, drivers by key with their `name`.

    CardError names the field that is wrong.
    """
    document = tomlkit.document()
    for question in QUESTIONS:
        table, key = question.path
        if table not in document:
            document.add(table, tomlkit.table())
        value = _checked(question, answers.get(question.path, question.default), f"{table}.{key}")
        if value is not None:
            document[table][key] = value
    rows = []
    for fields in drivers:
        name = fields.get("name", "").strip()
        if not name:
            continue
        row = tomlkit.table()
        row["name"] = name
        for question in OF_A_DRIVER:
            key = question.path[1]
            value = _checked(question, fields.get(key, ""), f"driver ({name}).{key}")
            if value is not None:
                row[key] = value
        rows.append(row)
    if not rows:
        raise CardError("at least one driver is needed", key="driver")
    return _text(document, rows)


def _checked(question: Question, typed: str, key: str) -> Any:
    try:
        value = _value(question, typed.strip())
        _check(question, value)
    except (ValueError, CardError) as error:
        what = error.what if isinstance(error, CardError) else str(error)
        raise CardError(what, key=key, hint=question.text.strip()) from None
    return value


def _text(document: tomlkit.TOMLDocument, drivers: Sequence[Any]) -> str:
    listed = tomlkit.aot()
    for row in drivers:
        listed.append(row)
    document.add("driver", listed)
    text = tomlkit.dumps(document)
    team_from(document.unwrap(), text)
    return text


def _ask(question: Question, answer: Answer, complain: Callable[[str], None], table: Any) -> None:
    while True:
        typed = answer(question.text, question.default).strip()
        try:
            value = _value(question, typed)
            if value is not None:
                table[question.path[1]] = value
            _check(question, value)
        except (ValueError, CardError) as error:
            table.pop(question.path[1], None)
            complain(error.what if isinstance(error, CardError) else str(error))
            continue
        return


def _value(question: Question, typed: str) -> Any:
    if not typed:
        return None
    if question.kind in ("number", "whole"):
        try:
            number = float(typed.replace(",", "."))
        except ValueError:
            raise ValueError(f"{typed!r} is no number") from None
        return int(number) if number == int(number) else number
    if question.kind == "spans":
        pairs = [part.split("-", 1) if part.count("-") == 1 else [] for part in typed.split(",")]
        if any(len(pair) != 2 for pair in pairs):
            raise ValueError("write 23:00-07:00, more of them with commas between")
        return [[one.strip(), other.strip()] for one, other in pairs]
    return typed


_SOUND: dict[str, Any] = {
    "race": {"length": "6h"},
    "car": {"tank": 100.0, "use": 1.0, "lap": 100.0, "pit_loss": 30.0},
    "driver": [{"name": "x"}],
}


def _check(question: Question, value: Any) -> None:
    """Hold one answer against the schema, everything else sound."""
    table, key = question.path
    if value is None:
        if table != "driver" and key in ("start", "tank", "use", "lap", "pit_loss", "length"):
            raise ValueError("this one is needed")
        return
    data: dict[str, Any] = {name: dict(rows) if isinstance(rows, dict) else [dict(rows[0])]
                            for name, rows in _SOUND.items()}  # fmt: skip
    if key == "tank":
        data["car"]["use"] = 1e-3
    if key == "use":
        data["car"]["tank"] = 1e5
    if table == "driver":
        data["driver"][0][key] = value
    else:
        data.setdefault(table, {})[key] = value
    team = team_from(data)
    if key == "book":
        from langstrecke.strategy.plan.team.rules import book_of

        book_of(team)
    if key == "away":
        from langstrecke.strategy.plan.team.zones import away

        away(team, 0, 86_400.0)
