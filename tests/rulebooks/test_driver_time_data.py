"""The judge against real races: it finds the penalties that were given, and hardly anything else."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from langstrecke.rulebooks import rulebook_for
from langstrecke.rulebooks.legality import Stint, Violation, violations
from langstrecke.timing.names import same_driver
from langstrecke.timing.readers.alkamel import read_laps, read_results

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "imsa"

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the timing files are not beside the project"),
]


def judged(season: int, event: str, folder: str) -> dict[str, list[Violation]]:
    laps_file = next((DATA / str(season)).glob(f"*{folder}/*race-laps.csv"))
    book = rulebook_for("imsa", season, event)
    laps = read_laps(laps_file)
    results = read_results(Path(str(laps_file).replace("laps.csv", "results.csv")))
    entries = {row["car"]: row for row in results.iter_rows(named=True)}
    best = dict(laps.group_by("car_class").agg(pl.col("lap").max()).iter_rows())
    found = {}
    for (car,), rows in laps.sort("car", "lap").group_by(["car"], maintain_order=True):
        entry = entries[str(car)]
        licences = dict(zip(entry["drivers"], entry["licences"], strict=True))
        parts: list[tuple[str, float, float]] = []
        before = 0.0
        for lap in rows.iter_rows(named=True):
            name = lap["driver"] or "?"
            if parts and parts[-1][0] == name and not lap["pit_time_s"]:
                parts[-1] = (name, parts[-1][1], lap["elapsed_s"])
            else:
                parts.append((name, before + (lap["pit_time_s"] or 0.0), lap["elapsed_s"]))
            before = lap["elapsed_s"]
        stints = [
            Stint(name, next((v for k, v in licences.items() if same_driver(k, name)), None), start, max(start, end))
            for name, start, end in parts
        ]
        finished = len(rows) >= 0.9 * best[entry["car_class"]]
        broken = violations(book, entry["car_class"], book.race.duration_s, stints, finished=finished, tolerance_s=30)
        if broken:
            found[str(car)] = broken
    return found


def test_sebring_2021_pagenaud_drove_fifty_seconds_too_long() -> None:
    found = judged(2021, "sebring", "sebring-international-raceway")
    drive_time = {car: vs for car, vs in found.items() if any(v.rule != "order" for v in vs)}
    assert list(drive_time) == ["48"]
    assert [(v.rule, v.driver) for v in drive_time["48"]] == [("drive time in a window", "Simon Pagenaud")]
    assert "4:00:51" in drive_time["48"][0].text


def test_petit_le_mans_2023_the_car_that_was_put_last() -> None:
    found = judged(2023, "road-atlanta", "road-atlanta")
    assert list(found) == ["6"]
    assert [v.driver for v in found["6"]] == ["Mathieu Jaminet"]


@pytest.mark.parametrize(
    ("season", "event", "folder"),
    [
        (2021, "mid-ohio", "mid-ohio-sports-car-course"),
        (2022, "lime-rock", "lime-rock-park"),
        (2023, "vir", "virginia*"),
    ],
)
def test_sprints_were_legal(season: int, event: str, folder: str) -> None:
    assert judged(season, event, folder) == {}
