"""Forecasts of what-ifs that are not sure: shares, grouping, luck, and what cannot be mixed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from factories import small_card
from langstrecke.cli import app
from langstrecke.errors import CardError
from langstrecke.forecast import forecast, forecast_what_if
from langstrecke.forecast.mixture import fields_of
from langstrecke.racecard import apply_patch, card_text, read_patch

CARD = small_card()
FAST = 'title = "t"\n[[change]]\ncar = "5"\npace_s = -3.0\nprobability = {}\n'


def swap(probability: float, first: str, second: str, claim: str = "") -> str:
    named = f'claim = "{claim}"\n' if claim else ""
    return f'[[swap]]\ndrivers = ["{first}", "{second}"]\nprobability = {probability}\n{named}'


def test_a_share_of_the_races_is_played_with_the_change_and_the_rest_without_with_the_luck_they_had() -> None:
    mixed = forecast_what_if(CARD, read_patch(FAST.format(0.6)), races=200, seed=4)
    with_it = apply_patch(CARD, FAST.format(1.0))
    fast = forecast(with_it, races=120, seed=4)
    from langstrecke.forecast import from_outcome
    from langstrecke.simulation import simulate

    rest = from_outcome(CARD, simulate(CARD, races=80, seed=4, first_race=120))
    for car in mixed.cars:
        expected = (120 * fast.car(car.car).played.win + 80 * rest.car(car.car).played.win) / 200
        assert car.played.win == pytest.approx(expected)
    assert [(p.probability, p.races) for p in mixed.played] == [(0.6, 120)]
    assert "played in 60 % of the races" in " ".join(mixed.changes)


@pytest.mark.parametrize(("probability", "same_as"), [(0.0, None), (1.0, 1.0), (1, 1.0)])
def test_a_change_that_is_certain_or_never_happens_is_the_plain_forecast(
    probability: float, same_as: float | None
) -> None:
    mixed = forecast_what_if(CARD, read_patch(FAST.format(probability)), races=100, seed=2)
    plain = forecast(apply_patch(CARD, FAST.format(same_as)) if same_as else CARD, races=100, seed=2)
    assert [c.positions for c in mixed.cars] == [c.positions for c in plain.cars]
    assert mixed.classes == plain.classes


def test_threads_and_splits_do_not_change_a_mixed_forecast() -> None:
    patch = read_patch(FAST.format(0.37) + swap(0.5, "Scott Dixon", "Alexander Rossi"))
    one = forecast_what_if(CARD, patch, races=300, seed=9, threads=1)
    assert forecast_what_if(CARD, patch, races=300, seed=9, threads=3) == one


@settings(max_examples=40, deadline=None)
@given(
    shares=st.lists(st.floats(0, 1), min_size=1, max_size=4),
    races=st.integers(1, 3000),
    seed=st.integers(0, 2**63 - 1),
)
def test_every_race_is_played_once_and_every_change_in_its_share(shares: list[float], races: int, seed: int) -> None:
    text = "".join(
        f'[[change]]\ncar = "{car}"\nstop_s = 1.0\nprobability = {p!r}\n'
        for car, p in zip(("01", "5", "10", "3"), shares, strict=False)
    )
    patch = read_patch(text)
    fields = fields_of(CARD, patch, races, seed)
    assert [f.first for f in fields] == [sum(f.races for f in fields[:n]) for n in range(len(fields))]
    assert sum(f.races for f in fields) == races
    for depth, edit in enumerate(patch.edits):
        played = sum(f.races for f in fields if edit in f.edits)
        assert abs(played - edit.probability * races) <= 2**depth  # a race at most for each part that was split


def test_unsure_changes_are_independent_and_those_of_one_claim_go_together() -> None:
    apart = swap(0.5, "Scott Dixon", "Alexander Rossi") + swap(0.5, "Nick Tandy", "Augusto Farfus")
    fields = fields_of(CARD, read_patch(apart), 400, 1)
    assert [(len(f.edits), f.races) for f in fields] == [(2, 100), (1, 100), (1, 100), (0, 100)]
    together = swap(0.5, "Scott Dixon", "Alexander Rossi", "a1") + swap(0.5, "Nick Tandy", "Augusto Farfus", "a1")
    assert [(len(f.edits), f.races) for f in fields_of(CARD, read_patch(together), 400, 1)] == [(2, 200), (0, 200)]


@pytest.mark.parametrize(
    ("text", "key", "what"),
    [
        (FAST.format(1.5), "probability", "between 0 and 1, not 1.5"),
        (FAST.format(-0.1), "probability", "between 0 and 1"),
        (FAST.format("nan"), "probability", "between 0 and 1"),
        (FAST.format("true"), "probability", "between 0 and 1"),
        (FAST.format('"often"'), "probability", "between 0 and 1"),
        (FAST.format(0.5) + "claim = 7\n", "claim", "must be text"),
        ('[[drop]]\ncar = "5"\nprobability = 0.5\n', "probability", "does not go with"),
        ('[[add]]\ncar = "7"\nlike = "5"\nprobability = 0.5\n', "probability", "does not go with"),
        ('[[change]]\ncar = "5"\nclass = "GTLM"\nprobability = 0.5\n', "class", "in every race or in none"),
        (swap(0.5, "Scott Dixon", "Nick Tandy", "a") + swap(0.4, "Loïc Duval", "Ricky Taylor", "a"), "probab", "'a'"),
    ],
)
def test_errors_name_the_key(text: str, key: str, what: str) -> None:
    with pytest.raises(CardError) as told:
        forecast_what_if(CARD, read_patch(text), races=10)
    assert key in (told.value.key or "")
    assert told.value.line
    assert what in told.value.message()


def test_changes_that_need_each_other_are_told_to_go_together() -> None:
    moved = '[[replace]]\ncar = "01"\nout = "Scott Dixon"\nin = "Alexander Rossi"\nprobability = 0.5\n{0}'
    moved += '[[replace]]\ncar = "10"\nout = "Alexander Rossi"\nin = "Scott Dixon"\nprobability = 0.5\n{0}'
    with pytest.raises(CardError, match="played together"):
        fields_of(CARD, read_patch(moved.format("")), 100, 1)
    assert len(fields_of(CARD, read_patch(moved.format('claim = "x"\n')), 100, 1)) == 2


def test_too_many_changes_that_go_their_own_ways_are_one_error() -> None:
    text = "".join(f'[[change]]\ncar = "01"\nstop_s = {n}\nprobability = 0.5\n' for n in range(12))
    with pytest.raises(CardError, match="more than 1000 different fields"):
        fields_of(CARD, read_patch(text), 10_000, 1)


def test_one_card_cannot_say_in_part_of_the_races() -> None:
    with pytest.raises(CardError, match="60 % of the races") as told:
        apply_patch(CARD, FAST.format(0.6))
    assert (told.value.key, told.value.line) == ("change[0] (car 5).probability", 2)


def test_the_verb_tells_shares_on_screen_in_json_and_in_the_report(tmp_path: Path) -> None:
    card, patch, page = tmp_path / "card.toml", tmp_path / "what-if.toml", tmp_path / "r.html"
    card.write_text(card_text(CARD), "utf-8")
    patch.write_text(FAST.format(0.25), "utf-8")
    arguments = ["forecast", str(card), "--races", "80", "--what-if", str(patch)]
    shown = CliRunner().invoke(app, [*arguments, "--report", str(page)])
    assert shown.exit_code == 0, shown.output
    assert "played in 25 % of the races" in shown.stdout
    assert "played in 25 % of the races" in page.read_text("utf-8")
    data = json.loads(CliRunner().invoke(app, [*arguments, "--json", "-"]).stdout)
    (change,) = data["what_if"]
    assert (change["probability"], change["races"]) == (0.25, 20)
