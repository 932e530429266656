"""A SignalR Core hub over WebSocket, JSON protocol: join groups, and hear what they are sent.

The hub protocol is public (dotnet/aspnetcore, HubProtocol.md): records end with 0x1E; type 1 is an invocation, 3 its
completion, 6 a ping, 7 a close. Needs the extra `web` (websockets).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import quote, urljoin

from langstrecke.archives.transport import user_agent
from langstrecke.errors import LangstreckeError
from langstrecke.live.sources.services import Service
from langstrecke.live.sources.web_json import ServiceError, WebJson, changed

END = "\x1e"
SILENCE_S = 45.0
"""A hub pings every 15 s; this long without a word the connection counts as lost (default)."""
LARGEST_FRAME = 16 * 1024 * 1024


def need_websockets() -> Any:
    """The library. LangstreckeError without the extra `web`."""
    try:
        import websockets
    except ImportError:
        raise LangstreckeError("a stream needs websockets", hint='pip install "langstrecke[web]"') from None
    return websockets


async def hub_address(web: WebJson) -> str:
    """Where the hub is to be reached: negotiated, also where another host does the streaming."""
    service = web.service
    answer = await web.post(service.path("negotiate"))
    if not isinstance(answer, dict):
        raise changed(service, "negotiate", "the stream cannot be negotiated", json.dumps(answer))
    base = answer.get("url") or urljoin(service.url, service.path("hub"))
    base = "ws" + str(base).removeprefix("http") if str(base).startswith("http") else str(base)
    joint = "&" if "?" in base else "?"
    if answer.get("accessToken"):
        return f"{base}{joint}access_token={quote(str(answer['accessToken']), safe='')}"
    token = answer.get("connectionToken") or answer.get("connectionId")
    if token is None:
        raise changed(service, "negotiate", "the stream gives no token", json.dumps(answer))
    return f"{base}{joint}id={quote(str(token), safe='')}"


async def hub_messages(
    web: WebJson, groups: Sequence[str], *, silence_s: float = SILENCE_S
) -> AsyncIterator[tuple[str, Any]]:
    """(channel, view) of everything the groups are sent. ServiceError where the stream ends or cannot be had.

    A record that is no JSON is left aside, and kept in a file once.
    """
    websockets = need_websockets()
    service = web.service
    address = await hub_address(web)
    try:
        async with websockets.connect(
            address, max_size=LARGEST_FRAME, user_agent_header=user_agent(), close_timeout=1.0
        ) as socket:
            await socket.send(json.dumps({"protocol": "json", "version": 1}) + END)
            for number, group in enumerate(groups):
                call = {"type": 1, "invocationId": str(number), "target": "JoinGroup", "arguments": [group]}
                await socket.send(json.dumps(call) + END)
            rest, kept = "", False
            while True:
                async with asyncio.timeout(silence_s):
                    text = await socket.recv()
                *records, rest = (rest + (text if isinstance(text, str) else text.decode("utf-8", "replace"))).split(
                    END
                )
                for record in records:
                    try:
                        found = json.loads(record) if record.strip() else None
                    except ValueError:
                        if not kept:
                            kept = True
                            changed(service, "stream", "a record of the stream is no JSON", record)
                        continue
                    for message in _heard(service, found):
                        yield message
    except (OSError, TimeoutError, websockets.WebSocketException) as error:
        raise ServiceError(f"the stream of {service.owner} broke off: {str(error) or type(error).__name__}") from None


def _heard(service: Service, record: Any) -> list[tuple[str, Any]]:
    if not isinstance(record, dict):
        return []
    if record.get("error"):
        raise changed(service, "stream", f"the stream says: {str(record['error'])[:200]}", json.dumps(record))
    if record.get("type") == 7:
        raise ServiceError(f"the stream of {service.owner} was closed by the service")
    if record.get("type") != 1:
        return []
    target, arguments = str(record.get("target") or ""), record.get("arguments") or []
    if target.lower() == "receivebatch":
        items = [item for argument in arguments for item in _items(argument)]
        return [(str(item.get("channel") or ""), item.get("view")) for item in items if isinstance(item, dict)]
    return [(target, argument) for argument in arguments]


def _items(argument: Any) -> list[Any]:
    found = argument.get("items") if isinstance(argument, dict) else argument
    return found if isinstance(found, list) else []
