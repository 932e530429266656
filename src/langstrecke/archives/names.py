"""Names a site lists, made into names of folders and files: nothing that leads elsewhere, nothing a disk refuses."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from urllib.parse import unquote

from langstrecke.errors import ArchiveError

LONGEST = 160
"""Bytes of one name; file systems take 255, and a name may grow by `.part`."""
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f\u2028\u2029]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def decoded(text: str) -> str:
    """A name out of a link: percent signs undone once, as UTF-8 where it is, else as Latin-1; composed letters."""
    try:
        plain = unquote(text, encoding="utf-8", errors="strict")
    except UnicodeDecodeError:
        plain = unquote(text, encoding="cp1252", errors="replace")
    return unicodedata.normalize("NFC", plain)


def is_plain(name: str) -> bool:
    """Whether a decoded name is one name: no way up, no second folder, no hidden file."""
    return bool(name.strip()) and not name.startswith(".") and not re.search(r"[/\\\x00]", name)


def on_disk(name: str) -> str:
    """The same name as any disk takes it: what some forbid becomes `_`, length held. ArchiveError if not plain."""
    if not is_plain(name):
        raise ArchiveError(f"the site lists a name that leads elsewhere, {name!r}; it is not fetched")
    kept = _FORBIDDEN.sub("_", name).strip().rstrip(".")
    if _RESERVED.match(kept):
        kept = f"_{kept}"
    raw = kept.encode("utf-8")
    if len(raw) > LONGEST:
        stem, dot, end = kept.rpartition(".")
        end = f"{dot}{end}" if stem and len(end) <= 8 else ""
        kept = raw[: LONGEST - len(end.encode())].decode("utf-8", "ignore").rstrip() + end
    if not kept:
        raise ArchiveError(f"the site lists a name that no disk takes, {name!r}")
    return kept


def below(root: Path, path: tuple[str, ...]) -> Path:
    """The place of `path` below `root`. ArchiveError where it would lie outside."""
    place = root.joinpath(*(on_disk(part) for part in path))
    if not place.resolve().is_relative_to(root.resolve()):
        raise ArchiveError(f"{'/'.join(path)} would lie outside {root}; it is not fetched")
    return place
