"""Files people drop on a page: received as the API receives them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langstrecke.services.uploads import receive

if TYPE_CHECKING:
    from langstrecke.services.settings import Settings


def safe_ending(name: str) -> str:
    """The ending of a file's name, short and of letters only; it says what kind of text the file holds."""
    found = re.search(r"\.([A-Za-z]{1,5})$", name)
    return f".{found[1].lower()}" if found else ".txt"


async def kept_file(settings: Settings, file: Any) -> Path:
    """An upload under a name of our own and with its own ending. LangstreckeError for one that is not taken."""
    upload = await receive(settings, file.name, file.iterate())
    path = settings.uploads / upload.path
    return path.rename(path.with_suffix(safe_ending(file.name)))
