"""A JSON file as a simulator leaves it: UTF-8, UTF-16 with or without byte-order mark, or the player's code page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from langstrecke.errors import TimingFileError

_LIMIT = 256 * 1024 * 1024
_LARGEST = 2**53
"""No count or time in these files is larger; beyond it floats lose whole numbers."""


def read_bytes(path: str | Path) -> bytes:
    """The bytes of a file. `TimingFileError` where there is none, it is empty, or larger than any such file."""
    place = Path(path)
    try:
        if place.is_dir():
            raise TimingFileError("is a folder, not a file", file=place)
        if not place.is_file():
            raise TimingFileError("no such file", file=place)
        if place.stat().st_size > _LIMIT:
            raise TimingFileError("is larger than any result file (256 MiB)", file=place)
        data = place.read_bytes()
    except (OSError, ValueError) as error:
        raise TimingFileError(f"cannot be read: {error}", file=str(path)) from None
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise TimingFileError("is empty", file=place)
    return data


def decoded(data: bytes) -> tuple[str, bool]:
    """The text, and whether every character of it is sure.

    UTF-16 without byte-order mark is told by where the NUL bytes of its ASCII letters stand. What is no UTF-8 is
    taken for Windows-1252, in which older simulators write names.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _utf16(data, "utf-16")
    head = data[:400]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 4 and min(even, odd) <= len(head) // 40:
        return _utf16(data, "utf-16-le" if odd > even else "utf-16-be")
    try:
        return data.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), False


def _utf16(data: bytes, codec: str) -> tuple[str, bool]:
    try:
        return data.decode(codec).lstrip("\ufeff"), True
    except UnicodeDecodeError:
        return data.decode(codec, errors="replace").lstrip("\ufeff"), False


def read_json(path: str | Path, *, kind: str) -> tuple[Any, bool]:
    """The data of a JSON file and whether its text was sure (`decoded`).

    `TimingFileError` names the line it breaks on.
    """
    text, sure = decoded(read_bytes(path))
    try:
        return json.loads(text, parse_constant=_refuse, parse_int=_whole), sure
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip()) - 1
        what = f"is cut off: {kind} that ends too early" if cut else f"is no whole {kind}: {error.msg}"
        raise TimingFileError(what, file=path, line=error.lineno) from None
    except (ValueError, RecursionError):
        raise TimingFileError(f"is no {kind}: numbers or nesting no such file has", file=path) from None


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _whole(text: str) -> int | None:
    return int(text) if len(text) <= 17 and abs(int(text)) <= _LARGEST else None


def number(value: Any) -> float | None:
    """A JSON number as a float; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    out = float(value)
    return out if abs(out) <= _LARGEST else None


def whole(value: Any) -> int | None:
    """A JSON number without a fraction as an int of 32 bits; None for anything else."""
    out = number(value)
    return int(out) if out is not None and out == int(out) and abs(out) < 2**31 - 1 else None


def text(value: Any) -> str:
    """A JSON string with its blanks collapsed; empty for anything else. Lone surrogates become question marks."""
    if not isinstance(value, str):
        return ""
    clean = "".join(c if c.isprintable() or c.isspace() else " " for c in value)
    return " ".join(clean.encode("utf-8", "replace").decode("utf-8").split())


def table(value: Any) -> dict[str, Any]:
    """A JSON object; empty for anything else."""
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> list[Any]:
    """A JSON array; empty for anything else."""
    return value if isinstance(value, list) else []
