"""A what-if as TOML text, put together change by change; what a person wrote in between stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from langstrecke.errors import CardError


def _parsed(text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise CardError(f"not TOML: {error}", file="the what-if", hint="mend it, or start afresh") from None


def with_change(text: str, kind: str, values: Mapping[str, Any]) -> str:
    """The text with one more `[[kind]]`: replace, swap, drop, change. CardError if the text is no TOML."""
    document = _parsed(text)
    item = tomlkit.table()
    for key, value in values.items():
        item.add(key, value)
    kept = document.get(kind)
    if kept is None:
        kept = tomlkit.aot()
        settings = document.pop("set", None)  # `[set]` stays last, as docs/cards.md has it
        document.add(kind, kept)
        kept.append(item)
        if settings is not None:
            document.add("set", settings)
    else:
        kept.append(item)
    return _tidy(document)


def with_setting(text: str, key: Sequence[str], value: Any) -> str:
    """The text with a figure set: `("weather", "wet_start"), 0.8`; what it was set to before is replaced."""
    document = _parsed(text)
    if "set" not in document:
        document.add("set", tomlkit.table())
    table: Any = document["set"]
    for part in key[:-1]:
        if part not in table:
            table.add(part, tomlkit.table())
        table = table[part]
    table[key[-1]] = value
    return _tidy(document)


def _tidy(document: tomlkit.TOMLDocument) -> str:
    text = tomlkit.dumps(document)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip() + "\n"
