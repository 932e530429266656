"""Jobs and answers that outlive the page they were asked on: who comes back finds them."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langstrecke.web.pitwall import Pitwall

KEPT = 60
"""Answers that are kept, over all pages and viewers (default)."""

_all: dict[int, Kept] = {}


class Kept:
    """What runs and what has been answered, by what was asked."""

    def __init__(self) -> None:
        self.running: dict[str, str] = {}
        """Asked -> number of the job."""
        self.answers: OrderedDict[str, Any] = OrderedDict()

    def put(self, asked: str, answer: Any) -> None:
        """Keep an answer; the oldest go."""
        self.answers[asked] = answer
        self.answers.move_to_end(asked)
        while len(self.answers) > KEPT:
            self.answers.popitem(last=False)


def kept_of(pitwall: Pitwall) -> Kept:
    """What a pit wall has kept."""
    return _all.setdefault(id(pitwall), Kept())
