"""Messages to a chat before each stop of a team's plan; nothing is sent without an address, and nothing else."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from langstrecke.errors import LangstreckeError
from langstrecke.services.answers.team import RemindAnswer, SentAnswer
from langstrecke.services.progress import silent
from langstrecke.services.requests.team import RemindAsk
from langstrecke.services.team import team_plan_of_files
from langstrecke.services.webhook import GONE, checked_url, client_library, host_of, post
from langstrecke.timing.clock import span_s

if TYPE_CHECKING:
    from langstrecke.strategy.plan.team import TeamPlan
    from langstrecke.strategy.plan.team.remind import Reminder

LOOK_S = 5.0
"""Seconds between two looks at clock and files (default)."""

Told = Callable[[str], None]


def remind(
    ask: RemindAsk,
    *,
    told: Told = lambda text: None,
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    sleep: Callable[[float], None] = time.sleep,
) -> RemindAnswer:
    """Send a message before each stop until the last one, reading team file and driven stints again when they change.

    Without an address the messages are listed and nothing is sent; with `at` what is due at that moment is sent at
    once. Interrupted, the answer holds what was sent. LangstreckeError for what cannot be read before the first look;
    later the plan stays as it was and `told` hears why.
    """
    from langstrecke.strategy.plan.team.remind import due, reminders

    addresses = _addresses(ask.to)
    if addresses:
        client_library()
    before = dt.timedelta(seconds=span_s(ask.before))
    watch = _Watch(ask)
    plan = watch.plan()
    messages: list[SentAnswer] = []
    coming = _wanted(reminders(plan), ask)
    if ask.at is not None:
        moment = _moment(ask.at, plan.team.race.zone, now)
        for reminder in due(coming, moment, before, {}):
            messages += _send(reminder, addresses, moment, sleep, told, within_s=before.total_seconds())
    elif not addresses:
        for reminder in coming:
            messages += _send(reminder, [], reminder.at - before, sleep, told)
    else:
        told(_next(coming, now(), before))
    sent: dict[int, Reminder] = {}
    try:
        while ask.at is None and addresses and any(r.at >= now() for r in coming):
            for reminder in due(coming, now(), before, sent):
                sent[reminder.stop] = reminder
                left = (reminder.at - now()).total_seconds()
                fresh = _send(reminder, addresses, now(), sleep, told, within_s=left)
                messages += fresh
                # No second message to a webhook that was deleted.
                addresses = [u for u, one in zip(addresses, fresh, strict=True) if not one.trouble.endswith(GONE)]
            sleep(LOOK_S)
            if watch.changed():
                try:
                    plan = watch.plan()
                    coming = _wanted(reminders(plan), ask)
                    told(f"planned again; {_next(coming, now(), before)}")
                except LangstreckeError as error:
                    told(f"{error}; the plan stays as it was")
    except KeyboardInterrupt:
        told("stopped; nothing more is sent")
    return RemindAnswer(race=plan.team.race.name, car=plan.team.car.number, messages=messages)


class _Watch:
    """The files of a plan, and whether they have changed."""

    def __init__(self, ask: RemindAsk) -> None:
        if ask.team is None:
            raise LangstreckeError("is not given", key="TEAM")
        self._team, self._driven = ask.team, ask.driven
        if ask.driven is not None and ask.driven.suffix != ".csv" and not ask.driven.exists():
            raise LangstreckeError("is no file", file=ask.driven, key="--driven", hint="a sheet or a recording")
        self._stamp: object = None

    def plan(self) -> TeamPlan:
        self._stamp = self._now()
        driven = self._driven if self._driven is not None and self._driven.exists() else None
        return team_plan_of_files(self._team, driven, step=silent)[0]

    def changed(self) -> bool:
        return self._now() != self._stamp

    def _now(self) -> object:
        found = []
        for path in (self._team, self._driven):
            try:
                about = path.stat() if path is not None else None
            except OSError:
                about = None
            found.append(None if about is None else (about.st_mtime_ns, about.st_size))
        return found


def _wanted(found: tuple[Reminder, ...], ask: RemindAsk) -> tuple[Reminder, ...]:
    return tuple(r for r in found if r.change or not ask.changes_only)


def _send(
    reminder: Reminder, addresses: list[str], moment: dt.datetime, sleep: Callable[[float], None], told: Told,
    within_s: float = 0.0,
) -> list[SentAnswer]:  # fmt: skip
    text = reminder.text(moment)
    found = []
    for url in addresses or [""]:
        trouble = post(url, text, reminder.data, until_s=within_s, sleep=sleep) if url else ""
        if url:
            told(f"{host_of(url)}: {trouble or 'sent'}: {text}")
        found.append(
            SentAnswer(
                stop=reminder.stop,
                stop_at=reminder.at.isoformat(timespec="seconds"),
                sent_at=moment.isoformat(timespec="seconds"),
                to=host_of(url),
                text=text,
                trouble=trouble,
            )
        )
    return found


def _addresses(given: list[str]) -> list[str]:
    found = []
    for one in given:
        if "://" in one:
            found.append(checked_url(one))
            continue
        try:
            lines = Path(one).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            raise LangstreckeError(
                f"{one!r} is no address of a webhook and no file of them", key="--to", hint="https://..."
            ) from None
        urls = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
        if not urls:
            raise LangstreckeError("holds no address", file=one, hint="https://... a line")
        found += [checked_url(url) for url in urls]
    return list(dict.fromkeys(found))


def _moment(text: str, zone: str, now: Callable[[], dt.datetime]) -> dt.datetime:
    if text.strip().casefold() == "now":
        return now()
    try:
        clock = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise LangstreckeError(
            f"{text!r} is no moment", key="--at", hint="now, or 2027-01-16 15:10 on the race's clock"
        ) from None
    return clock.astimezone(dt.UTC) if clock.tzinfo else clock.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def _next(coming: tuple[Reminder, ...], now: dt.datetime, before: dt.timedelta) -> str:
    ahead = [r for r in coming if r.at >= now]
    if not ahead:
        return "no stop is left to come by the plan"
    first = max(ahead[0].at - before, now)
    return f"{len(ahead)} to send, the next at {first:%a %d %b %H:%M} UTC"
