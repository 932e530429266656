"""Who may ask: the token off loopback, Host and Origin against strangers' pages, sizes of bodies, headers of answers.

* On loopback the Host header has to name loopback: a stranger's name that was rebound to 127.0.0.1 is turned away.
* A browser's WebSocket or change of anything has to come from the pit wall's own pages (Origin equals Host).
* With a token: `Authorization: Bearer TOKEN`, or the cookie a browser gets for `?token=TOKEN`.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.exceptions import HTTPException

from langstrecke.errors import LangstreckeError
from langstrecke.services.settings import MEBIBYTE, Settings
from langstrecke.web.content_policy import HEADER, policy, with_policy
from langstrecke.web.problem import Problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE = "langstrecke"
BODY_LIMIT = 8 * MEBIBYTE
"""Bytes of a body that is no upload: many articles at once (default)."""
UPLOADS = ("/api/v1/uploads", "/_nicegui")
"""Where longer bodies may go."""
PACKED = ("/api/", "/_nicegui")
"""Answers that are no pages: they may come packed."""
MULTIPART_SPARE = 64 * 1024
"""What the wrapping of an upload may add to it."""
SHORTEST_TOKEN = 16
LEFT = "No response returned."
"""What Starlette's middleware raises where a browser left, or the server ends, before the answer: nobody is told."""

HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
}


def new_token() -> str:
    """A token nobody guesses."""
    return secrets.token_urlsafe(24)


def checked(settings: Settings) -> Settings:
    """The settings, if they are safe: off loopback a token is needed. LangstreckeError otherwise."""
    if settings.token is not None and len(settings.token) < SHORTEST_TOKEN:
        raise LangstreckeError(
            "the token is too short", hint=f"{SHORTEST_TOKEN} characters or more; --token new makes one"
        )
    if not settings.loopback and settings.token is None:
        raise LangstreckeError(
            f"{settings.host} can be reached from outside, so a token is needed", hint="--token new"
        )
    return settings


class Guard:
    """Wraps the whole application, its WebSockets and pages included."""

    def __init__(self, app: App, settings: Settings) -> None:
        self._app = app
        self._settings = checked(settings)
        token = (settings.token or "").encode()
        self._cookie = hmac.new(token, b"langstrecke cookie", hashlib.sha256).hexdigest() if token else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Turn away who may not ask, else pass on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {key.lower(): value.decode("latin-1") for key, value in scope["headers"]}
        refusal = self._stranger(scope, headers)
        if refusal is not None:
            await _refuse(scope, receive, send, 403, refusal)
            return
        if self._settings.token is not None and not self._known(headers):
            given = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"))).get("token", "")
            if not self._is_token(given):
                await _refuse(scope, receive, send, 401, Problem(what="a token is needed", do=ASK))
                return
            if scope["type"] == "http" and scope["method"] == "GET":
                await self._greet(scope, send)
                return
        limit = self._limit(scope)
        if scope["type"] == "http" and int(_digits(headers.get(b"content-length", "0"))) > limit:
            await _refuse(scope, receive, send, 413, too_long(limit))
            return
        try:
            await self._app(_unpacked(scope), _counted(receive, limit), with_policy(_dressed(send)))
        except RuntimeError as error:
            if str(error) != LEFT:
                raise

    def _stranger(self, scope: Scope, headers: dict[bytes, str]) -> Problem | None:
        host = headers.get(b"host", "")
        if self._settings.loopback and not is_loopback(host):
            do = f"open http://127.0.0.1:{self._settings.port}"
            return Problem(what=f"this pit wall is not called {host!r}", do=do)
        changes = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD", "OPTIONS")
        origin = headers.get(b"origin")
        if changes and origin is not None and _place(origin) != host.lower():
            return Problem(what=f"a page of {origin} may not do that", do="use the pit wall's own pages")
        return None

    def _known(self, headers: dict[bytes, str]) -> bool:
        kind, _, given = headers.get(b"authorization", "").partition(" ")
        if kind.lower() == "bearer" and self._is_token(given.strip()):
            return True
        try:
            cookie = SimpleCookie(headers.get(b"cookie", "")).get(COOKIE)
        except CookieError:
            return False
        return cookie is not None and hmac.compare_digest(cookie.value.encode(), self._cookie.encode())

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), (self._settings.token or "").encode())

    async def _greet(self, scope: Scope, send: Send) -> None:
        """Turn `?token=` into a cookie and take it off the address."""
        query = parse_qsl(scope.get("query_string", b"").decode("latin-1"))
        rest = urlencode([(key, value) for key, value in query if key != "token"])
        path = "/" + scope["path"].lstrip("/\\")
        place = path + (f"?{rest}" if rest else "")
        cookie = f"{COOKIE}={self._cookie}; Path=/; HttpOnly; SameSite=Strict; Max-Age=604800"
        if scope.get("scheme") == "https":
            cookie += "; Secure"
        headers = [
            (b"location", place.encode("utf-8", "replace")),
            (b"set-cookie", cookie.encode()),
            *HEADERS.items(),
        ]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    def _limit(self, scope: Scope) -> int:
        upload = scope["path"].startswith(UPLOADS)
        return (
            self._settings.upload_limit + MULTIPART_SPARE if upload else min(BODY_LIMIT, self._settings.upload_limit)
        )


