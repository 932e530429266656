"""Files that are sent in: written as they come under a name of our own, not opened here, not longer than allowed."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import time
from collections.abc import AsyncIterator

from langstrecke.errors import LangstreckeError
from langstrecke.services.requests.data import Upload
from langstrecke.services.settings import MEBIBYTE, Settings

ARCHIVES = (
    (0, b"PK\x03\x04", "ZIP"),
    (0, b"PK\x05\x06", "ZIP"),  # without a file in it
    (0, b"PK\x07\x08", "ZIP"),  # in several parts
    (0, b"\x1f\x8b", "gzip"),
    (0, b"\x1f\x9d", "compress"),
    (0, b"7z\xbc\xaf", "7z"),
    (0, b"BZh", "bzip2"),
    (0, b"\xfd7zX", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "Zstandard"),
    (0, b"\x04\x22\x4d\x18", "LZ4"),
    (0, b"LZIP", "lzip"),
    (0, b"MSCF", "cabinet"),
    (0, b"Rar!", "RAR"),
    (257, b"ustar", "tar"),
)
"""Where in a file which bytes tell it to be packed."""
ENDINGS = re.compile(r"\.(zip|gz|tgz|bz2|tbz2?|xz|txz|7z|rar|tar|zst|lz4?|lzma|cab|jar|z)$", re.IGNORECASE)
HEAD = max(place + len(begin) for place, begin, _ in ARCHIVES)
"""Bytes after which it is known whether a file is packed."""
"""Packed files are refused, not opened: a few kilobytes of them can hold gigabytes."""
WAITING = 4
"""As many times the limit of one upload may lie there at once (default)."""
SILENT_S = 30.0
"""A sender of whom nothing comes for this long is sent away (default) ..."""
LONGEST_S = 900.0
"""... and one who has not ended by then (default)."""
FORGOTTEN_S = 3600.0
"""A file nobody has had read by then is dropped (default)."""
LOOK_EVERY = MEBIBYTE
"""Bytes of one file after which it is looked whether all of them have become too many (default)."""


class UploadTooLargeError(LangstreckeError):
    """A file longer than is taken."""


async def receive(settings: Settings, name: str, chunks: AsyncIterator[bytes]) -> Upload:
    """Write a file as it comes in; what it gives goes to `services.import_files`.

    UploadTooLargeError as soon as it is longer than allowed, LangstreckeError for an archive or a sender who stops
    sending; nothing is left behind.
    """
    folder = settings.uploads
    folder.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(_tidy, settings)
    if packed := ENDINGS.search(name):
        raise _archive(name, packed.group(0))
    place = folder / secrets.token_hex(16)
    size = looked = 0
    head = b""
    try:
        with place.open("wb") as file:
            async with asyncio.timeout(LONGEST_S):
                while (chunk := await _soon(chunks)) is not None:
                    if len(head) < HEAD:
                        head += chunk[:HEAD]
                        _refuse_archives(head, name)
                    size += len(chunk)
                    if size > settings.upload_limit:
                        limit = f"{settings.upload_limit / MEBIBYTE:.1f} MiB"
                        raise UploadTooLargeError(f"is longer than {limit}", file=name, hint="send it in parts")
                    await asyncio.to_thread(file.write, chunk)
                    if size - looked > LOOK_EVERY:
                        looked = size
                        await asyncio.to_thread(_tidy, settings)
        if size == 0:
            raise LangstreckeError("is empty", file=name)
    except TimeoutError:
        place.unlink(missing_ok=True)
        raise LangstreckeError("did not come in time", file=name, hint="send it again") from None
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    return Upload(path=place.name, name=name)


async def _soon(chunks: AsyncIterator[bytes]) -> bytes | None:
    """The next chunk, None at the end; TimeoutError where it does not come.

    Not by `asyncio.wait_for`: that of Python 3.11 swallows the outer limit when a chunk comes at the same moment.
    """
    async with asyncio.timeout(SILENT_S):
        return await _next(chunks)


async def _next(chunks: AsyncIterator[bytes]) -> bytes | None:
    """The next chunk; None at the end. (`anext` with a default does not end when it is cancelled.)"""
    try:
        return await anext(chunks)
    except StopAsyncIteration:
        return None


def _tidy(settings: Settings) -> None:
    """Drop files nobody had read. UploadTooLargeError where too much lies here all the same."""
    lying, now = 0, time.time()
    for path in settings.uploads.iterdir():
        with contextlib.suppress(FileNotFoundError):  # one that has just been read
            about = path.stat()
            if path.is_file() and now - about.st_mtime > FORGOTTEN_S:
                path.unlink()
            elif path.is_file():
                lying += about.st_size
    if lying > WAITING * settings.upload_limit:
        raise UploadTooLargeError("too many files lie here unread", hint="import or wait, then send again")


def _refuse_archives(head: bytes, name: str) -> None:
    """Look at the first bytes, however small the chunks they came in."""
    for place, begin, kind in ARCHIVES:
        if head.startswith(begin, place):
            raise _archive(name, kind)


def _archive(name: str, kind: str) -> LangstreckeError:
    return LangstreckeError(f"is a {kind} archive", file=name, hint="unpack it and send the files")


def clear(settings: Settings) -> None:
    """Drop what an earlier run left lying."""
    if settings.uploads.is_dir():
        for path in settings.uploads.iterdir():
            if path.is_file():
                path.unlink(missing_ok=True)
