"""Compiling the registry: small sources of our own, and the real ones where they are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from scripts.registry.makes import make_of
from scripts.registry.people import Decisions, resolve
from scripts.registry.places import circuit_of
from scripts.registry.raw import Raw, RawDriver, RawEntry, RawEvent, name_alike, with_class_positions

from langstrecke.paddock.matching import fold
from langstrecke.paddock.registry import load_registry

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"


def entry(event: str, year: int, *names: str, team: str = "Team", country: str = "DEU") -> RawEntry:
    return RawEntry(event, year, "1", "GT", team, "Car", tuple(RawDriver(n, country) for n in names))


def people(*entries: RawEntry, decisions: Decisions = Decisions()) -> dict[str, set[str]]:  # noqa: B008
    persons, _, _ = resolve(Raw(entries=list(entries)), decisions)
    return {p.id: p.names for p in persons}


def test_spellings_meet_where_the_evidence_is_good() -> None:
    found = people(entry("a", 2019, "Maxi Buhk", "Jan Koch"), entry("b", 2020, "Maximilian Buhk", "Jan Koch"))
    assert len(found) == 2
    assert {"Maxi Buhk", "Maximilian Buhk"} in found.values()


def test_a_race_without_a_name_takes_that_of_other_seasons() -> None:
    def event(year: str, name: str, circuit: str = "sebring", hours: int = 12, series: str = "imsa") -> RawEvent:
        day = f"{year}-03-20"
        race_id = f"{series}-{year}-{circuit}-{hours}"
        return RawEvent(race_id, series, year, name, circuit, day, day, day, duration_s=hours * 3600)

    raw = Raw()
    events = [event("2021", "12 Hours"), event("2022", ""), event("2022", "", hours=2), event("2021", "Glen", "glen")]
    events += [event("2018", "Total 24", "spa", 24, "spa-24h"), event("2019", "", "spa", 24, "spa-24h")]
    for one in events:
        raw.add_event(one)
    name_alike(raw)
    assert {key: e.name for key, e in raw.events.items() if e.season in ("2019", "2022")} == {
        "imsa-2022-sebring-12": "12 Hours", "imsa-2022-sebring-2": "", "spa-24h-2019-spa-24": "",
    }  # fmt: skip


def test_one_race_keeps_them_apart() -> None:
    found = people(entry("a", 2019, "Max Hofer"), entry("a", 2019, "Maximilian Hofer"))
    assert len(found) == 2


def test_a_person_can_decide_either_way() -> None:
    rows = (entry("a", 2019, "Tom Smith", team="X"), entry("b", 1990, "Thomas Smith", team="Y"))
    assert len(people(*rows)) == 2
    assert len(people(*rows, decisions=Decisions(same=(("Tom Smith", "Thomas Smith"),)))) == 1
    rows = (entry("a", 2019, "Tom Smith"), entry("b", 2019, "Thomas Smith"))
    assert len(people(*rows)) == 1
    apart = Decisions(different=(frozenset((fold("Tom Smith"), fold("Thomas Smith"))),))
    assert len(people(*rows, decisions=apart)) == 2


def test_the_same_name_generations_apart_is_two_persons_and_a_doubt() -> None:
    raw = Raw(entries=[entry("a", 1930, "Uli Richter"), entry("b", 1996, "Uli Richter")])
    persons, owner, doubts = resolve(raw, Decisions())
    assert [p.id for p in persons] == ["uli-richter", "uli-richter-1996"]
    assert owner[0, "Uli Richter"] != owner[1, "Uli Richter"]
    assert "66 years" in doubts[0].match.reasons[0]
    kept = Decisions(same=(("Uli Richter",),))
    assert len(resolve(raw, kept)[0]) == 1


def test_licences_reach_the_person() -> None:
    raw = Raw(entries=[entry("a", 2019, "Jan Koch")], licences=[("jan koch", 2018, "gold")])
    assert resolve(raw, Decisions())[0][0].licences == {2018: "gold"}


def test_places_in_class() -> None:
    rows = [RawEntry("a", 2019, str(n), "AB"[n % 2], "", "", (), position=n) for n in (3, 1, 2, 4)]
    assert {e.car: e.class_position for e in with_class_positions(rows)} == {"1": 1, "2": 1, "3": 2, "4": 2}


def test_two_series_cannot_claim_one_race() -> None:
    raw = Raw()
    raw.add_event(RawEvent("x", "imsa", "2019", "", "sebring", "2019-01-01", "2019-01-01", "2019-01-01"))
    with pytest.raises(ValueError, match="claimed"):
        raw.add_event(RawEvent("x", "wec", "2019", "", "sebring", "2019-01-01", "2019-01-01", "2019-01-01"))


def test_makes_and_places() -> None:
    renamed = {"Corvette": "Chevrolet"}
    assert make_of("Chevrolet Corvette C7.R", renamed) == "Chevrolet"
    assert make_of("Corvette C8.R", renamed) == "Chevrolet"
    assert make_of("Aston Martin Vantage GTE", {}) == "Aston Martin"
    assert make_of("De Tomaso Pantera", {}) == "De Tomaso"
    assert make_of("Courage-Porsche C32", {}) == "Courage-Porsche"
    assert make_of("", {}) == ""
    assert circuit_of("Circuit de la Sarthe") == "le-mans"
    assert circuit_of("Nürburgring") == circuit_of("Nurburgring") == "nurburgring"
    with pytest.raises(KeyError, match="Mondkreis"):
        circuit_of("Mondkreis")


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason="the source files are not beside the project")
def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    shipped = ROOT / "src" / "langstrecke" / "paddock" / "data"
    for name in shipped.iterdir():
        (tmp_path / name.name).write_bytes(name.read_bytes())
    command = [sys.executable, "-m", "scripts.registry", "--data", str(DATA), "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert "entries" in done.stdout
    for made in sorted(tmp_path.iterdir()):
        assert made.read_bytes() == (shipped / made.name).read_bytes(), f"{made.name}: run python -m scripts.registry"
    assert sum(f.stat().st_size for f in tmp_path.iterdir()) < 3_000_000
    assert len(load_registry(str(tmp_path)).drivers) == len(load_registry().drivers)


def test_no_sources_is_a_clear_answer(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scripts.registry", "--data", str(tmp_path / "absent")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 2
    assert "not there" in done.stderr
