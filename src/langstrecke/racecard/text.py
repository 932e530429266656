"""A card as TOML text that a person can read and edit."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from langstrecke.racecard.schema import RaceCard

HEADER = """\
# A race card of Langstrecke: all it takes to play one race. docs/cards.md explains every key.
# Units: _s seconds, _per_h events per hour, shares and probabilities 0 to 1, pace in seconds per lap against the
# class (negative is faster). x_sd: standard deviation of what is not known about x; x_log_sd: the same for log x.
"""

SECTIONS = ("race", "circuit", "neutralisation", "weather")
LISTS = ("entries", "result")
WHOLE_FROM = 100.0
"""Whole numbers from here on are written without a decimal point."""


def rounded(card: RaceCard) -> RaceCard:
    """The card with its figures as they are written: three decimals or four significant digits, the finer of both."""
    return RaceCard.model_validate(_round_model(card))


def _round_model(model: BaseModel) -> dict[str, Any]:
    kind = type(model)
    return {
        name: _round(getattr(model, name), field)
        for name, field in kind.model_fields.items()
        if name in model.model_fields_set or getattr(model, name) != field.default
    }


def _round(value: Any, field: FieldInfo | None = None) -> Any:
    if isinstance(value, BaseModel):
        return _round_model(value)
    if isinstance(value, Mapping):
        return {key: _round(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_round(item) for item in value)
    if isinstance(value, float):
        short = round_figure(value)
        bounds = [m.gt for m in (field.metadata if field else []) if isinstance(m, annotated_types.Gt)]
        # A figure that must be more than 1 may not be rounded onto 1.
        return value if any(short == bound for bound in bounds) else short
    return value


def round_figure(value: float) -> float:
    """Three decimals or four significant digits, whichever is finer."""
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, max(3, 3 - math.floor(math.log10(abs(value)))))


def plain(model: BaseModel, *, all_keys: bool) -> dict[str, Any]:
    """The keys and values of one table as the file names them; `all_keys` keeps those that hold their default.

    What has no value is left out: TOML knows no null.
    """
    data: dict[str, Any] = {}
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if value is None or (not all_keys and not field.is_required() and value == field.default):
            continue
        data[field.alias or name] = _plain_value(value)
    return data


def _plain_value(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return plain(value, all_keys=False)
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain_value(item) for key, item in value.items()}
    if isinstance(value, dt.time) and value.tzinfo is not None:
        return value.isoformat()
    return value


def key_text(key: str) -> str:
    """A key, quoted where TOML asks for it."""
    from tomlkit.items import SingleKey  # here, not above: whoever only reads cards does without

    return SingleKey(key).as_string()


def value_text(value: Any) -> str:
    """A value as TOML on one line; drivers one a line."""
    if isinstance(value, float) and value.is_integer() and WHOLE_FROM <= abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key_text(k)} = {value_text(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], Mapping):
            return "[\n" + "".join(f"    {value_text(item)},\n" for item in value) + "]"
        return "[" + ", ".join(value_text(item) for item in value) + "]"
    import tomlkit

    text: str = tomlkit.item(value).as_string()
    return text


def table_text(header: str, data: Mapping[str, Any]) -> str:
    """One table with its header line."""
    body = "".join(f"{key_text(key)} = {value_text(value)}\n" for key, value in data.items())
    return f"{header}\n{body}"


def card_tables(card: RaceCard) -> list[tuple[tuple[str, ...], BaseModel]]:
    """Every table of the file in order: ("race",), ("classes", name), ("entries", car), ("result", car)."""
    tables: list[tuple[tuple[str, ...], BaseModel]] = [((name,), getattr(card, name)) for name in SECTIONS]
    tables += [(("classes", name), figures) for name, figures in card.classes.items()]
    tables += [(("entries", entry.car), entry) for entry in card.entries]
    tables += [(("result", row.car), row) for row in card.result]
    return tables


def header_text(path: tuple[str, ...]) -> str:
    """The header line of a table."""
    if path[0] in LISTS:
        return f"[[{path[0]}]]"
    return f"[{'.'.join(key_text(part) for part in path)}]"


def fresh_table(path: tuple[str, ...], model: BaseModel) -> str:
    """A table as a new file holds it: sections and classes with every figure, entries with what is theirs."""
    data = plain(model, all_keys=path[0] not in LISTS)
    essential = plain(model, all_keys=False)
    return table_text(header_text(path), {k: v for k, v in data.items() if v not in ("", []) or k in essential})


def card_text(card: RaceCard) -> str:
    """The whole card as a new file."""
    parts = [f"{HEADER}schema = {card.schema_version}\n"]
    parts += [fresh_table(path, model) for path, model in card_tables(rounded(card))]
    return "\n".join(parts)
