"""The form of the page Team plan: its fields make the file that `plan --new` would make."""

from __future__ import annotations

import pytest

from langstrecke.errors import CardError
from langstrecke.strategy.plan.team import read_team
from langstrecke.strategy.plan.team.ask import OF_A_DRIVER, QUESTIONS, asked, written

FIELDS = {
    ("race", "name"): "League", ("race", "start"): "2027-02-20 14:00", ("race", "zone"): "Europe/Berlin",
    ("race", "length"): "6h", ("car", "tank"): "120", ("car", "use"): "3,55", ("car", "lap"): "2:19",
    ("car", "pit_loss"): "55", ("car", "refuel"): "2.2",
}  # fmt: skip
DRIVERS = [{"name": "Mara", "away": "18:00-19:30"}, {"name": " "}, {"name": "Tom", "zone": "America/New_York"}]


def test_a_form_makes_the_file_that_the_questions_make() -> None:
    text = written(FIELDS, DRIVERS)
    given = [FIELDS.get(q.path, "") for q in QUESTIONS]
    for driver in (DRIVERS[0], DRIVERS[2]):
        given += [driver["name"], *(driver.get(q.path[1], "") for q in OF_A_DRIVER)]
    answers = iter([*given, ""])
    typed = asked(lambda question, default: next(answers) or default, lambda what: pytest.fail(what))
    assert read_team(typed) == read_team(text)
    assert read_team(text).car.use == 3.55


@pytest.mark.parametrize(
    ("path", "typed", "key"),
    [
        (("car", "tank"), "", "car.tank"), (("car", "use"), "much", "car.use"),
        (("race", "zone"), "Mars", "race.zone"),
        (("race", "length"), "long", "race.length"), (("rules", "book"), "/etc/passwd", "rules.book"),
        (("rules", "book"), "../x.toml", "rules.book"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(path: tuple[str, str], typed: str, key: str) -> None:
    with pytest.raises(CardError) as told:
        written(FIELDS | {path: typed}, DRIVERS)
    assert told.value.key == key


def test_a_wrong_field_of_a_driver_is_named() -> None:
    with pytest.raises(CardError) as told:
        written(FIELDS, [{"name": "Mara", "zone": "Europe/Nowhere"}])
    assert told.value.key == "driver (Mara).zone"
    with pytest.raises(CardError, match="at least one driver"):
        written(FIELDS, [{"name": ""}])
