"""Rewriting a card's file in place: what a person wrote beside the figures (comments, order, spelling) stays.

The text is cut at its table headers into blocks; each block's keys are brought up to date on their own, so a
comment stays with the entry it stands in or above. Where the file is arranged in a way this does not know (dotted
keys, sections as inline tables) `updated_text` returns None, and the caller writes the card afresh.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import tomlkit
from pydantic import BaseModel
from tomlkit.exceptions import TOMLKitError

from langstrecke.errors import CardError
from langstrecke.racecard.layout import Path, layout
from langstrecke.racecard.problems import parse_toml
from langstrecke.racecard.schema import Driver, Entry, RaceCard
from langstrecke.racecard.text import (
    LISTS,
    SECTIONS,
    card_tables,
    fresh_table,
    key_text,
    plain,
    round_figure,
    rounded,
    value_text,
)

Name = tuple[str, ...]
"""What a block is about: ("race",), ("classes", class), ("entries", car), ("entries", car, driver), ..."""


@dataclass(frozen=True)
class Block:
    """One table of the file: what stands above its header, the header line, and its keys."""

    name: Name
    lead: str
    header: str
    body: str


def updated_text(text: str, card: RaceCard) -> str | None:
    """`text`, an existing card, changed to say what `card` says. None where its structure is not one we know."""
    newline = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n")
    try:
        preamble, blocks = _blocks(text)
        result = _assemble(preamble, blocks, card)
    except (CardError, _UnknownStructureError, TOMLKitError):
        return None
    return result.replace("\n", newline)


class _UnknownStructureError(Exception):
    """The file is arranged in a way that cannot be updated block by block."""


def _blocks(text: str) -> tuple[str, list[Block]]:
    """The text before the first header, and the blocks."""
    data = parse_toml(text, None)
    # Not splitlines(): it also breaks at separators that may stand inside a string.
    lines = [line + "\n" for line in text.removesuffix("\n").split("\n")]
    headers = layout(text).headers
    starts = [header.line - 1 for header in headers]
    preamble, lead = _split_tail(lines[: starts[0]] if starts else lines, last=not starts)
    blocks: list[Block] = []
    for number, header in enumerate(headers):
        last = number == len(headers) - 1
        end = len(lines) if last else starts[number + 1]
        body, next_lead = _split_tail(lines[starts[number] + 1 : end], last=last)
        blocks.append(Block(_name(header.path, data), lead, lines[starts[number]], body))
        lead = next_lead
    if len({block.name for block in blocks}) != len(blocks):
        raise _UnknownStructureError
    return preamble, blocks


def _split_tail(lines: list[str], *, last: bool) -> tuple[str, str]:
    """Keys with their comments, and what stands above the next header.

    Comments right under the last key belong to it if a blank line follows them.
    """
    if last:
        return "".join(lines), ""
    keys = [n for n, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
    cut = keys[-1] + 1 if keys else 0
    below = cut
    while below < len(lines) and lines[below].strip():
        below += 1
    if below < len(lines):
        cut = below
    return "".join(lines[:cut]), "".join(lines[cut:])


def _name(path: Path, data: Mapping[str, Any]) -> Name:
    """What a header is about: elements of lists by car and driver, not by their number."""
    if len(path) == 1 and path[0] in SECTIONS:
        return (str(path[0]),)
    if len(path) == 2 and path[0] == "classes":
        return ("classes", str(path[1]))
    if len(path) in (2, 4) and path[0] in LISTS and isinstance(path[1], int):
        table = data[str(path[0])][path[1]]
        if len(path) == 2:
            return (str(path[0]), str(table["car"]))
        if path[2] == "drivers" and isinstance(path[3], int):
            return ("entries", str(table["car"]), str(table["drivers"][path[3]]["name"]))
    raise _UnknownStructureError


def _assemble(preamble: str, blocks: list[Block], card: RaceCard) -> str:
    models = dict(card_tables(card))
    if len(models) != len(card_tables(card)):
        raise _UnknownStructureError
    by_name = {block.name: block for block in blocks}
    text = _merged(preamble, {"schema": card.schema_version}, {})
    wanted = [name for name in models if name in by_name or plain(models[name], all_keys=False)]
    for name in _order([block.name for block in blocks], wanted):
        model = models[name]
        if name not in by_name:
            gap = "" if text.endswith("\n\n") or not text else "\n"
            text += gap + fresh_table(name, _rounded_model(card, name))
            continue
        block = by_name[name]
        own_drivers = [b for b in blocks if len(b.name) == 3 and b.name[:2] == name]
        text += _updated(block, model, skip={"drivers"} if own_drivers else set())
        if own_drivers and isinstance(model, Entry):
            text += _driver_blocks(own_drivers, model)
    return text


def _rounded_model(card: RaceCard, name: Name) -> BaseModel:
    return dict(card_tables(rounded(card)))[name]


def _order(present: list[Name], wanted: list[Name]) -> list[Name]:
    """The file's order where the card leaves it free; entries and results stand as in the card."""
    kept = [name for name in present if name in wanted]
    for section in LISTS:
        slots = [n for n, name in enumerate(kept) if name[0] == section]
        in_order = [name for name in wanted if name[0] == section and name in kept]
        for slot, name in zip(slots, in_order, strict=True):
            kept[slot] = name
    for number, name in enumerate(wanted):
        if name not in kept:
            kept.insert(kept.index(wanted[number - 1]) + 1 if number else 0, name)
    return kept


