"""What lies in an event's folder and where it came from: one JSON line a file, in `manifest.jsonl`.

It is read by people, and by whoever wants to know on which data a forecast rested: every line has the time it was
fetched and the SHA-256 of the bytes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "manifest.jsonl"


@dataclass(frozen=True)
class Line:
    """One file. `path` is below the event's folder; times are UTC."""

    path: str
    url: str
    size: int
    sha256: str
    fetched: str
    asked: str
    """When the site was last asked for it."""
    etag: str = ""
    last_modified: str = ""
    listed: str = ""
    """The time the listing printed for it, as printed."""


def read(folder: Path) -> dict[str, Line]:
    """The lines of a folder's manifest by path; a line that cannot be read counts as not there."""
    try:
        text = (folder / NAME).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    lines: dict[str, Line] = {}
    for row in text.splitlines():
        try:
            line = Line(**json.loads(row))
        except (ValueError, TypeError):
            continue
        lines[line.path] = line
    return lines


def write(folder: Path, lines: dict[str, Line]) -> None:
    """Write the manifest anew, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{NAME}.part"
    rows = [json.dumps(asdict(lines[path]), ensure_ascii=False) for path in sorted(lines)]
    part.write_text("\n".join(rows) + "\n", "utf-8")
    part.replace(folder / NAME)


def is_intact(folder: Path, line: Line) -> bool:
    """Whether the file of a line still has the bytes it was fetched with."""
    place = folder / line.path
    try:
        if place.stat().st_size != line.size:
            return False
        with place.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == line.sha256
    except OSError:
        return False
