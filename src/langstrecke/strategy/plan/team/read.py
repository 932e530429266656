"""A team file: read, and told from a race card by its content."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from langstrecke.errors import CardError
from langstrecke.racecard.io import read_text
from langstrecke.racecard.layout import layout
from langstrecke.racecard.problems import describe_path, near, parse_toml
from langstrecke.strategy.plan.team.schema import Team, TeamCar, TeamDriver, TeamRace, TeamRisk, TeamRules

TABLES: dict[str, type[BaseModel]] = {
    "race": TeamRace, "car": TeamCar, "rules": TeamRules, "risk": TeamRisk, "driver": TeamDriver,
}  # fmt: skip
_WORDS = {
    "missing": "is missing",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_type": "must be text in quotes",
    "tuple_type": "must be a list in [ ]",
    "model_type": "must be a table",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
}


TEAM_FILE = "team file"
"""What errors call a team file that was given as text."""


def is_team_file(path: str | Path) -> bool:
    """Whether a path is a TOML file with a `[car]` table and drivers: a team file, not a race card."""
    place = Path(path)
    if not place.is_file():
        return False
    try:
        text, _ = read_text(place, kind="team file")
        data = parse_toml(text, str(place))
    except CardError:
        return place.suffix == ".toml" and "[car]" in place.read_text(encoding="utf-8", errors="replace")
    return ("car" in data or "driver" in data) and "entries" not in data and "classes" not in data


def read_team(source: str | Path) -> Team:
    """The team of a file (or of TOML text with a line break). CardError names file, line and key of what is wrong."""
    text, file = read_text(source, kind=TEAM_FILE)
    return team_from(parse_toml(text, file), text, file)


def team_from(data: Mapping[str, Any], text: str | None = None, file: str | None = None) -> Team:
    """The team of data as a TOML file would give it."""
    try:
        return Team.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False)
        # A misspelt key comes with a missing one: it is the one to put right.
        detail = next((d for d in found if d["type"] == "extra_forbidden"), found[0])
    path: tuple[str | int, ...] = tuple(detail["loc"])
    kind = str(detail["type"])
    hint = None
    if kind == "extra_forbidden":
        hint = near(str(path[-1]), _keys(path[0] if len(path) > 1 else None))
        what = "is no key of a team file"
    elif kind == "value_error":
        what = str(detail["msg"]).removeprefix("Value error, ")
    else:
        what = _WORDS.get(kind, str(detail["msg"])).format(**detail.get("ctx", {}))
        if kind == "missing":
            hint = "langstrecke plan --new asks for everything; docs/sim-racing.md"
    line = layout(text).line_of(path) if text is not None and path else None
    raise CardError(what, file=file, line=line, key=describe_path(path, data) or None, hint=hint)


def _keys(table: str | int | None) -> list[str]:
    if table is None:
        return list(TABLES)
    model = TABLES.get(str(table))
    return [field.alias or name for name, field in model.model_fields.items()] if model else []
