"""Readers of simulators' files: what the file says comes out; damage is told or refused, never read as truth."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import langstrecke
from langstrecke.errors import TimingFileError
from langstrecke.timing.derive.stints import pit_stops
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers import acc, iracing, rfactor2, simulators
from langstrecke.timing.readers.sim_session import SimSession
from sim_files import Driven, acc_json, as_bytes, iracing_laps, iracing_result, made_race, rfactor2_xml

SAMPLES = "samples"


def reading(path: Path, data: bytes) -> tuple[SimSession, list[Notice]]:
    path.write_bytes(data)
    notices: list[Notice] = []
    return simulators.read(path, notices=notices), notices


def check_laps(session: SimSession, race: list[Driven]) -> None:
    for car in race:
        rows = session.laps.filter(car=car.number)
        assert rows["lap"].to_list() == list(range(1, len(car.laps) + 1))
        assert rows["lap_time_s"].to_list() == pytest.approx(car.laps, abs=1e-4)
        assert rows["elapsed_s"][-1] == pytest.approx(car.total_s, abs=1e-3)
        assert rows["driver"].to_list() == [car.drivers[n] for n in car.who]
        swaps = sum(a != b for a, b in zip(car.who, car.who[1:], strict=False))
        assert session.drives.filter(car=car.number).height == swaps + 1


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-16"])
def test_acc_in_every_encoding(tmp_path: Path, codec: str) -> None:
    race = made_race(1)
    session, notices = reading(tmp_path / "r.json", as_bytes(acc_json(race), codec))
    assert not notices
    assert (session.simulator, session.kind, session.track) == ("acc", "race", "spa")
    check_laps(session, race)
    assert session.results["car"].to_list() == [car.number for car in race]
    assert session.results["position"].to_list() == list(range(1, len(race) + 1))
    assert session.results["manufacturer"].unique().to_list() == ["BMW"]
    # ACC does not say who pitted: in-laps are those before a change of driver, the rest is not known.
    assert session.laps["in_pit"].drop_nulls().all()


def test_acc_first_lap_from_before_the_start(tmp_path: Path) -> None:
    race = made_race(2)
    data = acc_json(race)
    for lap in data["laps"][: len(race)]:
        lap["laptime"] += 300_000
        lap["splits"][0] += 300_000
    session, notices = reading(tmp_path / "r.json", as_bytes(data))
    assert [n.count for n in notices] == [len(race)]
    check_laps(session, race)


def test_acc_penalty_after_the_race_is_no_first_lap(tmp_path: Path) -> None:
    race = made_race(2)
    data = acc_json(race)
    last = data["sessionResult"]["leaderBoardLines"][-1]
    last["timing"]["totalTime"] += 30_000
    row = {"carId": last["car"]["carId"], "penalty": "PostRaceTime", "penaltyValue": 30}
    data["post_race_penalties"] = [row]
    session, notices = reading(tmp_path / "r.json", as_bytes(data))
    assert not notices
    check_laps(session, race)


def test_acc_of_the_game_itself(tmp_path: Path) -> None:
    race = made_race(3)
    data = acc_json(race)
    laps = [
        {"carId": lap["carId"], "driverId": lap["driverIndex"], "lapTime": lap["laptime"], "splits": lap["splits"]}
        for lap in data["laps"]
    ]
    own = {"sessionDef": {"sessionType": 10, "trackName": "spa"}, "snapShot": data["sessionResult"], "laps": laps}
    session, _ = reading(tmp_path / "r.json", as_bytes(own))
    assert session.kind == "race"
    check_laps(session, race)


def test_acc_car_without_id_gets_the_laps_that_fit(tmp_path: Path) -> None:
    race = made_race(4)
    data = acc_json(race)
    del data["sessionResult"]["leaderBoardLines"][2]["car"]["carId"]
    session, notices = reading(tmp_path / "r.json", as_bytes(data))
    assert len(notices) == 1
    check_laps(session, race)


def test_rfactor2(tmp_path: Path) -> None:
    race = made_race(5)
    session, notices = reading(tmp_path / "r.xml", as_bytes(rfactor2_xml(race)))
    assert not notices
    assert (session.kind, session.track, session.duration_s) == ("race", "Spa GP", 3600.0)
    check_laps(session, race)
    for car in race:
        stops = pit_stops(session.laps).filter(car=car.number)
        assert stops["in_lap"].to_list() == car.pits
        sheet = session.sheet.filter(car=car.number)
        assert sheet["fuel"].to_list() == car.fuel
        assert sheet["tyre_fl"][-1] == pytest.approx(1 - 0.01 * len(car.laps))
        assert sheet["front"].unique().to_list() == ["Medium"]
        assert session.stop_counts.filter(car=car.number)["stops"].to_list() == [len(car.pits)]
    assert session.results["car"][0] == race[0].number
    assert session.results["gap_s"][1] == pytest.approx(race[1].total_s - race[0].total_s, abs=1e-3)


def test_rfactor2_lap_without_a_time_comes_from_the_starts(tmp_path: Path) -> None:
    race = made_race(6)
    text = rfactor2_xml(race)
    gone = f">{race[0].laps[4]:.4f}<"
    text = text.replace(gone, ">--.----<", 1)
    session, notices = reading(tmp_path / "r.xml", as_bytes(text))
    assert [str(n) for n in notices] == [
        f"1 x lap without a time, taken from when it and the next began, first car {race[0].number}, lap 5"
    ]
    check_laps(session, race)


def test_rfactor2_numbers_and_places_that_cannot_be(tmp_path: Path) -> None:
    race = made_race(7, cars=3)
    text = rfactor2_xml(race)
    for car in race[1:]:
        text = text.replace(f"<CarNumber>{car.number}<", f"<CarNumber>{race[0].number}<")
    text = re.sub(r'(num="3") p="\d+"', r'\1 p="105"', text)
    session, notices = reading(tmp_path / "r.xml", as_bytes(text))
    own = race[0].number
    assert session.results["car"].to_list() == [own, own + "b", own + "c"]
    assert session.sheet.filter(lap=3)["position"].to_list() == [None] * 3
    assert sorted(n.count for n in notices) == [2, 3]


BOMB = "<!DOCTYPE rF [<!ENTITY a 'x'>" + "".join(f'<!ENTITY b{n} "{"&a;" * 10}">' for n in range(9)) + "]>"


@pytest.mark.parametrize(
    "declared",
    [BOMB, '<!DOCTYPE rF [<!ENTITY a SYSTEM "file:///etc/passwd">]>', '<!DOCTYPE rF SYSTEM "http://x/y.dtd">',
     '<!DOCTYPE rF [<!ENTITY % p "x">]>'],
)  # fmt: skip
def test_rfactor2_expands_no_entities(tmp_path: Path, declared: str) -> None:
    text = re.sub(r"<!DOCTYPE.*?\]>", lambda _: declared, rfactor2_xml(made_race(8)), flags=re.DOTALL)
    text = text.replace("Team 10", "&a;", 1)
    with pytest.raises(TimingFileError):
        reading(tmp_path / "r.xml", as_bytes(text))


def test_iracing_laps(tmp_path: Path) -> None:
    race = made_race(9)
    rows = iracing_laps(race)
    for data in (rows, {"session_info": {"simsession_number": 0, "simsession_name": "RACE"}, "laps": rows}):
        session, notices = reading(tmp_path / "r.json", as_bytes(data))
        assert not notices
        assert session.kind == "race"
        check_laps(session, race)
        for car in race:
            assert pit_stops(session.laps).filter(car=car.number)["in_lap"].to_list() == car.pits


def test_iracing_result_of_a_team_race(tmp_path: Path) -> None:
    race = made_race(10)
    session, notices = reading(tmp_path / "r.json", as_bytes(iracing_result(race)))
    assert not notices
    assert session.kind == "race"
    assert session.track == "Spa GP"
    assert session.results["car"].to_list() == [car.number for car in race]
    assert session.results["laps"].to_list() == [len(car.laps) for car in race]
    assert session.results["drivers"].to_list() == [car.drivers for car in race]
    for car in race:
        own = session.drives.filter(car=car.number)
        told = dict(zip(own["driver"], own["laps"], strict=True))
        assert told == {name: car.who.count(n) for n, name in enumerate(car.drivers) if car.who.count(n)}


def test_load_knows_them_by_content(tmp_path: Path) -> None:
    race = made_race(11)
    for name, data, provider in (
        ("a.txt", as_bytes(acc_json(race), "utf-16-le"), "acc"),
        ("b.txt", as_bytes(rfactor2_xml(race)), "rfactor2"),
        ("c.txt", as_bytes(iracing_laps(race)), "iracing"),
        ("d.txt", as_bytes(iracing_result(race)), "iracing"),
    ):
        (tmp_path / name).write_bytes(data)
        file = langstrecke.load(tmp_path / name)
        assert file.provider == provider
        assert file.file is not None
        assert file.file.session is not None
        assert file.kind == ("results" if name == "d.txt" else "laps")
        assert not file.notices


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"sessionType": "R"}', '{"sessionType": "R", "laps": []}', "<rFactorXML/>",
     "<rFactorXML><RaceResults/></rFactorXML>", "<rFactorXML><RaceResults><Race/></RaceResults></rFactorXML>",
     '{"session_results": []}', '{"session_results": [{"results": [1]}]}', '[{"lap_number": 1}]',
     '{"chunk_info": {}}', '{"sessionType": NaN}', '{"sessionType": "R", "laps": [' + "[" * 5000,
     '{"sessionType": "R", "x": ' + "9" * 6000 + "}"],
)  # fmt: skip
def test_what_is_no_such_file_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x"
    path.write_text(text)
    for read in (acc.read, rfactor2.read, iracing.read, langstrecke.load):
        with pytest.raises(TimingFileError) as error:
            read(path)
        assert "\n" not in str(error.value)


# Damage: of what a file says more than once nothing false may come out in silence.


def _cut(luck: random.Random, data: bytes) -> bytes:
    return data[: luck.randrange(len(data))]


def _flip(luck: random.Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(luck.randint(1, 20)):
        out[luck.randrange(len(out))] = luck.randrange(256)
    return bytes(out)


def _hole(luck: random.Random, data: bytes) -> bytes:
    begin = luck.randrange(len(data))
    return data[:begin] + data[begin + luck.randint(1, 400) :]


def _twice(luck: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    at = luck.randrange(len(lines) - 3)
    return b"\n".join(lines[:at] + lines[at : at + 3] + lines[at:])


def _drop_lines(luck: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    for _ in range(luck.randint(1, 3)):
        del lines[luck.randrange(len(lines))]
    return b"\n".join(lines)


def _digit(luck: random.Random, data: bytes) -> bytes:
    """One digit of a lap's time, start or sectors changed."""
    figures = list(re.finditer(rb'(?:laptime": |lap_time": |">|s[123]="|et=")(\d[\d.]+)', data))
    if not figures:
        return _flip(luck, data)
    found = luck.choice(figures)
    at = luck.choice([n for n in range(found.start(1), found.end(1)) if data[n : n + 1] != b"."])
    return data[:at] + bytes([(data[at] - 48 + luck.randint(1, 9)) % 10 + 48]) + data[at + 1 :]


