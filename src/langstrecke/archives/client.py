"""One site, asked politely: pages through a cache, files as they come, and a sentence when it answers otherwise."""

from __future__ import annotations

import email.utils
import sqlite3
import time
import urllib.robotparser
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from langstrecke.archives.hosts import Manners
from langstrecke.archives.transport import (
    OfflineError,
    Sleep,
    caching_transport,
    polite_transport,
    require,
    user_agent,
)
from langstrecke.errors import ArchiveError

if TYPE_CHECKING:
    import httpx2

PAGE_LIMIT = 16 * 1024 * 1024
"""Bytes of a page. The page of Le Mans, with every file of every hour, is well under one MiB."""
_REDIRECTS = 5
_ANY_BUT_TROUBLE = tuple(code for code in range(200, 500) if code != 429)
_BUSY = (429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Page:
    """A page of a site."""

    url: str
    text: str
    content_type: str

    @property
    def is_html(self) -> bool:
        """Whether it is a page for people, whatever its header says."""
        return looks_like_html(self.text.encode("utf-8", "replace")[:512])

    @property
    def asks_for_login(self) -> bool:
        """Whether the page is a form with a password."""
        return self.is_html and 'type="password"' in self.text.lower().replace("'", '"')


def looks_like_html(begin: bytes) -> bool:
    """Whether content begins like a page for people."""
    start = begin.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<script")) or b"<html" in start


class Client:
    """A site. Use as a context manager. One connection; nothing is asked for twice while it is fresh."""

    def __init__(
        self, url: str, manners: Manners, cache: Path, *, offline: bool = False, sleep: Sleep = time.sleep
    ) -> None:
        require()
        import httpx2
        from hishel import SqliteStorage

        self.url = url
        self.manners = manners
        self.offline = offline
        self.sent: list[str] = []
        """Requests sent, in order: "GET https://..."."""
        self._sleep = sleep
        self._robots: urllib.robotparser.RobotFileParser | None = None
        kept = _pages_file(cache)
        wire = polite_transport(
            url, manners.pause_s, manners.timeout_s, offline=offline, sleep=sleep, sent=self.sent.append
        )
        storage = SqliteStorage(database_path=kept)
        common: dict[str, Any] = {
            "headers": {"User-Agent": user_agent(), "Accept": "*/*", "Accept-Encoding": "gzip"},
            "timeout": httpx2.Timeout(manners.timeout_s),
            "follow_redirects": False,
            "trust_env": False,
        }
        pages = caching_transport(wire, storage, manners.listing_minutes * 60)
        self._pages = httpx2.Client(transport=pages, **common)
        self._files = httpx2.Client(transport=wire, **common)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pages.close()
        self._files.close()

    def page(self, address: str, *, again: bool = False) -> Page:
        """The page at `address` (absolute, or below the site's own address), from the cache while it is fresh.

        `again` asks the site whatever the cache holds. ArchiveError says what is wrong where the site does not
        answer with a page.
        """
        url = urljoin(self.url, address)
        self._allowed(url)
        extensions: dict[str, Any] = {}
        if self.offline:
            extensions["caching"] = {"rfc": {"shared": False, "allow_stale": True}}
        headers = {"Cache-Control": "no-cache"} if again else {}
        response, body = self._whole(url, headers, extensions)
        text = body.decode(response.encoding or "utf-8", "replace").removeprefix("\ufeff")
        return Page(url, text, response.headers.get("content-type", ""))

    def head(self, url: str) -> int | None:
        """The size of a file in bytes, where the site tells it."""
        try:
            with self._answer(self._files, "HEAD", url, {"Accept-Encoding": "identity"}, {}) as response:
                length = response.headers.get("content-length", "")
                return int(length) if length.isdigit() else None
        except OfflineError:
            return None
        except ArchiveError as error:
            if "405" in error.what or "501" in error.what:
                return None
            raise

    @contextmanager
    def stream(self, url: str, headers: dict[str, str]) -> Iterator[httpx2.Response]:
        """The answer to a request for a file, body unread; status 200, 206, 304 or 416."""
        self._allowed(url)
        plain = {"Accept-Encoding": "identity", **headers}
        with self._answer(self._files, "GET", url, plain, {}, fine=(200, 206, 304, 416)) as response:
            yield response

    @contextmanager
    def _answer(
        self,
        client: httpx2.Client,
        method: str,
        url: str,
        headers: dict[str, str],
        extensions: dict[str, Any],
        fine: tuple[int, ...] = (200,),
    ) -> Iterator[httpx2.Response]:
        """The site's answer, after redirects within the site, busy answers and broken connections."""
        import httpx2

        for attempt in range(1, self.manners.tries + 1):
            last = attempt == self.manners.tries
            try:
                response = self._follow(client, method, url, headers, extensions)
            except httpx2.TimeoutException:
                if last:
                    what = f"{_host(url)} has not answered for {self.manners.timeout_s:g} s"
                    raise ArchiveError(f"{what} ({url})", hint="try again later") from None
                self._sleep(2.0**attempt)
                continue
            except httpx2.TransportError as error:
                if last:
                    raise ArchiveError(
                        f"{_host(url)} cannot be reached: {_plain(error)}",
                        hint="is the network up? --offline takes what is here",
                    ) from None
                self._sleep(2.0**attempt)
                continue
            try:
                if response.status_code in _BUSY and not last:
                    self._sleep(self._patience(url, response, 2.0**attempt))
                    continue
                if response.status_code not in fine:
                    raise _refusal(url, response)
                yield response
                return
            finally:
                response.close()

    def _whole(
        self, url: str, headers: dict[str, str], extensions: dict[str, Any], fine: tuple[int, ...] = (200,)
    ) -> tuple[httpx2.Response, bytes]:
        """A page and its body; one that breaks off on the way is asked for again."""
        import httpx2

        for attempt in range(1, self.manners.tries + 1):
            try:
                with self._answer(self._pages, "GET", url, headers, extensions, fine) as response:
                    return response, _body(response, url)
            except httpx2.DecodingError:
                what = f"{url} comes packed in a way that cannot be undone"
                raise ArchiveError(what, hint="the site has changed, or is in trouble") from None
            except httpx2.TransportError:
                if attempt == self.manners.tries:
                    raise ArchiveError(
                        f"{url} broke off on the way, {self.manners.tries} times", hint="try again later"
                    ) from None
                self._sleep(2.0**attempt)
        raise AssertionError

    def _follow(
        self, client: httpx2.Client, method: str, url: str, headers: dict[str, str], extensions: dict[str, Any]
    ) -> httpx2.Response:
        at = url
        for _ in range(_REDIRECTS + 1):
            request = client.build_request(method, at, headers=headers, extensions=extensions)
            response = client.send(request, stream=True)
            if response.status_code not in (301, 302, 303, 307, 308):
                return response
            response.close()
            target = _sent_on(at, response.headers.get("location", ""))
            if _host(target) != _host(self.url) or urlsplit(target).scheme not in ("http", "https"):
                what = f"{_host(url)} sends on to another host, {_host(target) or target}, and that is not followed"
                raise ArchiveError(
                    f"{what} ({url})", hint="if the site has moved, put its new address into a hosts file"
                )
            if urlsplit(self.url).scheme == "https" and urlsplit(target).scheme == "http":
                raise ArchiveError(f"{_host(url)} sends on to an unsafe address, and that is not followed ({target})")
            at = target
        raise ArchiveError(f"{url} is sent on in a circle", hint="the site has changed")

    def _patience(self, url: str, response: httpx2.Response, own_s: float) -> float:
        """Seconds to wait before the next try. ArchiveError where the site asks for more than there is."""
        asked = _retry_after(response)
        if asked is None:
            return own_s
        if asked > self.manners.longest_wait_s:
            minutes = max(1, round(asked / 60))
            raise ArchiveError(
                f"{_host(url)} asks to be left alone for {minutes} min ({response.status_code})",
                hint="run the same command again after that; what is here is kept",
            )
        return asked

    def _allowed(self, url: str) -> None:
        """ArchiveError where the site's robots.txt keeps programs out of `url`, or `url` is another site's."""
        if self.offline or _host(url) != _host(self.url):
            if not self.offline:
                raise ArchiveError(f"a link leads to another host, {_host(url)}, and is not followed ({url})")
            return
        if self._robots is None:
            self._robots = self._read_robots()
        if not self._robots.can_fetch(user_agent(), url):
            raise ArchiveError(f"{_host(url)} asks programs to stay away from {url} (its robots.txt)")

    def _read_robots(self) -> urllib.robotparser.RobotFileParser:
        rules = urllib.robotparser.RobotFileParser()
        address = urljoin(self.url, "/robots.txt")
        response, body = self._whole(address, {}, {}, _ANY_BUT_TROUBLE)
        text = body.decode(response.encoding or "utf-8", "replace") if response.is_success else ""
        rules.parse([] if looks_like_html(text.encode()[:512]) else text.splitlines())
        return rules


def _body(response: httpx2.Response, url: str) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > PAGE_LIMIT:
            raise ArchiveError(f"{url} is larger than {PAGE_LIMIT // 1024**2} MiB: that is no listing")
    return bytes(body)


def _sent_on(at: str, location: str) -> str:
    """The address a redirect names."""
    try:
        target = urljoin(at, location)
        urlsplit(target)
    except ValueError:
        what = f"{_host(at)} sends on to an address that is none: {location}"
        raise ArchiveError(f"{what} ({at})", hint="the site has changed, or is in trouble") from None
    return target


def _pages_file(cache: Path) -> Path:
    """The file of the pages kept. A broken one is told here: hishel would go on without it, and log so each time."""
    place = cache / "pages.db"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(place)) as connection:
            connection.execute("PRAGMA schema_version").fetchone()
    except OSError as error:
        hint = "--to names another folder"
        raise ArchiveError(f"pages cannot be kept: {error.strerror}", file=cache, hint=hint) from None
    except sqlite3.Error as error:
        raise ArchiveError(f"the pages kept cannot be read: {error}", file=place, hint="delete it") from None
    return place


def _refusal(url: str, response: httpx2.Response) -> ArchiveError:
    status, host = response.status_code, _host(url)
    if status in (401, 407):
        return ArchiveError(
            f"{host} asks for a login ({status}) for {url}", hint="it was open before: the site has changed"
        )
    if status == 403:
        return ArchiveError(
            f"{host} refuses {url} (403)", hint="the site may have closed its archive, or keeps programs out"
        )
    if status in (404, 410):
        hint = "the site may have moved its files: see `fetch` in the docs on the hosts file"
        return ArchiveError(f"{host} has nothing at {url} ({status})", hint=hint)
    if status == 429:
        return ArchiveError(
            f"{host} has had enough requests (429)", hint="try again in an hour; what is here is kept"
        )
    if status >= 500:
        return ArchiveError(f"{host} is in trouble ({status}) at {url}", hint="try again later; what is here is kept")
    return ArchiveError(f"{host} answers {url} with {status}, which is not expected")


def _retry_after(response: httpx2.Response) -> float | None:
    text = response.headers.get("retry-after", "").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time()) if text else None
    except ValueError:
        return None


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def _plain(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