def _updated(block: Block, model: BaseModel, skip: set[str]) -> str:
    full = {k: v for k, v in plain(model, all_keys=True).items() if k not in skip}
    short = {k: v for k, v in plain(model, all_keys=False).items() if k not in skip}
    return block.lead + block.header + _merged(block.body, full, short)


def _driver_blocks(blocks: list[Block], entry: Entry) -> str:
    by_name = {block.name[2]: block for block in blocks}
    text = ""
    for driver in entry.drivers:
        block = by_name.get(driver.name)
        if block is None:
            block = Block((), "\n", "[[entries.drivers]]\n", "")
        text += _updated(block, driver, skip=set())
    return text


def _merged(body: str, full: Mapping[str, Any], short: Mapping[str, Any]) -> str:
    """The keys of one table brought up to date: `full` is what they are to be, `short` without the defaults."""
    document = tomlkit.parse(body)
    present = document.unwrap()
    for key in present:
        if key not in full:
            document.remove(key)
        elif present[key] != full[key] and not _merged_list(document[key], present[key], full[key], short):
            document[key] = _item(full[key])
    text = document.as_string()
    if text and not text.endswith("\n"):
        text += "\n"
    missing = {key: value for key, value in short.items() if key not in present}
    return text + "".join(f"{key_text(key)} = {value_text(_round_plain(value))}\n" for key, value in missing.items())


def _item(value: Any) -> Any:
    return tomlkit.parse(f"x = {value_text(_round_plain(value))}")["x"]


def _round_plain(value: Any) -> Any:
    if isinstance(value, float):
        return round_figure(value)
    if isinstance(value, list):
        return [_round_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _round_plain(item) for key, item in value.items()}
    return value


def _merged_list(array: Any, present: Any, wanted: Any, short: Mapping[str, Any]) -> bool:
    """Update drivers one by one where they are the same people, so that each line keeps its comment."""
    if not (isinstance(wanted, list) and wanted and isinstance(wanted[0], Mapping)):
        return False
    if [d.get("name") for d in present] != [d["name"] for d in wanted]:
        return False
    for table, old, new in zip(array, present, wanted, strict=True):
        for key in old:
            if key not in new and not _is_default(key, old[key]):
                del table[key]
        for key, value in new.items():
            if old.get(key) != value:
                table[key] = _item(value)
    return True


def _is_default(key: str, value: Any) -> bool:
    return bool(Driver.model_fields[key].default == value)
