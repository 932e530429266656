"""JSON from a live service, asked politely; what it says otherwise is told in a sentence and kept in a file.

Needs the extra `fetch` (httpx2). Requests to a service go over one connection with a pause between them, and carry
the project's name (`archives.transport`).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import platformdirs

from langstrecke.archives.transport import polite_transport, require, user_agent
from langstrecke.errors import LangstreckeError
from langstrecke.live.sources.services import Service

if TYPE_CHECKING:
    import httpx2

LARGEST_ANSWER = 32 * 1024 * 1024
"""Bytes; all laps of a 24 h race with 62 cars have some 6 MiB."""
KEPT_FRAMES = 20
"""Files of raw frames kept; the oldest go (default)."""


def frames_folder() -> Path:
    """Where frames that were not understood are kept."""
    return platformdirs.user_data_path("langstrecke") / "frames"


class ServiceError(LangstreckeError):
    """A live service that cannot be reached, or answers otherwise than it used to."""


def keep_frame(name: str, raw: str | bytes) -> Path | None:
    """Keep what a service sent, for a bug report; the file, or None where none can be written."""
    folder = frames_folder()
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S%f")
    place = folder / f"{name}-{stamp}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place.write_bytes(raw if isinstance(raw, bytes) else raw.encode("utf-8", "replace"))
        for old in sorted(folder.glob("*.txt"), key=lambda path: path.name.rpartition("-")[2])[:-KEPT_FRAMES]:
            old.unlink(missing_ok=True)
    except OSError:
        return None
    return place


def changed(service: Service, name: str, what: str, raw: str | bytes) -> ServiceError:
    """The error of an answer that is not what it used to be, with the raw frame kept."""
    place = keep_frame(name, raw)
    hint = f"the service has changed; what it sent is kept in {place}" if place else "the service has changed"
    return ServiceError(f"{service.owner}: {what}", hint=hint)


class WebJson:
    """One service over HTTP. Use `close` at the end."""

    def __init__(self, service: Service) -> None:
        require()
        import httpx2

        self.service = service
        self.sent: list[str] = []
        wire = polite_transport(
            service.url, service.pause_s, service.timeout_s, offline=False, sleep=_sleep, sent=self._sent
        )
        self._client = httpx2.Client(
            transport=wire,
            headers={"User-Agent": user_agent(), "Accept": "application/json"},
            timeout=httpx2.Timeout(service.timeout_s),
            follow_redirects=False,
            trust_env=False,
        )

    def _sent(self, line: str) -> None:
        self.sent = [*self.sent[-99:], line]

    async def get(self, path: str, *, missing_is_none: bool = False) -> Any:
        """The JSON at a path; with `missing_is_none` None where there is nothing (404).

        ServiceError says what is wrong.
        """
        return await asyncio.to_thread(self._ask, "GET", path, missing_is_none)

    async def jsonp(self, path: str) -> Any:
        """The JSON at a path, in a call of a function (JSONP) or without; text coded twice in UTF-8 is put right."""
        return await asyncio.to_thread(self._ask, "GET", path, False, of_jsonp)

    async def post(self, path: str) -> Any:
        """The JSON that answers an empty POST."""
        return await asyncio.to_thread(self._ask, "POST", path, False)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _ask(self, method: str, path: str, missing_is_none: bool, read: Callable[[bytes], Any] = json.loads) -> Any:
        import httpx2

        url = urljoin(self.service.url, path)
        host = urlsplit(url).netloc.rpartition("@")[2]
        try:
            response = self._client.request(method, url)
        except httpx2.TimeoutException:
            raise ServiceError(f"{host} has not answered for {self.service.timeout_s:g} s") from None
        except httpx2.TransportError as error:
            raise ServiceError(f"{host} cannot be reached: {_words(error)}") from None
        if response.status_code == 404 and missing_is_none:
            return None
        if response.status_code != 200:
            raise _refusal(self.service, host, url, response)
        if len(response.content) > LARGEST_ANSWER:
            raise ServiceError(f"{host} sends {len(response.content) // 1024**2} MiB, and that is no timing")
        try:
            return read(response.content)
        except ValueError:
            name = host.replace(":", "-")
            raise changed(
                self.service, name, f"{url} answers with something that is no JSON", response.content
            ) from None


def of_jsonp(body: bytes) -> Any:
    """The value in `callback(...);`, or plain. ValueError for anything else."""
    text = body.decode("utf-8", "replace").strip()
    call = re.fullmatch(r"[\w.$]+\s*\((.*)\)\s*;?", text, re.DOTALL | re.ASCII)
    return _decoded_again(json.loads(call[1] if call is not None else text))


def _decoded_again(value: Any) -> Any:
    """Text that was coded twice ("LÃ¶wen") as it was meant; other text as it is."""
    if isinstance(value, str) and not value.isascii():
        try:
            return value.encode("latin-1").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            return value
    if isinstance(value, dict):
        return {key: _decoded_again(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_decoded_again(inner) for inner in value]
    return value


def _refusal(service: Service, host: str, url: str, response: httpx2.Response) -> ServiceError:
    status = response.status_code
    if status in (401, 403, 407):
        hint = "it was open before: the service has changed, or keeps programs out"
        return ServiceError(f"{host} refuses {url} ({status})", hint=hint)
    if status in (404, 410):
        hint = "if the service has moved, put its new address into a table of your own (docs/live-sources.md)"
        return ServiceError(f"{host} has nothing at {url} ({status})", hint=hint)
    if status == 429:
        return ServiceError(f"{host} has had enough requests (429); it is asked less often")
    if status >= 500:
        return ServiceError(f"{host} is in trouble ({status})")
    return changed(service, host.replace(":", "-"), f"{url} answers with {status}", response.content)


def _sleep(seconds: float) -> None:
    import time

    time.sleep(seconds)


def _words(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
