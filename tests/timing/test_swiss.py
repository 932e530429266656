"""Standings and competitors of Swiss Timing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from langstrecke.errors import TimingFileError
from langstrecke.timing.files import load


def written(folder: Path, *, over: bool = True, race: bool = True) -> Path:
    """A session of three cars as the two documents tell it; the place of the standing."""

    def who(bib: str, car_class: str, crew: list[tuple[str, str, str]]) -> dict[str, Any]:
        drivers = {
            f"d{n}": {"ListIndex": n, "FirstName": f, "LastName": last, "LicenseTypeName": lic, "CountryCode": "GER"}
            for n, (f, last, lic) in enumerate(crew)
        }
        names = {"TeamName": f"Team {bib}", "CarTypeName": "Porsche 911 GT3 R", "ManufacturerName": "Porsche"}
        return {"Bib": bib, "ClassId": car_class, "Drivers": dict(reversed(drivers.items())), **names}

    def row(rank: int, laps: int, total: str, behind: str, status: int = 2) -> dict[str, Any]:
        best = {"Time": "2:17.500", "LapNumber": 7}
        ranked = total if race else best["Time"]
        main = {"Rank": rank, "TotalLapCount": laps, "TotalTime": total, "RankingTime": ranked, "Status": status}
        return {"MainResult": {**main, "BestTime": best, **({"Behind": behind} if behind else {})}}

    competitors = {
        "a": who("80", "p", [("Ada", "Lang", "Platinum"), ("Bo", "Kurz", "Gold")]),
        "b": who("007", "m", [("Cy", "Weit", "Bronze")]),
        "c": who("9", "p", [("Di", "Nah", "Silver")]),
    }
    classes = {"p": {"Name": "Pro Cup"}, "m": {"Name": "Pro-AM Cup"}}
    results = {
        "b": row(2, 97, "3:01:02.000", "3L"),
        "a": row(1, 100, "3:00:01.500", ""),
        "c": row(3, 20, "40:00.000", "80L", status=4),
        "gone": row(4, 1, "3:00.000", "99L"),
    }
    info = {"ChequeredFlag": over, "TrackFlag": 1, "StartRealTime": "27.06.2026 16:28:34.826"}
    timing = folder / "SRO_2026_TIMING_X_JSON.json"
    for place, full in (
        (timing, {"UntInfo": info, "Results": results}),
        (folder / "SRO_2026_COMP_DETAIL_X_JSON.json", {"Competitors": competitors, "Classes": classes}),
    ):
        place.write_text(json.dumps({"uid": 1, "hash": "", "content": {"full": full}}), "utf-8")
    return timing


def test_a_standing_is_read_with_the_competitors_beside_it(tmp_path: Path) -> None:
    file = load(written(tmp_path))
    assert (file.provider, file.kind, file.of_race) == ("swiss", "results", True)
    assert file.said.day is not None
    assert file.said.day.isoformat() == "2026-06-27"
    table = file.table
    assert table["car"].to_list() == ["80", "007", "9"]
    assert table["car_class"].to_list() == ["Pro", "Pro-Am", "Pro"]
    assert table["laps"].to_list() == [100, 97, 20]
    assert table["total_time_s"].to_list() == [10_801.5, 10_862.0, 2400.0]
    assert table["gap_laps"].to_list()[1:] == [3, 80]
    assert table["position"].to_list() == [1, 2, None]
    assert table["drivers"].to_list() == [["Ada Lang", "Bo Kurz"], ["Cy Weit"], ["Di Nah"]]
    assert table["licences"].to_list()[0] == ["platinum", "gold"]
    assert table["fastest_lap_s"].to_list() == [137.5] * 3
    assert any("not among the competitors" in notice.what for notice in file.notices)


def test_a_standing_of_a_session_under_way_says_so(tmp_path: Path) -> None:
    notices = load(written(tmp_path, over=False)).notices
    assert any("was not over" in notice.what for notice in notices)


def test_a_list_of_best_laps_is_no_race(tmp_path: Path) -> None:
    file = load(written(tmp_path, race=False))
    assert file.of_race is not True
    assert file.table["fastest_lap_s"].to_list() == [137.5] * 3


def test_the_competitors_are_an_entry_list(tmp_path: Path) -> None:
    file = load(written(tmp_path).with_name("SRO_2026_COMP_DETAIL_X_JSON.json"))
    assert file.kind == "entries"
    assert file.table.select("car", "car_class").rows() == [("80", "Pro"), ("9", "Pro"), ("007", "Pro-Am")]


def test_a_standing_alone_says_what_is_missing(tmp_path: Path) -> None:
    place = written(tmp_path)
    place.with_name("SRO_2026_COMP_DETAIL_X_JSON.json").unlink()
    with pytest.raises(TimingFileError, match=r"COMP_DETAIL.*beside"):
        load(place)


@pytest.mark.data
def test_a_real_standing_of_the_24_hours_of_spa(data: Path, tmp_path: Path) -> None:
    samples = data / "samples" / "swiss_timing"
    shutil.copy(samples / "swiss_timing.json", tmp_path / "SRO_2026_TIMING_X_JSON.json")
    shutil.copy(samples / "swiss_comp_detail.json", tmp_path / "SRO_2026_COMP_DETAIL_X_JSON.json")
    file = load(tmp_path / "SRO_2026_TIMING_X_JSON.json")
    assert file.table.height == 69
    assert file.table["car"].n_unique() == 69
    assert file.table["laps"].max() == 457
    assert set(file.table["car_class"]) == {"Pro", "Gold", "Silver", "Pro-Am", "Bronze"}
    assert not any("unknown class" in notice.what for notice in file.notices)
