"""docs/cards.md holds to its word: every key is explained, and its examples are what the program reads."""

from __future__ import annotations

import re
from pathlib import Path

from factories import small_card
from langstrecke.racecard import (
    ActualResult,
    CircuitInfo,
    ClassFigures,
    Driver,
    Entry,
    Neutralisation,
    RaceInfo,
    Weather,
    apply_patch,
    list_cards,
    load_card,
    read_card,
    read_patch,
)

DOCS = (Path(__file__).parents[2] / "docs" / "cards.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)


def section(heading: str) -> str:
    text = DOCS.split(f"\n### {heading}\n")[1]
    return re.split(r"\n##", text)[0]


def test_every_key_of_a_card_is_explained() -> None:
    models = {
        "[race]": RaceInfo,
        "[circuit]": CircuitInfo,
        "[neutralisation]": Neutralisation,
        "[weather]": Weather,
        "[classes.NAME]": ClassFigures,
        "[[entries]]": Entry,
        "[[result]]": ActualResult,
    }
    for heading, model in models.items():
        told = set(re.findall(r"`(\w+)`", section(heading)))
        keys = {field.alias or name for name, field in model.model_fields.items()}
        assert keys <= told, heading
    assert set(Driver.model_fields) <= set(re.findall(r"`(\w+)`", section("[[entries]]")))


def test_the_smallest_card_is_a_card() -> None:
    card = read_card(EXAMPLES[0])
    assert card.entry("1").drivers[1].pace_s == 0.8


def test_the_what_if_is_a_what_if() -> None:
    patch = read_patch(EXAMPLES[1])
    assert {edit.kind for edit in patch.edits} == {"drop", "add", "change", "replace", "swap", "set"}
    reasons = {edit.reason for edit in patch.edits}
    if "le-mans-2019" in list_cards():
        card = apply_patch(load_card("le-mans-2019"), patch)
        assert [d.name for d in card.entry("63").drivers][1:] == ["Kevin Magnussen", "Mike Rockenfeller"]
        assert card.race.duration_s == 43200
    assert {"free that weekend", "withdrawn", "balance of performance", "shortened"} <= reasons


def test_the_order_of_changes_is_as_told() -> None:
    both = '[set]\nentries.79.pace_s = -1.0\n[[add]]\ncar = "8"\nlike = "79"\ndrivers = [{ name = "A" }]\n'
    card = apply_patch(small_card(), both)
    assert card.entry("79").pace_s == -1.0
    assert card.entry("8").pace_s == small_card().entry("79").pace_s
