"""Plans: every rule kept, wishes met, impossible rotas answered with the rules that clash."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from factories import make_card, small_card
from langstrecke.cli import app
from langstrecke.errors import CardError, LangstreckeError, NotFoundError
from langstrecke.racecard import RaceCard, apply_patch, load_card
from langstrecke.rulebooks.legality import Stint, violations
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.strategy import Plan, make_plan
from langstrecke.strategy.lookup import race_seconds
from langstrecke.strategy.plan.schedule import schedule

pytest.importorskip("ortools")

RUN = CliRunner()


def broken_rules(card: RaceCard, plan: Plan) -> list[str]:
    """Judged once more from the plan's own JSON, by the independent judge."""
    licence = {d.name: d.licence for d in card.entry(plan.car).drivers}
    stints = [Stint(s["driver"], licence[s["driver"]], s["start_s"], s["end_s"]) for s in plan.to_json()["stints"]]
    book = load_rulebook(card.race.rulebook)
    return [
        v.text
        for v in violations(
            book, plan.car_class, card.race.duration_s, stints, nominated=list(licence.items()), tolerance_s=1.0
        )
    ]


@pytest.mark.parametrize(
    ("race", "car"),
    [
        ("le-mans-2019", "63"),
        ("imsa-2021-daytona", "16"),
        ("imsa-2021-sebring", "16"),
        ("imsa-2021-long-beach", "16"),
    ],
)
def test_plans_of_real_races_are_legal(race: str, car: str) -> None:
    card = load_card(race)
    plan = make_plan(card, car, limit_s=3.0)
    assert broken_rules(card, plan) == []
    assert plan.violations == ()
    assert {s.driver for s in plan.stints} == set(plan.drivers)
    assert plan.gap is not None
    assert plan.gap <= 0.05
    assert plan.proven == (plan.gap_s == 0.0)


def test_a_plan_covers_the_race_without_holes() -> None:
    card = load_card("imsa-2021-sebring")
    plan = make_plan(card, "01", limit_s=2.0)
    lap = 1
    for before, after in zip(plan.stints, plan.stints[1:], strict=False):
        assert after.start_s == pytest.approx(before.end_s + after.stop_s)
        lap += before.laps
        assert after.first_lap == lap
    tank = card.entry("01").stint_laps or card.classes["DPi"].stint_laps
    assert all(0 < s.laps <= s.fuel + 1e-9 <= tank + 1e-6 for s in plan.stints)
    assert plan.stints[-1].end_s >= card.race.duration_s > plan.stints[-1].start_s


def test_wishes_are_kept(tmp_path: Path) -> None:
    card = load_card("imsa-2021-sebring")
    crew = [d.name for d in card.entry("01").drivers]
    file = tmp_path / "drivers.toml"
    file.write_text(
        f'[[driver]]\nname = "{crew[1]}"\nunavailable = [["0h", "4h"]]\nfinishes = true\n'
        f'[[driver]]\nname = "{crew[0]}"\nmax_drive = "2:30"\n[[driver]]\nname = "{crew[2]}"\nstarts = true\n'
    )
    plan = make_plan(card, "01", drivers=file, limit_s=3.0)
    assert plan.stints[0].driver == crew[2]
    assert plan.stints[-1].driver == crew[1]
    assert all(s.start_s >= 4 * 3600 for s in plan.stints if s.driver == crew[1])
    assert plan.driven_s(crew[0]) <= 2.5 * 3600 + 60


def test_an_impossible_rota_names_the_rules_that_clash(tmp_path: Path) -> None:
    card = load_card("le-mans-2019")
    file = tmp_path / "drivers.toml"
    file.write_text('[[driver]]\nname = "Jan Magnussen"\nunavailable = [["0h", "24h"]]\n')
    with pytest.raises(LangstreckeError, match=r"Magnussen is not available.*all must start: Jan Magnussen"):
        make_plan(card, "63", drivers=file, limit_s=3.0)
    two = apply_patch(card, 'title = "two"\n[set]\nentries.63.drivers = [{ name = "A" }, { name = "B" }]\n')
    alone = tmp_path / "alone.toml"
    alone.write_text('[[driver]]\nname = "A"\nunavailable = [["2h", "9h"]]\n')
    with pytest.raises(LangstreckeError, match=r"A is not available.*B at most 4:00:00 in 6:00:00"):
        make_plan(two, "63", drivers=alone, limit_s=3.0)


