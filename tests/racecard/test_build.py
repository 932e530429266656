"""Cards built from real timing files: entry facts, grid, what they may know, the verb."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from langstrecke.cli import app
from langstrecke.errors import NotFoundError
from langstrecke.racecard.build import build_card
from langstrecke.racecard.io import card_json, read_card
from langstrecke.racecard.schema import RaceCard
from langstrecke.ratings.archive import open_archive
from langstrecke.store import Store, open_store
from langstrecke.store.importing import import_folder

EVENTS = (
    "01-roar-before-the-24",
    "02-daytona-international-speedway",
    "05-sebring-international-raceway",
    "08-mid-ohio-sports-car-course",
)
RACE = "imsa-2021-sebring"

pytestmark = pytest.mark.data


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Summaries go to a folder of this run, so that the code under test makes them."""
    patch = pytest.MonkeyPatch()
    place = tmp_path_factory.mktemp("cache")
    patch.setattr("langstrecke.ratings.archive.default_cache", lambda: place)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def store(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("season")
    for event in EVENTS:
        shutil.copytree(data / "imsa" / "2021" / event, folder / "imsa" / "2021" / event)
    with open_store(folder / "store.duckdb") as opened:
        import_folder(opened, folder)
        yield opened


@pytest.fixture(scope="module")
def card(store: Store) -> RaceCard:
    return build_card(RACE, store)


def test_the_field_of_sebring(card: RaceCard) -> None:
    assert len(card.entries) == 37
    assert list(card.classes) == ["DPi", "LMP2", "GTLM", "LMP3", "GTD"]
    assert len(card.cars_of("DPi")) == 7
    ganassi = card.entry("01")
    assert [d.name for d in ganassi.drivers] == ["Renger van der Zande", "Kevin Magnussen", "Scott Dixon"]
    assert {d.evidence for d in ganassi.drivers} == {"laps"}
    assert card.race.duration_s == 43200
    assert card.race.rulebook == "imsa-2021"
    assert "imsa-2021" not in card.race.note.split("chosen on")[1]


def test_the_grid_is_that_of_qualifying(card: RaceCard) -> None:
    places = [e.grid for e in card.entries]
    assert sorted(p for p in places if p) == list(range(1, 38))
    assert card.entry("31").grid == 1  # pole of the 12 Hours of Sebring 2021
    prototypes = [e.grid for e in card.entries if e.car_class in ("DPi", "LMP2", "LMP3")]
    assert max(p for p in prototypes if p) == 19


def test_figures_are_plausible(card: RaceCard) -> None:
    dpi = card.classes["DPi"]
    assert dpi.lap_s == pytest.approx(109.0, abs=2.5)
    assert 18 < dpi.stint_laps < 27
    assert 55 < dpi.lane_s + dpi.refuel_s < 75  # real routine stops: 61.6 to 68.7 s in the lane
    for figures in card.classes.values():
        assert 0.1 < figures.noise_s < 2.5
        assert 0.002 < figures.retire_per_h < 0.08
    for entry in card.entries:
        assert 0.02 < entry.pace_s_sd < 2.5
        assert abs(entry.pace_s) < 4


def test_the_result_is_shown(card: RaceCard) -> None:
    winner = next(r for r in card.result if r.position == 1)
    assert winner.car == "5"
    assert winner.laps == 349


def test_an_unknown_race_names_near_ones(store: Store) -> None:
    with pytest.raises(NotFoundError, match="imsa-2021-sebring"):
        build_card("imsa-2021-sebrin", store)


def _rewrite_results(path: Path) -> None:
    """Other places, laps and times, rows in another order; who drove stays."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    head, body = rows[0], rows[1:]
    for i, row in enumerate(body):
        for name, value in (("POSITION", str(len(body) - i)), ("LAPS", str(100 + i)), ("TOTAL_TIME", "1:00:00.000")):
            if name in head:
                row[head.index(name)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *sorted(body, key=lambda r: r[head.index("NUMBER")], reverse=True)])


def test_nothing_later_is_known(card: RaceCard, data: Path, tmp_path: Path) -> None:
    """The race's laps gone, its result rewritten, the next event missing: only the result shown differs."""
    for event in EVENTS[:-1]:
        shutil.copytree(data / "imsa" / "2021" / event, tmp_path / "imsa" / "2021" / event)
    sebring = tmp_path / "imsa" / "2021" / EVENTS[2]
    (sebring / "202103201010-race-laps.csv").chmod(0o644)
    results = sebring / "202103201010-race-results.csv"
    results.chmod(0o644)
    _rewrite_results(results)
    laps = (sebring / "202103201010-race-laps.csv").read_text("utf-8-sig").splitlines()
    changed = [line.replace(",1:", ",2:") for line in laps[:1200]]
    (sebring / "202103201010-race-laps.csv").write_text("\n".join(changed), "utf-8")
    with open_store(tmp_path / "other.duckdb") as other:
        import_folder(other, tmp_path)
        rebuilt = build_card(RACE, other)
    one, two = card_json(card), card_json(rebuilt)
    assert one.pop("result") != two.pop("result")
    assert one == two


def test_full_knowledge_sees_the_race(card: RaceCard, store: Store) -> None:
    full = build_card(RACE, store, "full")
    assert full.race.knowledge == "full"
    assert full.classes["DPi"].lap_s == pytest.approx(108.3, abs=0.8)  # free air; 108.8 with traffic
    assert full.classes["DPi"].lap_s_sd < card.classes["DPi"].lap_s_sd
    for before, after in zip(card.entries, full.entries, strict=True):
        assert after.pace_s_sd <= full.entry(before.car).pace_s_sd + 1e-9
    mean = lambda c: sum(e.pace_s_sd for e in c.entries) / len(c.entries)  # noqa: E731
    assert mean(full) < 0.75 * mean(card)


def test_a_shared_archive_gives_the_same_card(card: RaceCard, store: Store) -> None:
    assert build_card(RACE, store, archive=open_archive(store)) == card


def test_the_verb_writes_a_card(store: Store, tmp_path: Path) -> None:
    place = store.path
    store.close()
    target = tmp_path / "sebring.toml"
    done = CliRunner().invoke(app, ["card", "build", RACE, "--store", str(place), "--out", str(target)])
    assert done.exit_code == 0, done.output
    assert len(read_card(target).entries) == 37
