"""What a page may load and run: the Content-Security-Policy, with a fresh nonce for the scripts of every page.

Markup from outside cannot run anything: scripts and handlers that stand in it have no nonce. `unsafe-eval` stays,
because NiceGUI compiles its templates in the browser and evaluates what the server sends a page (docs/pitwall.md);
`unsafe-inline` of styles, because grids and charts write their own.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

HEADER = b"content-security-policy"


def policy(nonce: str = "") -> bytes:
    """The header's value; `nonce` is that of the page's own scripts."""
    scripts = "'self' 'unsafe-eval'" + (f" 'nonce-{nonce}'" if nonce else "")
    rules = {
        "default-src": "'none'",
        "script-src": scripts,
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "worker-src": "'self' blob:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items()).encode()


def with_policy(send: Send) -> Send:
    """Answers with their policy; the scripts of a page are given its nonce, so a page is held until it is whole.

    A page must not come packed.
    """
    begun: Message | None = None
    parts: list[bytes] = []

    async def sending(message: Message) -> None:
        nonlocal begun
        if message["type"] == "http.response.start":
            given = [(key.lower(), value) for key, value in message.get("headers", [])]
            known = dict(given)
            if known.get(b"content-type", b"").startswith(b"text/html") and b"content-encoding" not in known:
                begun = {**message, "headers": [pair for pair in given if pair[0] != b"content-length"]}
                return
            if HEADER not in known:
                message = {**message, "headers": [*given, (HEADER, policy())]}
        elif message["type"] == "http.response.body" and begun is not None:
            parts.append(message.get("body", b""))
            if message.get("more_body"):
                return
            nonce = secrets.token_urlsafe(18)
            body = b"".join(parts).replace(b"<script", f'<script nonce="{nonce}"'.encode())
            more = [(b"content-length", str(len(body)).encode()), (HEADER, policy(nonce))]
            await send({**begun, "headers": [*begun["headers"], *more]})
            begun, message = None, {"type": "http.response.body", "body": body}
        await send(message)

    return sending
