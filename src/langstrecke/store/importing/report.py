"""What one import did, file by file and counted."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FileNotes:
    """What was left out of one file or should be known of it (`notes`), or why it was left out whole (`failed`)."""

    file: str
    notes: tuple[str, ...]
    failed: bool = False


@dataclass
class ImportReport:
    """What one import did. `files` are those looked at, `failed` those that could not be read or filed,
    `superseded` those of a session that has a better one, `other` those that are no timing files; each of the last
    three is named in `notes`.
    """

    files: int = 0
    imported: int = 0
    unchanged: int = 0
    replaced: int = 0
    superseded: int = 0
    copies: int = 0
    failed: int = 0
    other: int = 0
    laps: int = 0
    dropped: int = 0
    sessions: list[str] = field(default_factory=list)
    races: list[str] = field(default_factory=list)
    notes: list[FileNotes] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    """The files counted as `other`."""
