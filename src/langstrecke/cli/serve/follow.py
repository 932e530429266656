"""The verb `follow`: a race from a recording, a feed or a live service, as its timing table."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from langstrecke.cli.asking import asks
from langstrecke.cli.options import Json
from langstrecke.cli.terminal import print_json, said, screen, warned
from langstrecke.formatting import gap, lap_time, plural, race_time
from langstrecke.services.requests.follow import FollowRaceAsk

if TYPE_CHECKING:
    from langstrecke.services.answers.follow import FollowAnswer
    from langstrecke.services.follow import Following
    from langstrecke.services.live_source import Message

TABLE_EVERY_S = 10.0
"""Seconds between two tables while a race is followed (default)."""


@asks(FollowRaceAsk, "source")
def follow_verb(ask: FollowRaceAsk, as_json: Json = False) -> None:
    """Follow a race from a recording, a feed or a live service, as its timing table.

    langstrecke follow RACE.zip --until-end --json: the final table and the count of laps, for scripts. Interrupted
    (Ctrl-C) it shows the table of that moment, and keeps what --record asked for.
    """
    from langstrecke.services.follow import answer_of, follow_race

    shown_at = time.monotonic()

    def heard(following: Following, message: Message) -> None:
        nonlocal shown_at
        if not (as_json or ask.until_end) and time.monotonic() - shown_at >= TABLE_EVERY_S:
            shown_at = time.monotonic()
            _print_table(answer_of(following))

    answer = follow_race(ask, heard=heard, told=said)
    if as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        _print_answer(answer)


def _print_answer(answer: FollowAnswer) -> None:
    _print_table(answer)
    over = "the race is over" if answer.finished else "the race was not over yet"
    screen().print(f"{plural(answer.laps, 'lap')} of {plural(answer.cars, 'car')}; {over}", highlight=False)
    if answer.laps_missing:
        warned([f"{plural(answer.laps_missing, 'lap')} missing; rows that hang on them are marked ?"])
    if answer.laps_estimated:
        warned([f"{plural(answer.laps_estimated, 'lap')} came without times that fit: they are estimated"])
    if answer.untold:
        warned([f"this source does not tell {' and '.join(answer.untold)}"])
    if answer.trouble:
        warned([answer.trouble])
    if answer.recording:
        screen().print(f"kept in {escape(answer.recording)}", highlight=False)


def _print_table(answer: FollowAnswer) -> None:
    energy = any(row["energy_left"] is not None for row in answer.table)
    length = f" of {race_time(answer.duration_s)}" if answer.duration_s is not None else ""
    title = f"{answer.race}, {race_time(answer.race_s)}{length}, {(answer.flag or 'no flag').replace('_', ' ')}"
    table = Table(title=escape(title), title_justify="left")
    for name, right in (
        ("", True), ("car", True), ("class", False), ("", True), ("driver", False), ("laps", True), ("gap", True),
        ("interval", True), ("last", True), ("best", True), ("stops", True), *([("energy", True)] if energy else []),
        ("", False),
    ):  # fmt: skip
        table.add_column(name, justify="right" if right else "left", no_wrap=name != "driver")
    for row in answer.table:
        table.add_row(*_cells(row, energy=energy))
    screen().print(table)


def _cells(row: dict[str, Any], *, energy: bool) -> list[str]:
    def time_of(name: str) -> str:
        return lap_time(row[name]) if row[name] is not None else ""

    def gap_of(name: str) -> str:
        return gap(row[f"{name}_laps"], row[f"{name}_s"])

    state = "in the pits" if row["in_pit"] and row["status"] != "finished" else str(row["status"])
    left = [f"{row['energy_left']:.0f} %" if row["energy_left"] is not None else ""] if energy else []
    return [
        str(row["position"] or "–"), escape(row["car"]), escape(row["car_class"]),
        str(row["position_in_class"] or "–"),
        escape(row["driver"] or ""), str(row["laps"]), gap_of("overall_gap"), gap_of("interval"),
        time_of("last_lap_s"),
        time_of("best_lap_s"), str(row["stops"]), *left, state + (" ?" if row["uncertain"] else ""),
    ]  # fmt: skip
