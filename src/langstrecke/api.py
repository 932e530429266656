"""The front door's own rooms: a store that makes cards, a card from one race, a what-if from a dictionary, a plan.

What `import langstrecke as ls` offers stands in `langstrecke.__all__`; docs/python.md shows it.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

from langstrecke.display import Shown, shows_itself
from langstrecke.errors import CardError, TimingFileError
from langstrecke.formatting import plural
from langstrecke.racecard.patch import Patch, patch_of, read_patch
from langstrecke.racecard.schema import RaceCard
from langstrecke.timing.session import Session

if TYPE_CHECKING:
    import polars as pl

    from langstrecke.store import Store as Tables
    from langstrecke.strategy import PitWindow, Plan, WhatIf

Progress = Callable[[int, int], None]
Change = Mapping[str, Any] | str | Path | Patch | RaceCard


@shows_itself
@dataclass(frozen=True, eq=False)
class Store:
    """The store: every race, session, lap, result, weather reading and entry that was imported or fetched.

    Use it as a context manager, or `close()` it. Ids are as `races()` has them: `imsa-2021-sebring` is a race,
    `imsa-2021-sebring/practice-1` a session of its event. NotFoundError names the nearest id.
    """

    tables: Tables
    """The tables themselves, for what is not offered here."""

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. A second call does nothing."""
        self.tables.close()

    def races(self, series: str | None = None, season: int | None = None) -> pl.DataFrame:
        """The races, a row each (`store.RACES`), in order of date; of one series and season, or all."""
        return self.tables.races(series, season)

    def session(self, session_id: str) -> Session:
        """The data of a session; a race's id stands for the race itself."""
        tables = self.tables
        laps = tables.laps(session_id)
        race_id = session_id.split("/", 1)[0]
        return Session(
            name=session_id,
            provider="store",
            kind="laps",
            table=laps,
            laps=laps,
            results=tables.results(session_id),
            weather=tables.weather(session_id),
            entries=tables.entries(race_id),
        )

    def card(self, race_id: str, *, knowledge: Literal["before", "full"] = "before") -> RaceCard:
        """The race's card, rated from what the store holds.

        `before` knows the weekend's earlier sessions and earlier races, `full` the race itself too. CardError or
        NotFoundError where the store knows too little of the field, with what to import.
        """
        from langstrecke.racecard.build import build_card

        return build_card(race_id, self.tables, knowledge)

    def add(self, *paths: str | Path) -> pl.DataFrame:
        """Import timing files or folders of them; the races they belong to, as `races()`.

        What is in the store already is left alone. A warning names each file that could not be read; TimingFileError
        where none could.
        """
        from langstrecke.store.importing import import_paths

        report = import_paths(self.tables, list(paths))
        for note in report.notes:
            if note.failed or note.file in report.foreign:
                warnings.warn(f"not imported: {note.file}: {'; '.join(note.notes)}", stacklevel=2)
        return self.races().filter(_one_of("race_id", report.races))

    def fetch(self, series: str, season: int | str, event: str = "") -> pl.DataFrame:
        """Fetch an event's files from the public result archive of its series, and import them; its races.

            store.fetch("imsa", 2026, "sebring")

        Files that are here already are not asked for again; a warning names those that did not come. NotFoundError
        lists the events there are, ArchiveError says why the site gave nothing. Needs the extra `fetch`.
        """
        from langstrecke.archives import carry_out, open_archive, plan_event

        with open_archive(series) as archive:
            plan = plan_event(archive, str(season), event)
            outcome = carry_out(archive, plan)
        for fault in outcome.faults:
            warnings.warn(f"not fetched: {fault}", stacklevel=2)
        return self.add(plan.folder)

    def _shown(self) -> Shown:
        races = self.races()
        rows = [
            (series, str(first) if first == last else f"{first}-{last}", str(n))
            for series, first, last, n in races.group_by("series", maintain_order=True)
            .agg(_at("season", "min"), _at("season", "max"), _at("race_id", "len"))
            .iter_rows()
        ]
        return Shown(f"{self.tables.path}: {plural(races.height, 'race')}", ("series", "seasons", "races"), rows)


def _at(column: str, what: str) -> pl.Expr:
    import polars as pl

    found: pl.Expr = getattr(pl.col(column), what)()
    return found.alias(f"{column}_{what}")


def _one_of(column: str, values: list[str]) -> pl.Expr:
    import polars as pl

    return pl.col(column).is_in(values)


def open_store(path: str | Path | None = None, *, read_only: bool = False) -> Store:
    """Open the store at `path`, by default the user's own; it is made if it is not there, unless `read_only`.

    Raises `StoreError` for a file that is no store, one of a newer version, or one another process writes to.
    """
    from langstrecke import store

    return Store(store.open_store(path, read_only=read_only))


