"""What-ifs: a patch changes what it says and nothing else, and errors name its lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from factories import small_card
from langstrecke.errors import CardError
from langstrecke.racecard import apply_patch, assignments, joined, read_patch

CARD = small_card()

WHAT_IF = """\
title = "Magnussen goes to Corvette"

[[drop]]
car = "79"
reason = "sold"

[[add]]
car = "100"
like = "24"
team = "BMW Team Two"
drivers = [{ name = "Philipp Eng", licence = "platinum" }]

[[change]]
car = "4"
pace_s = -0.3
reliability = 2.0

[[swap]]
drivers = ["Kevin Magnussen", "Jordan Taylor"]
reason = "father's car"

[[replace]]
car = "24"
out = "Augusto Farfus"
in = { name = "Connor De Phillippi", licence = "platinum", pace_s = 0.05, pace_s_sd = 0.1 }

[set]
classes.DPi.stop_trouble = { value = 0.05, reason = "new wheel guns" }
entries.01.drivers.1.name = "Somebody Else"
entries.5.drivers."Loïc Duval".pace_s = { plus = 0.1 }
race.duration_s = 3600
"""


def crew(card: Any, car: str) -> list[str]:
    return [d.name for d in card.entry(car).drivers]


def test_every_kind_of_edit() -> None:
    card = apply_patch(CARD, WHAT_IF)
    assert [e.car for e in card.entries] == ["01", "5", "10", "3", "4", "24", "100"]
    assert "79" not in [row.car for row in card.result]
    added = card.entry("100")
    assert (added.car_class, added.team, added.grid, added.vehicle) == ("GTLM", "BMW Team Two", None, "Test car")
    assert (card.entry("4").pace_s, card.entry("4").reliability) == (-0.3, 2.0)
    assert crew(card, "01") == ["Somebody Else", "Jordan Taylor", "Scott Dixon"]
    assert crew(card, "3") == ["Antonio Garcia", "Kevin Magnussen", "Nicky Catsburg"]
    assert card.entry("3").drivers[1] == CARD.entry("01").drivers[1]  # figures travel with the person
    assert card.entry("01").drivers[0].pace_s == CARD.entry("01").drivers[0].pace_s  # `set` changes one key
    assert crew(card, "24")[2] == "Connor De Phillippi"
    assert card.entry("5").drivers[1].pace_s == pytest.approx(CARD.entry("5").drivers[1].pace_s + 0.1)
    assert card.classes["DPi"].stop_trouble == 0.05
    assert card.classes["GTLM"] == CARD.classes["GTLM"]
    assert card.race.duration_s == 3600


def test_the_card_given_stays_as_it_is() -> None:
    before = CARD.model_dump()
    apply_patch(CARD, WHAT_IF)
    assert CARD.model_dump() == before


def test_an_empty_patch_changes_nothing() -> None:
    assert apply_patch(CARD, {}) == CARD


def test_a_patch_tells_what_it_does_and_why() -> None:
    patch = read_patch(WHAT_IF)
    assert patch.title == "Magnussen goes to Corvette"
    assert patch.describe() == (
        "car 79 withdrawn: sold",
        "car 100 added, like car 24",
        "car 4: pace_s = -0.3, reliability = 2.0",
        "car 24: Connor De Phillippi for Augusto Farfus",
        "Kevin Magnussen and Jordan Taylor swap cars: father's car",
        "classes.DPi.stop_trouble = 0.05: new wheel guns",
        'entries.01.drivers.1.name = "Somebody Else"',
        "entries.5.drivers.Loïc Duval.pace_s changed by +0.1",
        "race.duration_s = 3600",
    )


def test_a_newcomer_without_figures_is_rated_like_peers_and_less_certain() -> None:
    card = apply_patch(CARD, {"replace": [{"car": "3", "out": "2", "in": "Jan Magnussen"}]})
    new = card.entry("3").drivers[1]
    others = [d for c in ("3", "4", "24", "79") for d in CARD.entry(c).drivers]
    assert new.pace_s == pytest.approx(sum(d.pace_s for d in others) / len(others), abs=1e-3)
    assert new.pace_s_sd > others[0].pace_s_sd
    assert new.evidence == "prior"


def test_whoever_loses_a_seat_keeps_the_rating() -> None:
    given = {"drop": [{"car": "79"}], "replace": [{"car": "3", "out": "1", "in": "mathieu jaminet"}]}
    new = apply_patch(CARD, given).entry("3").drivers[0]
    assert (new.pace_s, new.evidence) == (CARD.entry("79").drivers[1].pace_s, "laps")


def test_a_star_means_all() -> None:
    card = apply_patch(CARD, assignments(["classes.*.retire_per_h=0", "entries.*.reliability={times=2}"]))
    assert {c.retire_per_h for c in card.classes.values()} == {0.0}
    assert {e.reliability for e in card.entries} == {2.0}


def test_assignments_of_the_command_line() -> None:
    given = ["race.name=A short race", "race.max_laps=30", 'entries.01.drivers.1.licence = "gold"']
    card = apply_patch(CARD, assignments(given))
    assert (card.race.name, card.race.max_laps) == ("A short race", 30)
    assert card.entry("01").drivers[0].licence == "gold"
    quoted = assignments(['classes."DPi".lap_s=100.5', "weather.scenario=[[0, 0.0], [1800, 0.7]]"])
    assert apply_patch(CARD, quoted).weather.scenario == ((0, 0.0), (1800, 0.7))
    assert quoted.describe()[1] == "weather: dry, rain of intensity 0.7 from 0:30:00"
    assert assignments(["weather.scenario=[[0, 0.0]]"]).describe() == ("weather: dry throughout",)
    assert assignments(["weather.scenario=wet"]).describe() == ('weather.scenario = "wet"',)


def test_a_car_can_be_renumbered_with_its_result() -> None:
    card = apply_patch(CARD, assignments(['entries.5.car="85"']))
    assert card.result[0].car == "85"


def test_patches_join_in_the_order_of_kinds() -> None:
    both = joined([assignments(["entries.100.pace_s=-1.0"]), read_patch(WHAT_IF)])
    assert apply_patch(CARD, both).entry("100").pace_s == -1.0
    assert both.title == "Magnussen goes to Corvette"


@pytest.mark.parametrize(
    ("patch", "line", "key", "what", "hint"),
    [
        ("\n[[drop]]\ncar = '97'", 2, "drop[0] (car 97)", "no car '97'", ""),
        ("\n[[drop]]\ncra = '79'", 2, "drop[0].car", "is missing", "needs car"),
        ("\n[[drop]]\ncar = '79'\nwhy = 'x'", 4, "drop[0] (car 79).why", "no key of [[drop]]", "known: car"),
        ("\n[[drop]]\ncar = 79", 3, "drop[0].car", "text in quotes", ""),
        ("\n[drop]\ncar = '79'", 2, "drop", "[[drop]]", ""),
        ("\n[[dorp]]\ncar = '79'", 2, "dorp", "no table of a patch", "drop"),
        ("\n[set]\nclasses.DPI.lap_s = 1", 3, "classes.DPI.lap_s", "no class 'DPI'", "DPi, GTLM"),
        ("\n[set]\nclasses.DPi.laps_s = 1", 3, "classes.DPi.laps_s", "no key", "lap_s"),
        ("\n[set]\nclasses.DPi.lap_s = '1'", 3, "classes.DPi.lap_s", "must be a number", ""),
        ("\n[set]\nclasses.DPi.lap_s = -1", 3, "classes.DPi.lap_s", "more than 0", ""),
        ("\n[set]\nclases.DPi.lap_s = 1", 3, "clases.DPi.lap_s", "no key", "classes"),
        ("\n[set]\nrace = 1", 3, "race", "whole section", ""),
        ("\n[set]\nrace.name.first = 'x'", 3, "race.name.first", "no key", ""),
        (
            "\n[set]\nentries.01.drivers.4.name = 'x'",
            3,
            "entries.01.drivers.4.name",
            "no driver '4'",
            "3 Scott Dixon",
        ),
        ("\n[set]\nrace.name = { plus = 3 }", 3, "race.name", "no number", ""),
        ("\n[set]\nrace.season = { plus = 'a' }", 3, "race.season", "plus must be a number", ""),
        ("\n[set]\nrace.season = { plus = 1, value = 2 }", 3, "race.season", "one of value, plus", ""),
        ("\n[[add]]\ncar = '8'\nclass = 'GTD'\ndrivers = [{name='A'}]", 2, "add[0] (car 8): entries", "GTD", ""),
        ("\n[[add]]\ncar = '8'\nlike = '24'", 2, "add[0] (car 8): entries[7] (car 8).drivers", "missing", ""),
        ("\n[[add]]\ncar = '24'\nlike = '24'\ndrivers = [{name='A'}]", 2, "add[0] (car 24)", "entered twice", ""),
        ("\n[[add]]\ncar = '8'\nclas = 'GTLM'", 2, "add[0] (car 8).clas", "no key of an entry", "class"),
        ("\n[[change]]\ncar = '24'\npase_s = 1", 2, "change[0] (car 24).pase_s", "no key", "pace_s"),
        (
            "\n[[swap]]\ndrivers = ['Kevin Magnusen', 'Alexander Sims']",
            2,
            "swap[0]",
            "drives no car",
            "Kevin Magnussen",
        ),
        ("\n[[swap]]\ndrivers = ['Kevin Magnussen']", 3, "swap[0].drivers", "two drivers", ""),
        (
            "\n[[replace]]\ncar='3'\nout='Jordan Tailor'\nin='X'",
            2,
            "replace[0] (car 3)",
            "no driver",
            "2 Jordan Taylor",
        ),
        ("\n[[replace]]\ncar='3'\nout='1'\nin='Scott Dixon'", 2, "replace[0] (car 3)", "both car", "swap"),
        ("\n[[replace]]\ncar='3'\nout='1'\nin=7", 5, "replace[0] (car 3).in", "must be a driver", "write in"),
        ("\n[set]\nentries.01.drivers.1.name = 'Scott Dixon'", 3, "entries.01.drivers.1.name", "named twice", ""),
        ("set = 4\n", 1, "set", "must be a table", ""),
        ("title = 4\n", 1, "title", "text in quotes", ""),
    ],
)
def test_a_patch_that_does_not_fit_names_line_and_key(
    tmp_path: Path, patch: str, line: int, key: str, what: str, hint: str
) -> None:
    path = tmp_path / "what-if.toml"
    path.write_text(patch, encoding="utf-8")
    with pytest.raises(CardError) as caught:
        apply_patch(CARD, path)
    error = caught.value
    assert error.file == str(path)
    assert error.line == line
    assert (error.key or "").startswith(key)
    assert what in error.what
    assert hint in (error.hint or "")


@pytest.mark.parametrize("text", ["lap_s", "=3", "", "race.duration_s="])
def test_an_assignment_that_is_none(text: str) -> None:
    with pytest.raises(CardError, match="--set"):
        apply_patch(CARD, assignments([text]))


def test_dropping_every_car_is_an_error() -> None:
    with pytest.raises(CardError, match="entries"):
        apply_patch(CARD, {"drop": [{"car": e.car} for e in CARD.entries]})
