"""One file onto the disk: in a `.part` beside it, taken up again where it broke off, checked, and only then named."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from langstrecke.archives.client import Client, looks_like_html
from langstrecke.archives.model import Remote
from langstrecke.errors import ArchiveError

if TYPE_CHECKING:
    import httpx2

MEBIBYTE = 1024 * 1024
_RANGE = re.compile(r"^bytes (\d+)-(\d+)/(\d+|\*)$")
_ROUNDING = 0.06
"""A listing prints sizes with two figures ("1.2M"): a file this far off is another one."""

Arrived = Callable[[int], None]
"""Called with the bytes that came."""


@dataclass(frozen=True)
class Got:
    """What came: `changed` is false where the site said that the file here is the newest."""

    changed: bool
    size: int = 0
    sha256: str = ""
    etag: str = ""
    last_modified: str = ""
    resumed: bool = False


@dataclass(frozen=True)
class _Part:
    """What is known of a half file: whose it is, and how to tell that the site still has the same one."""

    url: str
    etag: str
    last_modified: str

    @property
    def validator(self) -> str:
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified


def download(
    client: Client,
    remote: Remote,
    place: Path,
    limit: int,
    *,
    etag: str = "",
    last_modified: str = "",
    arrived: Arrived | None = None,
) -> Got:
    """Fetch `remote` to `place`; `etag` and `last_modified` are those of the file that lies there, if one does.

    At most `limit` bytes. A half file of an earlier run is continued where the site can tell that it is the same
    file still, else begun anew. ArchiveError where the answer is a page instead of a file, is cut off, too large, or
    not of the size told; the half file stays for the next try.
    """  # fmt: skip
    place.parent.mkdir(parents=True, exist_ok=True)
    part, about = place.with_name(place.name + ".part"), place.with_name(place.name + ".part.about")
    for attempt in range(1, client.manners.tries + 1):
        try:
            return _attempt(client, remote, place, part, about, limit, etag, last_modified, arrived)
        except _CutOffError as error:
            if attempt == client.manners.tries:
                raise ArchiveError(str(error), hint="the half is kept; the same command goes on from there") from None
    raise AssertionError


class _CutOffError(Exception):
    """The connection ended before the file did."""


def _attempt(
    client: Client, remote: Remote, place: Path, part: Path, about: Path, limit: int, etag: str, last_modified: str,
    arrived: Arrived | None,
) -> Got:  # fmt: skip
    known = _known(about, remote.url) if part.exists() else None
    have = part.stat().st_size if known is not None and known.validator else 0
    headers: dict[str, str] = {}
    if have:
        headers = {"Range": f"bytes={have}-", "If-Range": known.validator if known else ""}
    elif place.exists():
        headers = {k: v for k, v in (("If-None-Match", etag), ("If-Modified-Since", last_modified)) if v}
    with client.stream(remote.url, headers) as response:
        if response.status_code == 304:
            return Got(changed=False)
        if response.status_code == 416:  # the half is as long as the file, or the file has become shorter
            _forget(part, about)
            raise _CutOffError(f"{remote.url} is shorter now than the half that was here")
        go_on = response.status_code == 206
        if go_on and not _continues(response, have):
            _forget(part, about)
            raise _CutOffError(f"{remote.url} was not continued where it broke off")
        total = _total(response, have if go_on else 0)
        _check_told(remote, total, limit)
        mark = _Part(remote.url, response.headers.get("etag", ""), response.headers.get("last-modified", ""))
        about.write_text(json.dumps(asdict(mark)), "utf-8")
        size, why = _write(response, remote, part, have if go_on else 0, limit, arrived)
    if why or (total is not None and size < total):
        of = f" of {total:,}" if total is not None else ""
        raise _CutOffError(f"{remote.url} {why or 'broke off'} after {size:,}{of} bytes")
    if total is not None and size > total:
        _forget(part, about)
        raise ArchiveError(f"{remote.url} has {size:,} bytes where {total:,} were told", hint="try again later")
    _check_content(remote, part, about, told=total is not None)
    digest = _sha256(part)
    part.replace(place)
    about.unlink(missing_ok=True)
    return Got(True, size, digest, mark.etag, mark.last_modified, resumed=go_on)


def _write(
    response: httpx2.Response, remote: Remote, part: Path, have: int, limit: int, arrived: Arrived | None
) -> tuple[int, str]:
    """Bytes the half file has now, and why it ended where its connection did."""
    import httpx2

    size = have
    with part.open("ab" if have else "wb") as file:
        try:
            for chunk in response.iter_bytes():
                if size == 0 and looks_like_html(chunk[:512]):
                    raise _no_file(remote, chunk)
                size += len(chunk)
                if size > limit:
                    raise ArchiveError(
                        f"{remote.url} is larger than the {limit / MEBIBYTE:,.0f} MiB a file may have",
                        hint="file_mib in a hosts file allows more",
                    )
                file.write(chunk)
                if arrived is not None:
                    arrived(len(chunk))
        except httpx2.TimeoutException:
            return size, "stopped coming"
        except httpx2.TransportError:
            return size, "broke off"
        except httpx2.DecodingError:
            raise ArchiveError(f"{remote.url} comes packed in a way that cannot be undone") from None
        except ArchiveError:
            file.close()
            part.unlink(missing_ok=True)
            raise
    return size, ""


def _no_file(remote: Remote, begin: bytes) -> ArchiveError:
    if b"password" in begin.lower() or b"login" in begin.lower():
        return ArchiveError(f"{remote.url} asks for a login now", hint="it was open before: the site has changed")
    kind = remote.name.rpartition(".")[2].upper()
    return ArchiveError(f"{remote.url} is a page for people, not the {kind} file it was", hint="the site has changed")


def _check_told(remote: Remote, total: int | None, limit: int) -> None:
    if total is None:
        return
    if total > limit:
        what = f"{remote.url} has {total / MEBIBYTE:,.0f} MiB, and a file may have {limit / MEBIBYTE:,.0f}"
        raise ArchiveError(what, hint="file_mib in a hosts file allows more")
    if total == 0:
        raise ArchiveError(f"{remote.url} is empty", hint="it may be published in part only; try again later")


def _check_content(remote: Remote, part: Path, about: Path, *, told: bool) -> None:
    """ArchiveError for JSON that is none, and for a table whose last row is cut off where no size was told."""
    content = part.read_bytes()
    fault = ""
    if not content.strip():
        fault = "is empty"
    elif remote.name.lower().endswith(".json"):
        try:
            json.loads(content.decode(json.detect_encoding(content)).lstrip("\ufeff"))
        except ValueError:
            fault = "is no whole JSON document"
    elif b"\x00" in content[:1024] or content[:2] in (b"PK", b"\x1f\x8b") or content[:5] == b"%PDF-":
        fault = "is no table of text, whatever its name says"
    elif not told and not content.endswith((b"\n", b"\r")) and _last_row_short(content):
        fault = "ends in the middle of a row, and its size was not told"
    if fault:
        _forget(part, about)
        raise ArchiveError(f"{remote.url} {fault}", hint="it may be under way; try again later")


def _last_row_short(content: bytes) -> bool:
    rows = content.split(b"\n")
    return any(len(rows) > 1 and rows[-1].count(mark) < rows[0].count(mark) for mark in (b";", b","))


def differs(remote: Remote, size: int) -> bool:
    """Whether a file of `size` bytes here cannot be the one the listing tells of."""
    if remote.size is None:
        return False
    return abs(size - remote.size) > remote.size * _ROUNDING + 1024 if remote.rounded else size != remote.size


def _total(response: httpx2.Response, have: int) -> int | None:
    if response.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
        return None  # what is told is the size as sent, not of the file
    if found := _RANGE.match(response.headers.get("content-range", "")):
        return int(found[3]) if found[3].isdigit() else None
    length = response.headers.get("content-length", "")
    return have + int(length) if length.isdigit() else None


def _continues(response: httpx2.Response, have: int) -> bool:
    found = _RANGE.match(response.headers.get("content-range", ""))
    return found is not None and int(found[1]) == have


def _known(about: Path, url: str) -> _Part | None:
    try:
        part = _Part(**json.loads(about.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return part if part.url == url else None


def _forget(part: Path, about: Path) -> None:
    part.unlink(missing_ok=True)
    about.unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
