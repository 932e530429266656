"""Alerts of a followed race on their way to a chat: what one table brought is one message, sent one after another."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from langstrecke.live.alerts import Alert
from langstrecke.services.settings import Settings
from langstrecke.services.webhook import GONE, host_of, post

WAITING = 50
"""Messages that wait for a host that does not answer; the oldest are dropped (default)."""
WITHIN_S = 120.0
"""An alert older than this helps nobody: it is tried no longer (default)."""
Post = Callable[[str, str, dict[str, str], float], str]


def _post(url: str, text: str, data: dict[str, str], until_s: float) -> str:
    return post(url, text, data, until_s=until_s)


class Webhooks:
    """Sends what concerns the cars asked for, and flags. Nothing is sent without an address."""

    def __init__(self, settings: Settings, race: str, send: Post = _post) -> None:
        self.trouble = ""
        """What is wrong with an address, in words; only its host is named."""
        self._urls = list(settings.webhooks)
        self._cars = frozenset(settings.alert_cars)
        self._race, self._send = race, send
        self._waiting: deque[tuple[str, str]] = deque(maxlen=WAITING)
        self._some = asyncio.Event()

    def tell(self, alerts: Iterable[Alert]) -> None:
        """Take in what is new."""
        mine = [alert for alert in alerts if not alert.car or alert.car in self._cars]
        if mine and self._urls:
            kinds = ", ".join(dict.fromkeys(alert.kind for alert in mine))
            self._waiting.append((kinds, "\n".join(alert.text for alert in mine)))
            self._some.set()

    async def run(self) -> None:
        """Send for ever."""
        while self._urls:
            await self._some.wait()
            self._some.clear()
            while self._waiting:
                kinds, text = self._waiting.popleft()
                data = {"race": self._race, "kind": kinds}
                for url in list(self._urls):
                    trouble = await asyncio.to_thread(self._send, url, text, data, WITHIN_S)
                    self.trouble = f"the webhook at {host_of(url)} {trouble}" if trouble else ""
                    if trouble.endswith(GONE):
                        self._urls.remove(url)
