"""`langstrecke simulate`: one race, its laps as timing data, its figure."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from langstrecke.cli import app
from langstrecke.errors import NotFoundError
from langstrecke.plots.race import car_gaps, race_gaps
from langstrecke.racecard import load_card
from langstrecke.simulation import simulate_laps
from langstrecke.timing.derive import class_gaps, classification
from langstrecke.timing.schema import LAPS


def test_a_race_is_written_as_timing_data_and_drawn(tmp_path: Path) -> None:
    laps, figure = tmp_path / "new" / "laps.parquet", tmp_path / "gaps.png"
    command = ["simulate", "imsa-2021-lime-rock", "--race", "7", "--laps", str(laps), "--figure", str(figure)]
    ran = CliRunner().invoke(app, [*command, "--class", "gtd"])
    assert ran.exit_code == 0, ran.output
    assert pl.read_parquet(laps).schema == pl.Schema(LAPS)
    assert figure.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--class", "GT3"], "class is called 'GT3'"),
        (["--figure", "gaps.doc"], "written as .svg, .png or .pdf"),
        (["--laps", "laps.txt"], "end its name in .parquet or .csv"),
    ],
)
def test_wrong_wishes_are_answered(more: list[str], said: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "langstrecke", "simulate", "imsa-2021-lime-rock", *more]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert ran.returncode != 0
    assert said in " ".join(ran.stderr.split())
    assert "Traceback" not in ran.stderr
    assert not list(tmp_path.iterdir())


def test_gaps_are_times_behind_the_first_of_the_class_on_the_same_lap() -> None:
    laps = simulate_laps(load_card("imsa-2021-lime-rock"), race=1, seed=3)
    gaps = class_gaps(laps)
    assert gaps.height == laps.height
    assert (gaps["gap_s"] >= 0).all()
    assert (gaps.group_by("car_class", "lap").agg(pl.col("gap_s").min())["gap_s"] == 0).all()
    order = classification(laps).filter(pl.col("car_class") == "GTD")["car"].to_list()
    winner, second = car_gaps(gaps, order[:2])
    assert winner.gap_s[-1] == 0
    last = len(second.hours)  # the last lap both have ended
    ahead, behind = (
        laps.filter((pl.col("car") == c) & (pl.col("lap") == last))["elapsed_s"].item() for c in order[:2]
    )
    assert winner.gap_s[last - 1] == pytest.approx(max(0.0, ahead - behind))
    assert second.gap_s[-1] >= behind - ahead - 1e-6


def test_a_figure_of_nobody_and_of_one_car() -> None:
    assert race_gaps([], "nobody", "") is not None
    laps = simulate_laps(load_card("imsa-2021-lime-rock"), race=1, seed=3)
    assert race_gaps(car_gaps(class_gaps(laps), [str(laps["car"][0])]), "one", "") is not None


def test_ctrl_c_ends_a_long_forecast_with_a_word() -> None:
    code = (
        "import os, signal, sys, threading\n"
        "from langstrecke.cli import main\n"
        "sys.argv = ['langstrecke', 'forecast', 'imsa-2021-lime-rock', '--races', '50000000']\n"
        "threading.Timer(3.0, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "main()"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 130
    assert "interrupted" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_bench_gives_a_row_per_engine_and_number_of_threads() -> None:
    command = ["bench", "--card", "imsa-2021-lime-rock", "--threads", "2", "--races", "64", "--json"]
    ran = CliRunner().invoke(app, command)
    assert ran.exit_code == 0, ran.output
    (row,) = json.loads(ran.stdout)
    assert list(row) == ["card", "engine", "threads", "races", "car_laps", "seconds", "car_laps_per_second"]
    assert (row["card"], row["engine"], row["threads"], row["races"]) == ("imsa-2021-lime-rock", "threads", 2, 64)
    assert row["car_laps_per_second"] == pytest.approx(row["car_laps"] / row["seconds"])
    with pytest.raises(NotFoundError, match="threads"):
        CliRunner().invoke(app, [*command, "--engine", "thread"], catch_exceptions=False)
