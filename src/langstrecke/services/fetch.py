"""Fetching from the public archives of results, and importing what came."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from langstrecke.errors import LangstreckeError
from langstrecke.services.answers.fetch import EventLine, FetchAnswer, FetchCalendarAnswer, FetchLine
from langstrecke.services.progress import Step
from langstrecke.services.requests.common import FROM_SHELL
from langstrecke.services.requests.data import ImportPathsAsk
from langstrecke.services.requests.fetch import ArchiveAsk, FetchAsk, FetchCalendarAsk
from langstrecke.services.settings import Settings

if TYPE_CHECKING:
    from langstrecke.archives import Archive, Outcome, Plan

_LONGEST_EVENT = 80
"""Letters of an event's name that the importer takes."""

Planned = Callable[[FetchAnswer], None]
"""Called with the plan before anything is fetched."""


def fetch_calendar(settings: Settings, ask: FetchCalendarAsk) -> FetchCalendarAnswer:
    """The events of a season as the archive lists them. NotFoundError names the seasons and series there are."""
    from langstrecke.archives import season_events

    with _opened(ask) as archive:
        season, events = season_events(archive, ask.season)
        return FetchCalendarAnswer(
            series=archive.key,
            season=season.name,
            url=archive.site.url,
            owner=archive.site.owner,
            events=[
                EventLine(number=event.order, name=event.name, key=event.key, start=event.start, end=event.end)
                for event in events
            ],
        )


def fetch_event(
    settings: Settings, ask: FetchAsk, *, step: Step, planned: Planned = lambda plan: None
) -> FetchAnswer:
    """Fetch an event's files and import them; with `dry_run` only say what that would bring.

    NotFoundError lists the events where none or several fit, ArchiveError says what is wrong where the site does not
    answer as it used to. What was fetched stays where the import fails; the answer says why it did.
    """
    from langstrecke.archives import carry_out, plan_event

    with _opened(ask) as archive:
        plan = plan_event(archive, ask.season, ask.event, sessions=ask.sessions, sizes=ask.dry_run)
        answer = _planned(archive, plan, ask)
        planned(answer)
        if ask.dry_run:
            return answer

        def progress(came: int, done: int, name: str) -> None:
            step(done, len(plan.chosen), f"fetching {name}" if name else "fetched")

        outcome = carry_out(archive, plan, refresh=ask.refresh, progress=progress)
        answer = _fetched(answer, plan, outcome)
    if ask.only_files:
        return answer
    return _imported(settings, answer, plan, outcome, step)


def _opened(ask: ArchiveAsk) -> Archive:
    from langstrecke.archives import load_hosts, open_archive

    return open_archive(ask.series, hosts=load_hosts(ask.hosts), root=ask.to, offline=ask.offline)


def _planned(archive: Archive, plan: Plan, ask: FetchAsk) -> FetchAnswer:
    files = [
        FetchLine(
            kind=chosen.remote.kind,
            session=chosen.remote.session,
            path="/".join(chosen.remote.path[1:]),
            url=chosen.remote.url,
            size=chosen.remote.size,
            about=chosen.remote.rounded,
            how="to fetch",
            before=list(chosen.before),
        )
        for chosen in plan.chosen
    ]
    return FetchAnswer(
        series=plan.series,
        season=plan.season.name,
        event=plan.event.name,
        number=plan.event.order,
        url=plan.url,
        owner=plan.owner,
        notice=" ".join(archive.hosts.notice.split()),
        folder=plan.folder,
        dry_run=ask.dry_run,
        files=files,
        size=sum(file.size or 0 for file in files),
        unsized=sum(file.size is None for file in files),
        requests=len(archive.client.sent),
        notes=list(plan.notes),
    )


def _fetched(answer: FetchAnswer, plan: Plan, outcome: Outcome) -> FetchAnswer:
    came = {file.url: file for file in outcome.files}
    files = []
    for line in answer.files:
        file = came.get(line.url)
        told = {"how": "failed"} if file is None else {"how": file.how, "size": file.size, "sha256": file.sha256}
        files.append(line.model_copy(update={**told, "about": False}))
    return answer.model_copy(
        update={
            "files": files,
            "size": sum(file.size for file in outcome.files),
            "unsized": 0,
            "requests": outcome.requests,
            "faults": outcome.faults,
        }
    )


def _imported(settings: Settings, answer: FetchAnswer, plan: Plan, outcome: Outcome, step: Step) -> FetchAnswer:
    """The answer with what the import did. Only the files of this fetch are read: older ones of the same sessions may
    lie beside them.
    """
    from langstrecke.archives import event_in_words
    from langstrecke.services.imports import import_paths

    known = {"series": plan.series, "season": plan.season.name, "event": event_in_words(plan.event)[:_LONGEST_EVENT]}
    paths = [file.path for file in outcome.files]
    ask = ImportPathsAsk.model_validate({"paths": paths, **known}, context=FROM_SHELL)
    try:
        imported = import_paths(settings, ask, step=step)
    except LangstreckeError as error:
        return answer.model_copy(update={"not_imported": error.message()})
    return answer.model_copy(update={"imported": imported})
