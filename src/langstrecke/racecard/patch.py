"""A what-if: a small TOML file (or `--set` assignments) that says how a card is to be changed, line by line.

docs/cards.md describes the format. `apply_patch` in `racecard.apply` makes the changed card.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, Literal

from langstrecke.errors import CardError
from langstrecke.formatting import race_time
from langstrecke.racecard.io import read_text
from langstrecke.racecard.layout import Layout, Path, layout
from langstrecke.racecard.problems import near, parse_toml
from langstrecke.racecard.text import value_text

Kind = Literal["drop", "add", "change", "replace", "swap", "set"]

KINDS: dict[Kind, tuple[str, ...]] = {
    "drop": ("car",),
    "add": ("car",),
    "change": ("car",),
    "replace": ("car", "out", "in"),
    "swap": ("drivers",),
}
"""The lists of a patch in the order they are applied, with the keys each element must have."""

OPEN_KINDS = ("add", "change")
"""Kinds whose elements hold keys of an entry besides."""

UNSURE_KINDS = ("change", "replace", "swap")
"""Kinds that may be played in a share of the races: they leave the cars of the card as they are."""

UNSURE_KEYS = ("probability", "claim")

SET_FORMS = ("value", "plus", "times")


@dataclass(frozen=True)
class Edit:
    """One change: what kind, where it stands in the patch, what it says and why."""

    kind: Kind
    key: str  # as errors name it: drop[0] (car 38), entries.63.pace_s
    parts: tuple[str, ...]  # of a `set`: the dotted key
    values: Mapping[str, Any]
    reason: str = ""
    line: int | None = None
    probability: float = 1.0
    """The share of the races it is played in."""
    claim: str = ""
    """Changes of one claim are played together."""

    def describe(self) -> str:
        """The change in words, with how often it is played and its reason."""
        share = f", played in {100 * self.probability:.4g} % of the races" if self.probability < 1 else ""
        return self._what() + share + (f": {self.reason}" if self.reason else "")

    def _what(self) -> str:
        v = self.values
        if self.kind == "set":
            key = ".".join(self.parts)
            if key == "weather.scenario" and (told := _weather(v.get("value"))):
                return told
            if "plus" in v:
                return f"{key} changed by {v['plus']:+}"
            return f"{key} times {v['times']}" if "times" in v else f"{key} = {value_text(v['value'])}"
        if self.kind == "drop":
            return f"car {v['car']} withdrawn"
        if self.kind == "add":
            return f"car {v['car']} added" + (f", like car {v['like']}" if "like" in v else "")
        if self.kind == "replace":
            new = v["in"]["name"] if isinstance(v["in"], Mapping) else v["in"]
            return f"car {v['car']}: {new} for {v['out']}"
        if self.kind == "swap":
            return f"{v['drivers'][0]} and {v['drivers'][1]} swap cars"
        others = ", ".join(f"{k} = {value_text(x)}" for k, x in v.items() if k != "car")
        return f"car {v['car']}: {others}"


def _weather(scenario: Any) -> str:
    """A weather scenario in words; empty for what is none (the card says what is wrong with it)."""
    try:
        turns = [(float(at), float(rain)) for at, rain in scenario]
    except (TypeError, ValueError):
        return ""
    if not turns:
        return ""
    words = [
        (f"rain of intensity {rain:g}" if rain > 0.0 else "dry") + (f" from {race_time(at)}" if at > 0.0 else "")
        for at, rain in turns
    ]
    return f"weather: {', '.join(words)}{' throughout' if len(turns) == 1 and turns[0][0] <= 0.0 else ''}"


@dataclass(frozen=True)
class Patch:
    """A what-if. `file` is what errors call it."""

    edits: tuple[Edit, ...]
    title: str = ""
    file: str | None = None

    def describe(self) -> tuple[str, ...]:
        """Every change in words."""
        return tuple(edit.describe() for edit in self.edits)


def read_patch(source: str | FilePath) -> Patch:
    """A what-if from a TOML file, or from TOML text (a string of more than one line)."""
    text, file = read_text(source, kind="patch")
    return patch_from_data(parse_toml(text, file), layout(text), file)


def patch_from_data(data: Mapping[str, Any], where: Layout | None = None, file: str | None = None) -> Patch:
    """A what-if from what its TOML says. CardError for anything that is no patch."""
    known = ["title", *KINDS, "set"]
    for key in data:
        if key not in known:
            raise _error("is no table of a patch", file, where, (key,), key, near(key, known))
    title = data.get("title", "")
    if not isinstance(title, str):
        raise _error("must be text in quotes", file, where, ("title",), "title")
    edits: list[Edit] = []
    for kind in KINDS:
        edits += _list_edits(kind, data.get(kind, []), where, file)
    settings = data.get("set", {})
    if not isinstance(settings, Mapping):
        raise _error("must be a table: [set]", file, where, ("set",), "set")
    edits += _set_edits(settings, (), where, file)
    return Patch(tuple(edits), title, file)


def assignments(texts: Iterable[str]) -> Patch:
    """A what-if from `key=value` texts of the command line; the value is TOML, and plain words pass as text."""
    edits: list[Edit] = []
    for text in texts:
        key, mark, value = text.partition("=")
        parts = _dotted(key)
        if not mark or not parts:
            raise CardError(f"{text!r} is no assignment", file="--set", hint="write --set classes.DPi.lap_s=93.4")
        edits += _set_edits(_nested(parts, _toml_value(value.strip())), (), None, "--set")
    return Patch(tuple(edits), file="--set")


def patch_of(changes: Mapping[str, Any], file: str = "the change") -> Patch:
    """A what-if from a dictionary: `{"entries.01.penalty_s": 60}`; keys dotted as in `--set`, values those of TOML.

    The lists of a patch go in too: `{"drop": [{"car": "5"}]}`. CardError names what is no key of a card.
    """
    named = {key: value for key, value in changes.items() if key in ("title", "set", *KINDS)}
    found = patch_from_data(named, file=file)
    edits = list(found.edits)
    for key, value in changes.items():
        if key in named:
            continue
        parts = _dotted(str(key))
        if not parts:
            raise CardError(f"{key!r} is no key of a card", file=file, hint="such as entries.01.penalty_s")
        edits += _set_edits(_nested(parts, value), (), None, file)
    return Patch(tuple(edits), found.title, file)


def joined(patches: Iterable[Patch]) -> Patch:
    """Several what-ifs as one, applied in this order of kinds and patches."""
    every = list(patches)
    order = [*KINDS, "set"]
    edits = sorted((e for p in every for e in p.edits), key=lambda e: order.index(e.kind))
    titles = [p.title for p in every if p.title]
    files = [p.file for p in every if p.file and p.edits]
    return Patch(tuple(edits), "; ".join(titles), " and ".join(files) or None)


def _dotted(key: str) -> list[str]:
    """The parts of a dotted key; parts with dots or blanks stand in quotes, a lone * means all."""
    found = re.findall(r'"([^"]*)"|\'([^\']*)\'|([^."\']+)', key.strip())
    return [(a or b or c).strip() for a, b, c in found]


def _nested(parts: list[str], value: Any) -> dict[str, Any]:
    for part in reversed(parts):
        value = {part: value}
    nested: dict[str, Any] = value
    return nested


def _toml_value(text: str) -> Any:
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except (ValueError, RecursionError):
        return text


def _error(
    what: str, file: str | None, where: Layout | None, path: Path, key: str, hint: str | None = None
) -> CardError:
    return CardError(what, file=file, line=where.line_of(path) if where else None, key=key, hint=hint)


def _list_edits(kind: Kind, tables: Any, where: Layout | None, file: str | None) -> list[Edit]:
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        raise _error(f"must be a list of tables: [[{kind}]]", file, where, (kind,), kind)
    edits = []
    for number, table in enumerate(tables):
        path: Path = (kind, number)
        name = f"{kind}[{number}]"
        if isinstance(table.get("car"), str):
            name += f" (car {table['car']})"
        _check_table(kind, table, name, path, where, file)
        values = {key: value for key, value in table.items() if key not in ("reason", *UNSURE_KEYS)}
        line = where.line_of(path) if where else None
        probability, claim = float(table.get("probability", 1.0)), table.get("claim", "")
        edits.append(Edit(kind, name, (), values, str(table.get("reason", "")), line, probability, claim))
    return edits


def _check_table(
    kind: Kind, table: Mapping[str, Any], name: str, path: Path, where: Layout | None, file: str | None
) -> None:
    needed = KINDS[kind]
    for key in needed:
        if key not in table:
            raise _error("is missing", file, where, path, f"{name}.{key}", f"a [[{kind}]] needs {', '.join(needed)}")
    for key, value in table.items():
        at = (*path, key)
        if key in ("car", "out", "reason", "like", "claim") and not isinstance(value, str):
            raise _error("must be text in quotes", file, where, at, f"{name}.{key}")
        if key in UNSURE_KEYS and kind not in UNSURE_KINDS:
            raise _error(
                f"does not go with [[{kind}]]", file, where, at, f"{name}.{key}", "only line-ups can be unsure"
            )
        if key == "probability" and not _is_probability(value):
            raise _error(
                f"must be a number between 0 and 1, not {value_text(value)}", file, where, at, f"{name}.{key}"
            )
        if key not in (*needed, "reason", *UNSURE_KEYS) and kind not in OPEN_KINDS:
            hint = near(key, [*needed, "reason"])
            raise _error(f"is no key of [[{kind}]]", file, where, at, f"{name}.{key}", hint)
    if "class" in table and table.get("probability", 1) < 1 and kind == "change":
        what = "a change of class is played in every race or in none"
        raise _error(what, file, where, (*path, "class"), f"{name}.class", "leave its probability out")
    if kind == "swap":
        pair = table["drivers"]
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(d, str) for d in pair)):
            raise _error("must name two drivers", file, where, (*path, "drivers"), f"{name}.drivers")
    if kind == "replace":
        new = table["in"]
        if not (isinstance(new, str) or (isinstance(new, Mapping) and isinstance(new.get("name"), str))):
            hint = 'write in = "Kevin Magnussen" or in = { name = "Kevin Magnussen", licence = "platinum" }'
            raise _error("must be a driver", file, where, (*path, "in"), f"{name}.in", hint)


def _is_probability(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _set_edits(
    table: Mapping[str, Any], parts: tuple[str, ...], where: Layout | None, file: str | None
) -> list[Edit]:
    edits = []
    for key, value in table.items():
        here = (*parts, key)
        form = _form(value)
        if form is None:
            edits += _set_edits(value, here, where, file)
            continue
        dotted = ".".join(here)
        line = where.line_of(("set", *here)) if where else None
        reason = form.pop("reason", "")
        if len(form) != 1:
            raise CardError("takes one of value, plus and times", file=file, line=line, key=dotted)
        for way in ("plus", "times"):
            number = form.get(way, 0)
            if isinstance(number, bool) or not isinstance(number, int | float):
                raise CardError(f"{way} must be a number", file=file, line=line, key=dotted)
        edits.append(Edit("set", dotted, here, form, str(reason), line))
    return edits


def _form(value: Any) -> dict[str, Any] | None:
    """What a key is set to; None for a table that only holds further keys."""
    if not isinstance(value, Mapping):
        return {"value": value}
    if any(way in value for way in SET_FORMS) and set(value) <= {*SET_FORMS, "reason"}:
        return dict(value)
    return None
