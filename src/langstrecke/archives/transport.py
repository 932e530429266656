"""The way out: one connection, a pause before each request, a name and address with every one, robots.txt kept.

Below the cache, so that what the cache answers costs nobody anything.
"""

from __future__ import annotations

import ipaddress
import time
import urllib.request
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from langstrecke.errors import ArchiveError, LangstreckeError

if TYPE_CHECKING:
    import httpx2
    from hishel import BaseStorage

SHORTEST_PAUSE_S = 0.5
"""Between two requests to a host that is not this machine, whatever the table says."""
ROBOTS_S = 86_400.0
"""A robots.txt, or that there is none, is believed for a day."""
_PAGE_HEADERS = ("cache-control", "expires", "pragma", "age", "date", "vary", "set-cookie")

Sleep = Callable[[float], None]


def require() -> None:
    """Raise a LangstreckeError that names the extra where the HTTP client is not installed."""
    try:
        import hishel.httpx2  # noqa: F401
    except ImportError:
        raise LangstreckeError(
            "fetching needs the packages httpx2 and hishel",
            hint="install the extra: pip install 'langstrecke[fetch]'",
        ) from None


def user_agent() -> str:
    """The project's name and version, and what it is."""
    try:
        number = version("langstrecke")
    except PackageNotFoundError:
        number = "0"
    return f"langstrecke/{number} (endurance-racing workbench; personal use; one request at a time)"


def is_local(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class OfflineError(ArchiveError):
    """A request was needed, and none may be sent."""


def polite_transport(
    url: str, pause_s: float, timeout_s: float, *, offline: bool, sleep: Sleep, sent: Callable[[str], None]
) -> httpx2.BaseTransport:
    """A transport with one connection to the host of `url` that pauses between requests; `sent` hears of each."""
    import httpx2

    parts = urlsplit(url)
    host = parts.hostname or ""
    proxy = None if urllib.request.proxy_bypass(host) else urllib.request.getproxies().get(parts.scheme)
    inner = httpx2.HTTPTransport(
        limits=httpx2.Limits(max_connections=1, max_keepalive_connections=1),
        proxy=None if is_local(host) else proxy,
    )
    pause = pause_s if is_local(host) else max(pause_s, SHORTEST_PAUSE_S)

    class Polite(httpx2.BaseTransport):
        """Sends a request when its turn has come."""

        free_at = 0.0

        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            if offline:
                raise OfflineError(
                    f"{request.url} is not here, and nothing is asked for offline", hint="leave --offline away"
                )
            wait = self.free_at - time.monotonic()
            if wait > 0:
                sleep(wait)
            sent(f"{request.method} {request.url}")
            try:
                return inner.handle_request(request)
            finally:
                self.free_at = time.monotonic() + pause

        def close(self) -> None:
            inner.close()

    return Polite()


def caching_transport(inner: httpx2.BaseTransport, storage: BaseStorage, fresh_s: float) -> httpx2.BaseTransport:
    """A cache over `inner` that keeps pages `fresh_s` seconds, and after that asks whether they changed.

    What the pages themselves say about keeping is set aside: a listing is made anew at every request and says
    nothing, and a timing page that forbids keeping would be asked for with every command.
    """
    import httpx2
    from hishel.httpx2 import CacheTransport

    class Dated(httpx2.BaseTransport):
        """Marks each good answer as fresh from now on."""

        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            response = inner.handle_request(request)
            robots = request.url.path == "/robots.txt"
            if response.status_code in (200, 304) or (robots and response.status_code in (404, 410)):
                for name in _PAGE_HEADERS:
                    if name in response.headers:
                        del response.headers[name]
                response.headers["Date"] = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
                response.headers["Cache-Control"] = (
                    f"private, max-age={round(max(fresh_s, ROBOTS_S) if robots else fresh_s)}"
                )
            return response

        def close(self) -> None:
            inner.close()

    return CacheTransport(Dated(), storage=storage, rfc={"shared": False})