def test_a_wrong_list_of_drivers_is_told_with_its_key(tmp_path: Path) -> None:
    card = load_card("le-mans-2019")
    file = tmp_path / "drivers.toml"
    file.write_text('[[driver]]\nname = "Jan Magnussen"\nunavailble = []\n')
    with pytest.raises(CardError, match=r"drivers\.toml.*unavailble.*unavailable"):
        make_plan(card, "63", drivers=file)
    file.write_text('[[driver]]\nname = "Jann Magnusen"\n')
    with pytest.raises(NotFoundError, match="Jan Magnussen"):
        make_plan(card, "63", drivers=file)
    with pytest.raises(NotFoundError, match="no car is called '633'"):
        make_plan(card, "633")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("  \n", "is empty"),
        ("[[driver]\n", "line 1"),
        ("driver = 'x'\n", "must be tables"),
        ("[[driver]]\nstarts = true\n", "name.*is missing"),
        ("[[driver]]\nname = 'Magnussen'\nnight = nan\n", "night.*must be a number"),
        ("[[driver]]\nname = 'Magnussen'\nshare = 1e300\n", "share.*from 0 to 1000"),
        ("[[driver]]\nname = 'Magnussen'\nunavailable = [['6h', '8:00']]\n", "mixes clock and race time"),
        ("[[driver]]\nname = 'Magnussen'\n[[driver]]\nname = 'Jan Magnussen'\n", "is there twice"),
    ],
)
def test_hostile_lists_of_drivers(tmp_path: Path, text: str, match: str) -> None:
    file = tmp_path / "drivers.toml"
    file.write_text(text)
    with pytest.raises(CardError, match=rf"drivers\.toml.*{match}"):
        make_plan(load_card("le-mans-2019"), "63", drivers=file)


def test_moments() -> None:
    card = small_card()
    assert race_seconds(card, "1:30:00") == 5400.0
    assert race_seconds(card, "@12:30:00") == 1800.0
    assert race_seconds(card, "13:00:00") == 3600.0
    with pytest.raises(LangstreckeError, match="outside the race"):
        race_seconds(card, "18:00:00")
    with pytest.raises(LangstreckeError, match="is no time"):
        race_seconds(card, "noon")


def test_the_verb_writes_all_its_files(tmp_path: Path) -> None:
    pytest.importorskip("icalendar")
    names = [f"plan.{end}" for end in ("csv", "ics", "json", "png")]
    wanted = [part for name in names for part in ("--out", str(tmp_path / name))]
    done = RUN.invoke(app, ["plan", "imsa-2021-sebring", "--car", "01", "--limit", "1", "--json", *wanted])
    assert done.exit_code == 0, done.output
    data = json.loads(done.stdout)
    assert set(data["stints"][0]) == {"driver", "start_s", "end_s", "laps", "fuel", "tyres", "why", "state"}
    assert json.loads((tmp_path / "plan.json").read_text()) == data
    stints = len(data["stints"])
    assert len((tmp_path / "plan.csv").read_text().splitlines()) == stints + 1
    assert (tmp_path / "plan.ics").read_text().count("BEGIN:VEVENT") == stints
    assert (tmp_path / "plan.png").stat().st_size > 10_000


def test_a_short_last_stint_gets_no_new_tyres_unless_they_pay() -> None:
    """Two tanks and eight laps; tyres after fuel cost their standing time, and win what they have lost by then."""
    book = load_rulebook("imsa-2021")
    pit = book.pit.model_copy(update={"fuel_and_tyres": "tyres_after_fuel"})
    book = book.model_copy(update={"pit": pit})
    for fall_off, expected in ((0.0, False), (0.02, False), (0.5, True)):
        card = make_card(sizes={"GTD": 1}, duration_s=2 * 30 * 120 + 7 * 120, figures={"tyre_lap_s": fall_off})
        runs = schedule(card, book, card.entries[0])
        assert runs[-1].laps < 8
        assert runs[-1].new_tyres is expected
        assert bool(runs[-1].why) is not expected