ASK = "send the header Authorization: Bearer TOKEN, or open the address the server printed"


def is_loopback(host: str) -> bool:
    """Whether a Host header names this machine itself."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:  # brackets that do not close
        return False
    if name in ("localhost",) or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _place(origin: str) -> str:
    """Host and port of an Origin header; empty for one that is none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def too_long(limit: int) -> Problem:
    """What somebody hears whose body is too long."""
    return Problem(what=f"more than {limit / MEBIBYTE:.1f} MiB are not taken at once", do="send less")


class TooLongError(HTTPException):
    """A body that grew over the limit while it came in."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, too_long(limit).what)


def _counted(receive: Receive, limit: int) -> Receive:
    taken = 0

    async def counting() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > limit:
                raise TooLongError(limit)
        return message

    return counting


def _dressed(send: Send) -> Send:
    async def dressing(message: Message) -> None:
        if message["type"] == "http.response.start":
            given: Iterable[tuple[bytes, bytes]] = message.get("headers", [])
            known = {key.lower() for key, _ in given}
            more = [(key, value) for key, value in HEADERS.items() if key not in known]
            message = {**message, "headers": [*given, *more]}
        await send(message)

    return dressing


def _unpacked(scope: Scope) -> Scope:
    """A page is not to come packed: its scripts get a nonce on the way out."""
    if scope["type"] != "http" or scope["path"].startswith(PACKED):
        return scope
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0].lower() != b"accept-encoding"]}


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) < 16 else "0"


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, problem: Problem) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": problem.what[:120]})
        return
    headers = [*HEADERS.items(), (HEADER, policy()), (b"cache-control", b"no-store")]
    if scope["path"].startswith("/api/") or status != 401:
        body = json.dumps({"error": problem.model_dump()}).encode()
        headers.append((b"content-type", b"application/json"))
    else:
        body = LOGIN.encode()
        headers.append((b"content-type", b"text/html; charset=utf-8"))
    if status == 413:
        headers.append((b"connection", b"close"))
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


LOGIN = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Langstrecke</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<body style="font-family: system-ui, sans-serif; margin: 20vh auto; max-width: 24rem; padding: 0 1rem">
<h1>Langstrecke</h1><p>This pit wall asks for the token its server printed.</p>
<form method="get"><input name="token" type="password" autocomplete="off" aria-label="Token" autofocus
style="font: inherit; padding: .5rem; width: 100%; box-sizing: border-box"><p><button style="font: inherit;
padding: .5rem 1rem">Open</button></p></form></body></html>
"""
