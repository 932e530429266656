"""Files people drop on a page: kept under a name of our own until they are read."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langstrecke.web.settings import Settings


def safe_name(name: str) -> str:
    """The last part of a name, of letters, digits, dots and dashes only; never hidden, never empty, never long."""
    last = re.split(r"[/\\]", name)[-1]
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", last).lstrip(".-")
    return plain[-120:].lstrip(".-") or "file"


async def kept_file(settings: Settings, file: Any) -> Path:
    """Save an upload under a name no other has; its end says what it is."""
    settings.uploads.mkdir(parents=True, exist_ok=True)
    path = settings.uploads / f"{secrets.token_hex(8)}-{safe_name(file.name)}"
    await file.save(path)
    return path
