"""Results, weather, dossiers and entry lists from small files."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest

import langstrecke
import timing_files as tf
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers import alkamel, dossier
from langstrecke.timing.readers.entrylist import read_entries
from langstrecke.timing.schema import RESULTS, WEATHER


def test_imsa_race_results(tmp_path: Path) -> None:
    path = tf.write_file(tmp_path / "race-results.csv", tf.RESULT_HEADER, tf.RESULT_ROWS)
    notices: list[Notice] = []
    results = alkamel.read_results(path, notices=notices)
    assert results.schema == RESULTS
    assert notices == []
    assert results["car"].to_list() == ["01", "1", "10", "74"]
    assert results["position"].to_list() == [1, 2, 3, None]
    assert results["position_in_class"].to_list() == [1, 1, 2, None]
    assert results["car_class"].to_list() == ["DPi", "GTDPRO", "DPi", "LMP3"]
    assert results["total_time_s"].to_list() == [1100.0, 1120.1, 1121.6, None]
    assert results["gap_s"].to_list() == [0.0, None, None, None]
    assert results["gap_laps"].to_list() == [None, 1, 1, None]
    assert results["team"][0] == "Chip, Sons LLC"
    assert results["drivers"].to_list()[0] == ["Renger van der Zande", "Kevin Magnussen"]
    assert results["licences"].to_list() == [["gold", "platinum"], ["gold", None], ["platinum"], ["silver"]]
    assert results["countries"].to_list()[0] == ["NLD", "DNK"]
    assert results["manufacturer"].to_list() == ["Cadillac", "Lamborghini", "Acura", "Ligier"]
    assert langstrecke.load(path).kind == "results"


def test_imsa_practice_results_have_fastest_laps_and_no_total(tmp_path: Path) -> None:
    header = tf.RESULT_HEADER.replace(
        "POSITION,NUMBER,STATUS,LAPS,TOTAL_TIME,GAP_FIRST,GAP_PREVIOUS,FL_LAPNUM,FL_TIME,FL_KPH",
        "POS,NUMBER,LAP,TIME,GAP_FIRST,GAP_PREVIOUS,KPH, LAPS",
    )
    rows = [
        "1,31,5,1:46.212,-,-,204.0,27,W,DPi,,,Cadillac DPi,M,A,B,Gold,,GBR,",
        "2,1,,,,,,3,P,GTD,,,BMW M4 GT3,M,C,D,,,,",
    ]
    results = alkamel.read_results(tf.write_file(tmp_path / "p.csv", header, rows))
    assert results["fastest_lap_s"].to_list() == [106.212, None]
    assert results["fastest_lap"].to_list() == [5, None]
    assert results["laps"].to_list() == [27, 3]
    assert results["total_time_s"].to_list() == [None, None]
    assert results["status"].to_list() == [None, None]


def test_wec_classification(tmp_path: Path) -> None:
    rows = [
        "1;19;Porsche Team;Nico HÜLKENBERG;Earl BAMBER;Nick TANDY;;Porsche 919 Hybrid;M;LMP1;H;;Classified;395;"
        "24:00'42.784;;;235;3'18.596;247.1;",
        "2;98;Aston;Paul DALLA LANA;;;;Aston Martin Vantage V8;M;LMGTE Am;;;Not classified;321;23:08'00.721;74 Laps;"
        "-5 Laps;100;3'59.000;200.0;",
        "3;92;Porsche;Patrick PILET;;;;Porsche 911 RSR;M;LMGTE Pro;;;Retired;14;57'54.087;381 Laps;30 Laps;;;;",
    ]
    path = tf.write_file(tmp_path / "Classification.csv", tf.WEC, rows)
    results = alkamel.read_results(path)
    assert results["drivers"].to_list()[0] == ["Nico Hülkenberg", "Earl Bamber", "Nick Tandy"]
    assert results["total_time_s"].to_list() == [86442.784, 83280.721, 3474.087]
    assert results["fastest_lap_s"].to_list() == [198.596, 239.0, None]
    assert results["position"].to_list() == [1, None, None]  # only the classified have a place
    assert results["status"].to_list() == ["Classified", "Not classified", "Retired"]
    assert results["gap_laps"].to_list() == [None, 74, 381]


def test_results_with_the_same_car_and_the_same_place_twice(tmp_path: Path) -> None:
    rows = [*tf.RESULT_ROWS, tf.RESULT_ROWS[0], tf.RESULT_ROWS[2].replace("3,10,", "2,11,")]
    notices: list[Notice] = []
    results = alkamel.read_results(tf.write_file(tmp_path / "r.csv", tf.RESULT_HEADER, rows), notices=notices)
    assert results["car"].to_list() == ["01", "1", "10", "74", "11"]
    assert results["position"].to_list() == [1, None, 3, None, None]
    assert [notice.count for notice in notices] == [1, 2]


def test_weather_in_us_units_becomes_metric(tmp_path: Path) -> None:
    weather = alkamel.read_weather(tf.write_file(tmp_path / "w.csv", tf.WEATHER_HEADER, tf.WEATHER_ROWS))
    assert weather.schema == WEATHER
    assert weather["utc"][0] == dt.datetime(2021, 3, 20, 14, 11, 42, tzinfo=dt.UTC)
    assert weather["air_c"].to_list() == pytest.approx([20.0, 21.0])
    assert weather["pressure_hpa"].to_list() == pytest.approx([1015.917, 1015.917])
    assert weather["wind_mps"].to_list() == pytest.approx([4.4704, 4.4704])
    assert weather["rain"].to_list() == [None, None]


def test_weather_in_metric_units_gives_the_wind_in_km_h(tmp_path: Path) -> None:
    rows = ["1616249502;x;22,5;30;50;1013,2;10,8;90;1;", "1616249562;x;99;30;50;1013.2;10.8;90;0;"]
    path = tf.write_file(tmp_path / "w.csv", tf.WEATHER_HEADER.replace(",", ";"), rows)
    notices: list[Notice] = []
    weather = alkamel.read_weather(path, notices=notices)
    assert weather["air_c"].to_list() == [22.5, None]
    assert weather["rain"].to_list() == [True, False]
    assert weather["wind_mps"].to_list() == pytest.approx([3.0, 3.0])
    assert notices == [Notice("impossible reading left out of air_c", 1, 3)]


def test_dossier_pit_times_meet_the_out_laps(tmp_path: Path) -> None:
    path = tf.dossier_files(tmp_path)
    notices: list[Notice] = []
    laps = dossier.read_laps(path, notices=notices)
    assert notices == []
    timed = laps.filter(pl.col("pit_time_s").is_not_null())
    assert timed.select("car", "lap", "pit_time_s").rows() == [
        ("1", 21, 66.127), ("1", 171, 70.5), ("5", 51, 7300.25),
    ]  # fmt: skip
    assert laps["flag"].null_count() == laps["kph"].null_count() == laps.height
    assert laps.filter(pl.col("car") == "1")["manufacturer"].unique().to_list() == ["Rebellion"]
    assert laps.filter(pl.col("car") == "5")["manufacturer"].null_count() == 200
    assert langstrecke.load(path).provider == "dossier"
    assert langstrecke.load(tmp_path / "lemans_2018_pits.csv").kind == "pits"


def test_dossier_without_its_pits_says_so(tmp_path: Path) -> None:
    path = tf.dossier_files(tmp_path)
    (tmp_path / "lemans_2018_pits.csv").unlink()
    notices: list[Notice] = []
    laps = dossier.read_laps(path, notices=notices)
    assert laps["pit_time_s"].null_count() == laps.height
    assert "pit stops not found" in notices[0].what


def test_dossier_stops_that_meet_no_lap_are_counted(tmp_path: Path) -> None:
    path = tf.dossier_files(tmp_path)
    pits = tmp_path / "lemans_2018_pits.csv"
    pits.write_text(pits.read_text() + "5;2;18:00:00.000;C. R;18:01:00.000;C. R;1:00.000;1:00.000\n")
    notices: list[Notice] = []
    dossier.read_laps(path, notices=notices)
    assert notices == [Notice("pit stop that meets no in-lap left out", 1)]


def test_entry_list(tmp_path: Path) -> None:
    car = {"carNumber": "007", "drivers": [{"name": "Renger VAN DER ZANDE"}], "class": "HYPERCAR", "group": "H"}
    cars = [{**car, "team": "T", "manufacturer": "Aston Martin"}, {**car, "carNumber": "2", "class": "LMGT3"}]
    content = {
        "name": "6 Hours of Fuji", "season": 2024, "date": "2024-09-15",
        "race": {"startedAt": "11:00:27.491", "timeLimit": "06:00:00.000", "lapTotal": 213},
        "startingGrid": {"basis": "lap1_s1", "entries": [{"position": 2 - i, "car": c} for i, c in enumerate(cars)]},
    }  # fmt: skip
    path = tmp_path / "fuji_6h.json"
    path.write_text(json.dumps(content))
    listed = read_entries(path)
    assert (listed.name, listed.day, listed.time_limit_s) == ("6 Hours of Fuji", dt.date(2024, 9, 15), 21600.0)
    assert listed.grid_basis == "lap1_s1"
    assert listed.entries["car"].to_list() == ["007", "2"]
    assert listed.entries["drivers"].to_list()[0] == ["Renger van der Zande"]
    assert langstrecke.load(path).kind == "entries"