def _wrong_type(luck: random.Random, data: bytes) -> bytes:
    places = list(re.finditer(rb'(?<=": )(-?\d+)(?=[,\n])|(?<==")(-?\d[\d.]*)(?=")', data))
    if not places:
        return _flip(luck, data)
    found = luck.choice(places)
    new = luck.choice([b"-1", b"99999999999", b"0", b"nan", b"--.----", b'"x"', b"null", b"1e308", b"[]", b"{}"])
    return data[: found.start()] + new + data[found.end() :]


DAMAGES: list[Callable[[random.Random, bytes], bytes]] = [
    _cut, _flip, _hole, _twice, _drop_lines, _digit, _wrong_type,
]  # fmt: skip
LAYOUTS: dict[str, Callable[[list[Driven]], bytes]] = {
    "acc": lambda race: as_bytes(acc_json(race)),
    "acc-utf16": lambda race: as_bytes(acc_json(race), "utf-16-le"),
    "rfactor2": lambda race: as_bytes(rfactor2_xml(race)),
    "iracing": lambda race: as_bytes(iracing_laps(race)),
    "iracing-result": lambda race: as_bytes(iracing_result(race)),
}


def figures(session: SimSession) -> dict[tuple[Any, ...], tuple[float, ...]]:
    """What a file says more than once: lap times and elapsed times by car and lap, places and counts of laps.

    Cars by their order: a number is told once.
    """
    cars = {car: n for n, car in enumerate(dict.fromkeys(session.sheet["car"]))}
    laps = session.laps.select("car", "lap", "lap_time_s", "elapsed_s").rows()
    result = session.results.select("position", "laps").rows()
    return {(cars[car], lap): (time, at) for car, lap, time, at in laps} | {
        (f"row {n}",): (float(place or 0), float(count or 0)) for n, (place, count) in enumerate(result)
    }


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: d.__name__)
def test_damage_is_told_or_refused(tmp_path: Path, layout: str, damage: Callable[..., bytes]) -> None:
    """35 kinds, 12 files each: 420 damaged files."""
    for seed in range(12):
        luck = random.Random(f"{layout} {damage.__name__} {seed}")
        race = made_race(100 + seed)
        sound = LAYOUTS[layout](race)
        true, _ = reading(tmp_path / "sound", sound)
        path = tmp_path / "damaged"
        path.write_bytes(damage(luck, sound))
        try:
            file = langstrecke.load(path)
        except TimingFileError:
            continue
        assert file.file is not None
        assert file.file.session is not None
        if not file.notices:
            # The clock of iRacing ticks at 60 Hz: what is closer than that is no other figure.
            found, truth = figures(file.file.session), figures(true)
            assert found.keys() == truth.keys(), f"{layout} {damage.__name__} {seed}: laps or cars gone in silence"
            off = {k: v for k, v in found.items() if v != pytest.approx(truth[k], abs=0.021)}
            assert not off, f"{layout} {damage.__name__} {seed}: silently wrong {off}"


@pytest.mark.data
def test_the_samples(data: Path) -> None:
    """Every sample is read or refused in a sentence, and agrees with the independent count."""
    from scripts.validate.sim_readers import compare

    paths = sorted(p for kind in ("acc", "rfactor2", "iracing") for p in (data / SAMPLES / kind).iterdir())
    assert paths
    for path in paths:
        assert not compare(path), path.name


def test_a_sample_of_json_is_not_taken_for_an_entry_list(tmp_path: Path) -> None:
    path = tmp_path / "entries.json"
    path.write_text(json.dumps([{"number": "7", "drivers": []}]))
    assert simulators.simulator_of(path) is None
