"""Car numbers as a service writes them, and the cars they mean when it changes its way of writing them.

"007" and "7" are two cars where both run. A service that showed "07" and now shows "7" means the same car: the one
that is no longer there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMBER = re.compile(r"[0-9A-Za-z]{1,6}", re.ASCII)


class CarNumbers:
    """The cars of one session by the numbers they were first shown with."""

    def __init__(self) -> None:
        self._teams: dict[str, str] = {}
        self._alias: dict[str, str] = {}

    def read(self, shown: Sequence[tuple[str, str]], *, whole: bool = True) -> list[str]:
        """The cars that (number, team) of one look mean; "" where that is no car number.

        A number not seen before is another's new spelling where the look is `whole`, exactly one known car of the
        same digits and no other team is missing from it.
        """
        cleaned = [(clean(number), team) for number, team in shown]
        present = {self._alias.get(number, number) for number, _ in cleaned}
        found = []
        for number, team in cleaned:
            car = self._alias.get(number, number)
            if car and car not in self._teams:
                missing = [
                    known
                    for known, its_team in self._teams.items()
                    if known not in present and bare(known) == bare(car) and (not team or its_team in ("", team))
                ]
                if whole and len(missing) == 1:
                    self._alias[number] = car = missing[0]
                    present.add(car)
            if car:
                self._teams[car] = team or self._teams.get(car, "")
            found.append(car)
        return found


def clean(number: object) -> str:
    """The car number in a service's text, such as "#07 "; "" where there is none."""
    match = _NUMBER.fullmatch(str(number).strip().lstrip("#").strip())
    return match.group() if match is not None else ""


def bare(number: str) -> str:
    """A number without the zeros before it."""
    return number.lstrip("0") or "0"
