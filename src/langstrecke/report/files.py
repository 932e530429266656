"""Writing a result to a file: all of it or nothing."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from langstrecke.errors import LangstreckeError


def write_whole(path: str | Path, text: str) -> None:
    """Write text to a file, folders made as needed; what fails half-way leaves the old file as it was."""
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise LangstreckeError(f"cannot be written: {error.strerror or error}", file=path) from None
