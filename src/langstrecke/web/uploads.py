"""Files that are sent in: written as they come under a name of our own, not opened here, not longer than allowed."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

from langstrecke.errors import LangstreckeError
from langstrecke.web.services_models import Upload
from langstrecke.web.settings import MEBIBYTE, Settings

ARCHIVES = {
    b"PK\x03\x04": "ZIP",
    b"\x1f\x8b": "gzip",
    b"7z\xbc\xaf": "7z",
    b"BZh": "bzip2",
    b"\xfd7zX": "xz",
    b"Rar!": "RAR",
}
"""Packed files are refused, not opened: a few kilobytes of them can hold gigabytes."""
WAITING = 4
"""As many times the limit of one upload may lie there at once (default)."""


class UploadTooLargeError(LangstreckeError):
    """A file longer than is taken."""


async def receive(settings: Settings, name: str, chunks: AsyncIterator[bytes]) -> Upload:
    """Write a file as it comes in; what it gives goes to `services.import_files`.

    UploadTooLargeError as soon as it is longer than allowed, LangstreckeError for an archive; nothing is left behind.
    """
    folder = settings.uploads
    folder.mkdir(parents=True, exist_ok=True)
    lying = await asyncio.to_thread(_size, folder)
    if lying > WAITING * settings.upload_limit:
        raise UploadTooLargeError("too many files lie here unread", hint="import or wait, then send again")
    place = folder / secrets.token_hex(16)
    size = 0
    try:
        with place.open("wb") as file:
            async for chunk in chunks:
                if size == 0 and chunk:
                    _refuse_archives(chunk, name)
                size += len(chunk)
                if size > settings.upload_limit:
                    limit = f"{settings.upload_limit / MEBIBYTE:.1f} MiB"
                    raise UploadTooLargeError(f"is longer than {limit}", file=name, hint="send it in parts")
                await asyncio.to_thread(file.write, chunk)
        if size == 0:
            raise LangstreckeError("is empty", file=name)
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    return Upload(path=place.name, name=name)


def _refuse_archives(chunk: bytes, name: str) -> None:
    for begin, kind in ARCHIVES.items():
        if chunk.startswith(begin):
            raise LangstreckeError(f"is a {kind} archive", file=name, hint="unpack it and send the files")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())


def clear(settings: Settings) -> None:
    """Drop what an earlier run left lying."""
    if settings.uploads.is_dir():
        for path in settings.uploads.iterdir():
            if path.is_file():
                path.unlink(missing_ok=True)
