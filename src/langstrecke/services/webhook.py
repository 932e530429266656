"""A message to a chat's webhook (Discord, Slack, or whatever takes JSON): one POST, tried again politely.

Discord takes `content` (docs.discord.com, Webhook Resource), Slack `text` (docs.slack.dev, incoming webhooks). Any
other address gets `text`, `content` and the data. The address is a secret: it is never printed, only its host.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from langstrecke.errors import LangstreckeError

TRIES = 5
"""Attempts at a message (default)."""
FIRST_PAUSE_S = 2.0
"""Pauses double from here (default), unless the host says how long to wait."""
LONGEST_PAUSE_S = 60.0
TIMEOUT_S = 10.0
GONE = "webhook is gone"


def checked_url(url: str) -> str:
    """The address, if one. LangstreckeError otherwise."""
    try:
        parts = urlsplit(url.strip())
        good = parts.scheme in ("https", "http") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or any(c.isspace() for c in url.strip()):
        raise LangstreckeError("is no address of a webhook", key="--to", hint="https://...")
    return url.strip()


def host_of(url: str) -> str:
    """What may be printed of an address."""
    return urlsplit(url).hostname or ""


def body_for(url: str, text: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON a host takes. Names in a text call nobody on Discord or Slack."""
    host = host_of(url)
    if host in ("discord.com", "discordapp.com") or host.endswith((".discord.com", ".discordapp.com")):
        return {"content": text[:2000], "allowed_mentions": {"parse": []}}
    if host == "hooks.slack.com" or host.endswith(".slack.com"):
        return {"text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")}
    return {"text": text, "content": text, **data}


def post(
    url: str,
    text: str,
    data: Mapping[str, Any],
    *,
    until_s: float = 300.0,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Send one message; "" where it arrived, else why not.

    Tried again after 429, 5xx and where nobody answers, as long as the pauses stay within `until_s`; a host that says
    how long to wait is obeyed. Redirects are not followed. LangstreckeError without the extra `fetch`.
    """
    httpx2 = client_library()
    waited, pause, trouble = 0.0, FIRST_PAUSE_S, ""
    with httpx2.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
        for attempt in range(TRIES):
            if attempt:
                if waited + pause > until_s:
                    break
                sleep(pause)
                waited += pause
                pause = min(2 * pause, LONGEST_PAUSE_S)
            try:
                answer = client.post(url, json=body_for(url, text, data))
            except httpx2.TransportError as error:
                trouble = f"no answer ({type(error).__name__})"
                continue
            if answer.is_success:
                return ""
            trouble = f"answered {answer.status_code}"
            if answer.status_code in (404, 410):
                return f"{trouble}: {GONE}"
            if answer.status_code != 429 and answer.status_code < 500:
                return trouble
            pause = max(pause, _asked(answer.headers.get("retry-after", "")))
    return f"{trouble}, given up after {attempt + 1 if waited else 1} tries"


def _asked(value: str) -> float:
    try:
        return min(max(float(value), 0.0), 3600.0)
    except ValueError:
        return 0.0


def client_library() -> Any:
    """httpx2. LangstreckeError without it."""
    try:
        import httpx2
    except ImportError as error:
        raise LangstreckeError(
            f"sending a message needs {error.name}", hint='pip install "langstrecke[fetch]"'
        ) from None
    return httpx2
