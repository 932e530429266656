"""From TOML text to a checked card: every problem as a `CardError` that names file, line, entry and key."""

from __future__ import annotations

import re
import tomllib
import types
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from langstrecke.errors import CardError
from langstrecke.racecard.layout import Layout, Path, layout
from langstrecke.racecard.schema import RaceCard

MAX_PROBLEMS = 50
"""As many problems of one card are told as a person will read."""

NEAR = 70
"""Likeness (0 to 100) from which a key counts as misspelt rather than made up."""

_WANTED = {
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "string_type": "must be text in quotes",
    "date_type": "must be a date without quotes, for example 2021-03-20",
    "time_type": "must be a time without quotes, for example 10:10:00",
    "tuple_type": "must be a list in [ ]",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "missing": "is missing",
    "extra_forbidden": "is no key of a race card",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "literal_error": "must be {expected}",
}
"""Pydantic's error types in the words of somebody who edits a card."""


def parse_toml(text: str, file: str | None) -> dict[str, Any]:
    """The data of a TOML text. CardError with the line where it is no TOML."""
    if not text.strip():
        raise CardError("is empty", file=file, hint="a race card is a TOML file; see docs/cards.md")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise CardError("holds binary data, not text", file=file, line=line)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = re.search(r" \(at line (\d+), column (\d+)\)$", message)
        if place:
            what = f"not valid TOML at column {place[2]}: {message[: place.start()]}"
            raise CardError(what, file=file, line=int(place[1])) from None
        cut = message.endswith("(at end of document)")
        what = f"not valid TOML: {message.removesuffix(' (at end of document)')}"
        raise CardError(
            what,
            file=file,
            line=text.count("\n") + 1 if cut else None,
            hint="the file ends too early: was it cut?" if cut else None,
        ) from None
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, brackets without end
        what = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise CardError(f"not valid TOML: {what}", file=file) from None


def check_data(
    data: Mapping[str, Any], text: str | None, file: str | None
) -> tuple[RaceCard | None, list[CardError]]:
    """The card this data makes, or all that is wrong with it. `text` is where the lines are looked up."""
    try:
        return RaceCard.model_validate(_tuples(data), strict=True), []
    except ValidationError as error:
        where = layout(text) if text is not None else None
        details = _without_echoes(error.errors(include_url=False))
        return None, [_problem(d, data, where, file) for d in details[:MAX_PROBLEMS]]


def _without_echoes(details: list[Any]) -> list[Any]:
    """A misspelt key is one problem, not two: leave out the missing key it was meant to be."""
    from rapidfuzz import process  # here, not above: most cards have no problem

    unknown = [d["loc"] for d in details if d["type"] == "extra_forbidden"]
    meant = {
        (*loc[:-1], name)
        for loc in unknown
        for name, score, _ in process.extract(str(loc[-1]), keys_at(loc[:-1]), limit=1)
        if score >= NEAR
    }
    return [d for d in details if d["type"] != "missing" or d["loc"] not in meant]


def _tuples(value: Any) -> Any:
    """Lists become tuples: strict validation, which tells 63 from "63" and 1 from true, takes no lists."""
    if isinstance(value, Mapping):
        return {key: _tuples(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    return value


def _problem(detail: Any, data: Mapping[str, Any], where: Layout | None, file: str | None) -> CardError:
    path: Path = tuple(detail["loc"])
    what = _in_words(detail)
    if detail["type"] == "value_error":  # the schema's own checks put the place before the colon
        placed = re.match(r"(\w+)\[(\d+)\](?:\.(\w+))?: ", what)
        if placed and not path:
            path = (placed[1], int(placed[2]), *([placed[3]] if placed[3] else []))
            what = what[placed.end() :]
    return CardError(
        what,
        file=file,
        line=where.line_of(path) if where and path else None,
        key=describe_path(path, data) or None,
        hint=_hint(detail, path),
    )


def _in_words(detail: Any) -> str:
    kind = str(detail["type"])
    if kind == "value_error":
        return str(detail["msg"]).removeprefix("Value error, ")
    wanted = _WANTED.get(kind)
    if wanted is None:
        return str(detail["msg"])
    words = wanted.format(**detail.get("ctx", {}))
    if kind in ("missing", "extra_forbidden", "string_too_short", "too_short"):
        return words
    got = repr(detail["input"])
    return f"{words}, not {got if len(got) <= 40 else got[:37] + '...'}"


def _hint(detail: Any, path: Path) -> str | None:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return near(str(path[-1]), keys_at(path[:-1]))
    if kind == "string_type" and isinstance(detail["input"], int | float):
        return f'write {path[-1]} = "{detail["input"]}"'
    if kind == "missing":
        return f"add a line: {path[-1]} = ..." if path else None
    return None


def near(asked: str, known: list[str]) -> str | None:
    """The question whether a misspelt key was meant to be a known one, or the known keys where they are few."""
    from rapidfuzz import process

    close = [name for name, score, _ in process.extract(asked, known, limit=3) if score >= NEAR]
    if close:
        return f"did you mean {' or '.join(close)}?"
    return f"known: {', '.join(known)}" if 0 < len(known) <= 12 else None


def keys_at(path: Path) -> list[str]:
    """The keys the schema knows at a place."""
    model = _model_at(path)
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def default_at(path: Path) -> Any:
    """What a key is where the card leaves it out; None if it has no default."""
    model = _model_at(path[:-1])
    field = field_named(model, str(path[-1])) if model else None
    if model is None or field is None or model.model_fields[field].is_required():
        return None
    return model.model_fields[field].default


def _model_at(path: Path) -> type[BaseModel] | None:
    kind: Any = RaceCard
    for part in path:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            field = field_named(kind, str(part))
            kind = _plain(kind.model_fields[field].annotation) if field else None
        elif get_origin(kind) in (dict, tuple):
            arguments = get_args(kind)
            kind = _plain(arguments[1] if get_origin(kind) is dict else arguments[0])
        else:
            return None
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _plain(kind: Any) -> Any:
    """A type without `| None`."""
    if get_origin(kind) in (Union, types.UnionType):
        return next(k for k in get_args(kind) if k is not type(None))
    return kind


def field_named(model: type[BaseModel], key: str) -> str | None:
    """The field that a key of the file fills."""
    for name, field in model.model_fields.items():
        if key in (name, field.alias):
            return name
    return None


def describe_path(path: Path, data: Any) -> str:
    """`entries[12] (car 63).drivers[1] (Jan Magnussen).pace_s`: a place for people."""
    text = ""
    node = data
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            node = None
        if isinstance(part, int) and isinstance(node, Mapping):
            if isinstance(node.get("car"), str):
                text += f" (car {node['car']})"
            elif isinstance(node.get("name"), str):
                text += f" ({node['name']})"
    return text
