"""The shipped registry: who is who, and what they entered."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from langstrecke.errors import CardError, NotFoundError
from langstrecke.paddock.model import STATUS_WORDS
from langstrecke.paddock.places import circuit_in
from langstrecke.paddock.registry import Registry, load_registry


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def test_everything_refers_to_something_that_is_there(registry: Registry) -> None:
    assert len(registry.all_entries) > 9_500
    for entry in registry.all_entries:
        assert entry.event in registry.events
        assert set(entry.drivers) <= set(registry.drivers)
        assert not entry.team or entry.team in registry.teams
        assert not entry.vehicle or entry.vehicle in registry.vehicles
        assert entry.status in STATUS_WORDS
        assert len(set(entry.drivers)) == len(entry.drivers)
    for event in registry.events.values():
        assert event.series in registry.series
        assert event.circuit in registry.circuits
        assert event.start <= event.race_day <= event.end
        assert (event.end - event.start).days < 15
        assert event.source
    for vehicle in registry.vehicles.values():
        assert vehicle.make in registry.makes


def test_places_in_class_count_up(registry: Registry) -> None:
    for event in registry.events:
        by_class: dict[str, list[int]] = {}
        whole = True
        for entry in registry.entries(event):
            whole = whole and entry.complete
            if entry.class_position is not None and entry.status == "classified":
                by_class.setdefault(entry.car_class, []).append(entry.class_position)
        series = registry.events[event].series
        if series in ("imsa", "le-mans", "gtwce-endurance", "gtwce-sprint", "wec"):
            for places in by_class.values():
                assert sorted(places) == list(range(1, len(places) + 1)), event


def test_nobody_drives_two_cars_of_one_class_under_one_name(registry: Registry) -> None:
    """Two persons taken for one would show up in two cars of a race more often than the rules of old allowed."""
    double = 0
    for event in registry.events:
        seen: dict[str, int] = {}
        for entry in registry.entries(event):
            if entry.status in ("reserve", "dna", "dns", "dnq"):
                continue
            for driver in entry.drivers:
                seen[driver] = seen.get(driver, 0) + 1
        double += sum(count > 1 for count in seen.values())
    assert double < 80  # drivers did start in two cars; it was never common


@pytest.mark.parametrize(
    ("asked", "driver"),
    [
        ("Jan Magnussen", "jan-magnussen"),
        ("jan MAGNUSSEN", "jan-magnussen"),
        ("J. MAGNUSSEN", "jan-magnussen"),
        ("jan-magnussen", "jan-magnussen"),
        ("K. Magnussen", "kevin-magnussen"),
        ("Nicky Catsburg", "nick-catsburg"),
        ("Nick Catsburg", "nick-catsburg"),
        ("Seb Priaulx", "seb-priaulx"),
        ("Come Ledogar", "come-ledogar"),
        ("S. Müller", "sven-muller"),
        ("Nico Mueller", "nico-muller"),
        ("Maxi Götz", "maximilian-gotz"),
        ("Philipp Eng", "philipp-eng"),
        ("Dr. Helmut Marko", "helmut-marko"),
    ],
)
def test_names_find_their_driver(registry: Registry, asked: str, driver: str) -> None:
    assert registry.driver(asked).id == driver


def test_unknown_and_ambiguous_names_say_what_is_near(registry: Registry) -> None:
    with pytest.raises(NotFoundError, match="Jan Magnussen"):
        registry.driver("Jan Magnusheimer")
    with pytest.raises(NotFoundError, match=r"jan-magnussen.*kevin-magnussen"):
        registry.driver("Magnussen")
    with pytest.raises(NotFoundError, match="sebring"):
        registry.circuit("Sebrng")
    with pytest.raises(NotFoundError, match="le-mans"):
        registry.series_named("le-man")
    with pytest.raises(NotFoundError, match="imsa-2021-sebring"):
        registry.event("imsa-2021-sebrig")
    with pytest.raises(NotFoundError, match=r"has .*2021"):
        registry.calendar("imsa", 1850)
    with pytest.raises(NotFoundError, match="Corvette"):
        registry.team("Corvette Racinge")


def test_families_stay_apart(registry: Registry) -> None:
    ids = {
        registry.driver(name).id
        for name in (
            "Jan Magnussen", "Kevin Magnussen", "Nico Müller", "Sven Müller", "Mario Andretti", "Michael Andretti",
            "Nelson Piquet", "Nelson Piquet Jr.", "Walter Lechner", "Walter Lechner Jr.", "Eddie Cheever III",
            "Eddie Cheever Jr.", "Dries Vanthoor", "Laurens Vanthoor", "Kelvin van der Linde",
            "Sheldon van der Linde",
            "Jordan Taylor", "Ricky Taylor", "Robert Renauer", "Alfred Renauer",
        )
    }  # fmt: skip
    assert len(ids) == 20


def test_names_of_different_files_meet(registry: Registry) -> None:
    """Le Mans, IMSA and the WEC spell him three ways."""
    entries = {e.event for e in registry.entries_of("antonio-garcia")}
    assert {"le-mans-2019", "imsa-2021-sebring", "le-mans-2009"} <= entries
    assert registry.driver("Loic Duval").id == registry.driver("Loïc Duval").id


def test_a_match_is_explained(registry: Registry) -> None:
    best = registry.match("J. MAGNUSSEN", team="Corvette Racing", year=2019)[0]
    assert best.driver.id == "jan-magnussen"
    assert any("initial" in reason for reason in best.reasons)
    assert any("same team" in reason for reason in best.reasons)
    without = registry.match("J. MAGNUSSEN")[0]
    assert without.score < best.score <= 100
    assert registry.match("Xyzzy Plugh") == []


def test_decided_pairs_are_not_doubtful_any_more(registry: Registry) -> None:
    table = tomllib.loads((files("langstrecke.paddock") / "data" / "aliases.toml").read_text("utf-8"))
    decided = {frozenset(pair) for pair in table["different"]}
    for names in table["same"]:
        decided |= {frozenset((a, b)) for a in names for b in names}
    assert 0 < len(registry.doubtful) < 60
    for pair in registry.doubtful:
        assert frozenset((pair.one, pair.other)) not in decided
        assert pair.reasons
        assert 0 < pair.score <= 100


def test_merged_names_are_explained(registry: Registry) -> None:
    pairs = {frozenset((p.one, p.other)): p for p in registry.merged}
    pair = pairs[frozenset(("Alessandro Pier Guidi", "Alessandro Pierguidi"))]
    assert pair.score >= 90
    assert "same letters, other spacing" in pair.reasons
    for merged in registry.merged:
        assert registry.driver(merged.one).id == registry.driver(merged.other).id == merged.driver


def test_licences(registry: Registry) -> None:
    jan = registry.driver("Jan Magnussen")
    assert jan.licence(2019) == "platinum"
    assert jan.licence(2022) == "platinum"  # the nearest year known
    assert jan.licence(1999) is None


def test_calendars_hold_races_that_count(registry: Registry) -> None:
    assert "le-mans-2016" in [e.id for e in registry.calendar("wec", 2016)]
    season = registry.calendar("WEC", "2018-19")
    assert [e.id for e in season if e.series == "le-mans"] == ["le-mans-2018", "le-mans-2019"]
    assert "spa-24h-2018" in [e.id for e in registry.calendar("blancpain-endurance", 2018)]
    assert [e.id for e in registry.calendar("f1", 2019)][:2] == ["f1-2019-albert-park", "f1-2019-bahrain"]
    assert len(registry.calendar("imsa", 2021)) == 13  # twelve rounds and the qualifying race


def test_corrections_by_the_stewards(registry: Registry) -> None:
    sebring = {e.car: e for e in registry.entries("imsa-2021-sebring") if e.car_class == "DPi"}
    assert (sebring["48"].class_position, sebring["60"].class_position) == (7, 3)
    assert "drive time" in sebring["48"].note
    winners = [e.car for e in registry.entries("imsa-2023-watkins-glen") if e.class_win and e.car_class == "GTP"]
    assert winners == ["25"]


@pytest.mark.parametrize(
    ("text", "circuit"),
    [
        ("Lone Star Le Mans", "cota"), ("24 Heures du Mans", "le-mans"), ("LeMans", "le-mans"),
        ("Le_Mans", "le-mans"),
        ("Petit Le Mans", "road-atlanta"), ("Tire Rack.com Battle on the Bricks", "indianapolis"),
        ("Losail", "lusail"),
        ("qatar_1812km", "lusail"), ("SPA FRANCORCHAMPS", "spa"), ("Spanish Hills", None),
        ("São Paulo", "interlagos"),
        ("Weathertech 240 - WGI", "watkins-glen"), ("Nürburgring", "nurburgring"), ("Nuerburgring", "nurburgring"),
        ("1000 Miles of Sebring", "sebring"), ("Autodromo do Algarve", "portimao"), ("Roar Before the 24", "daytona"),
    ],
)  # fmt: skip
def test_a_circuit_is_found_in_an_events_name(text: str, circuit: str | None) -> None:
    assert circuit_in(text) == circuit


def test_a_folder_without_tables_says_so(tmp_path: object) -> None:
    with pytest.raises(CardError, match="has no drivers"):
        load_registry(str(tmp_path))
