"""Errors written for people: what is wrong, where it stands, what to do about it."""

from __future__ import annotations

from pathlib import Path

LONGEST_NAME = 60
"""An unknown name is quoted up to this many letters."""
FEW = 15
"""Up to this many known names are listed where none is close."""


class LangstreckeError(Exception):
    """Something the user can put right. The command line prints it as one line and exits with 2.

    `what` says what is wrong, `file`, `line` and `key` where, `hint` what to do.
    """

    def __init__(
        self,
        what: str,
        *,
        file: str | Path | None = None,
        line: int | None = None,
        key: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.what = what
        self.file = str(file) if file is not None else None
        self.line = line
        self.key = key
        self.hint = hint
        super().__init__(self.message())

    def message(self) -> str:
        """The one-line text: place, what, hint."""
        place = ""
        if self.file:
            place = self.file
            if self.line is not None:
                place += f", line {self.line}"
        if self.key:
            place += f", key {self.key}" if place else f"key {self.key}"
        text = f"{place}: {self.what}" if place else self.what
        return f"{text} ({self.hint})" if self.hint else text


class TimingFileError(LangstreckeError):
    """A timing, result or weather file that cannot be read."""


class StoreError(LangstreckeError):
    """The store cannot be opened, or does not hold what was asked for."""


class ArchiveError(LangstreckeError):
    """A public archive that cannot be reached, or answers otherwise than it used to."""


class CardError(LangstreckeError):
    """A race card, patch or rule book that does not hold together."""


class NotFoundError(LangstreckeError):
    """A race, car, driver, series or season that is not known; names the nearest known ones."""

    @classmethod
    def nearest(cls, kind: str, asked: str, known: list[str], *, hint: str | None = None) -> NotFoundError:
        """An error for an unknown name that lists up to four close ones (RapidFuzz WRatio, case set aside).

        Where none is close and there are few, it lists them all.
        """
        from rapidfuzz import process, utils

        shown = asked if len(asked) <= LONGEST_NAME else asked[:LONGEST_NAME] + "…"
        names = list(dict.fromkeys(known))
        found = process.extract(shown, names, processor=utils.default_process, limit=4)
        close = [name for name, score, _ in found if score > 45]
        what = f"no {kind} is called {shown!r}"
        if close:
            what += "; did you mean " + ", ".join(repr(c) for c in close) + "?"
        elif 0 < len(known) <= FEW:
            what += "; known: " + ", ".join(known)
        return cls(what, hint=hint)