def card_from(race: Session | str | Path) -> RaceCard:
    """The card of one race from its own laps: knowledge "full", for what-ifs on it; no prediction.

    Which race it is, the importer tells from the file and where it lies. All that one race cannot tell of (drivers'
    other races, how often a class breaks) is what the series' priors say, and the card's note says so. CardError or
    NotFoundError where that is too little: a session that is no race, a series or class nothing is known of.
    """
    session = race if isinstance(race, Session) else _load(race)
    if session.file is None:
        raise CardError(
            "was not read from a file", file=session.name, hint="store.card(RACE) makes a card of a store"
        )
    path = session.file.path
    if not session.laps.height:
        raise CardError("holds no laps to make a card of", file=path, hint=f"it is a file of {session.kind}")
    from langstrecke.racecard.build import build_card
    from langstrecke.store import open_store as open_tables
    from langstrecke.store.importing import import_paths

    with tempfile.TemporaryDirectory(prefix="langstrecke-") as folder, open_tables(Path(folder) / "one") as tables:
        try:
            report = import_paths(tables, [path])
        except TimingFileError as error:
            hint = "name and folder have to tell series, season and event, as docs/python.md says"
            raise CardError(f"which race is it? {error.what}", file=path, hint=error.hint or hint) from None
        raced = [race_id for race_id in report.races if f"{race_id}/race" in report.sessions]
        if not raced:
            raise CardError(f"is no race: {', '.join(report.sessions)}", file=path, hint="give the laps of the race")
        card = build_card(raced[0], tables, "full")
        known = bool(tables.race(raced[0])["duration_known"])
    note = f"{card.race.note} From the laps of this one race alone: all else are the series' priors."
    note += "" if known else " Its scheduled length is not told: inferred from how long it went."
    return card.model_copy(update={"race": card.race.model_copy(update={"note": note})})


def _load(path: str | Path) -> Session:
    from langstrecke.timing.session import load

    return load(path)


def changed(card: RaceCard, change: Change) -> RaceCard:
    """The card with a change, as `what_if` takes it: what is to be forecast, planned or changed again.

    CardError names a key that does not fit the card.
    """
    from langstrecke.racecard.apply import apply_patch

    patch = _patch(change)
    return patch if isinstance(patch, RaceCard) else apply_patch(card, patch)


def _patch(change: Change) -> Patch | RaceCard:
    if isinstance(change, Patch | RaceCard):
        return change
    return patch_of(change) if isinstance(change, Mapping) else read_patch(change)


def what_if(
    card: RaceCard,
    change: Change,
    *,
    car: str | None = None,
    races: int = 4000,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> WhatIf:
    """Play a card with and without a change on the same luck: what the change is worth, with its interval.

        ls.what_if(card, {"entries.01.penalty_s": 60})
        ls.what_if(card, {"classes.GTD.lap_s": {"plus": -0.2}, "weather.wet_start": 0.8})

    `change` is a dictionary of card keys (docs/cards.md), a patch as text or file, or the changed card. `car` is the
    one to look at closely, the one that changes most without it. Probabilities are 0..1, times seconds. CardError
    names a key that does not fit; LangstreckeError where nothing is changed.
    """
    from langstrecke.strategy.counterfactual.before_race import what_if as play

    return play(card, _patch(change), car=car, races=races, seed=seed, threads=threads, progress=progress)


def plan(card: RaceCard, car: str, *, drivers: str | Path | None = None, limit_s: float = 20.0) -> Plan:
    """Stops and driver rota of a car by the rule book: who drives when, how far, with what.

    `drivers` is a file of the crew's wishes (docs/strategy.md), `limit_s` seconds to search. Times are race seconds.
    NotFoundError for a car that is not in the card; LangstreckeError where no legal rota exists, with the rules that
    clash. Needs the extra `plan` (OR-Tools).
    """
    from langstrecke.strategy.plan import make_plan

    return make_plan(card, car, drivers=drivers, limit_s=limit_s)


def window(
    card: RaceCard,
    race: Session | pl.DataFrame,
    car: str,
    at_s: float,
    *,
    rival: str | None = None,
    races: int | None = None,
    seed: int = 1,
    threads: int | None = None,
) -> PitWindow:
    """The pit window of a car at race time `at_s`: by lap what a stop is worth and costs, where it rejoins, in what
    traffic, the chance of a yellow; undercut, saving and fall-off in seconds.

        ls.window(ls.load_card("imsa-2021-sebring"), ls.load("202103201010-race-laps.csv"), "01", 6 * 3600)

    `race` is the race's session or its lap table; nothing after `at_s` is looked at. Probabilities are 0..1, times
    seconds. NotFoundError for a car that is not in the card; LangstreckeError for one out of the race or in the pits,
    and for a moment outside the race.
    """
    from langstrecke.strategy.counterfactual.moment import moment
    from langstrecke.strategy.pit_window import pit_window

    laps = race.laps if isinstance(race, Session) else race
    now = moment(card, laps, at_s)
    return pit_window(now, laps, car, rival=rival, races=races, seed=seed, threads=threads)
