"""The colour of every class: one palette for tables, charts and figures, on light and on dark paper.

Five hues near those of the series' own number boards (red prototypes, blue LMP2, green and orange GTs), moved until
all ten pairs stay apart for the colour-blind too and each stands out from white and from the dark page (WCAG 1.4.11):
held by tests/web/test_colours.py. Classes that race each other never share one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

RED, BLUE, PURPLE, ORANGE, GREEN = "#c5234b", "#2258f9", "#a257b3", "#cf7b1a", "#18a58f"

CLASS_COLOURS: dict[str, str] = {
    "dpi": RED, "gtp": RED, "lmp1": RED, "hypercar": RED,
    "lmp2": BLUE, "lmp2proam": ORANGE, "lmp3": PURPLE,
    "gtlm": ORANGE, "gtdpro": ORANGE, "gtd": GREEN, "gt3": GREEN, "lmgt3": GREEN,
    "lmgtepro": GREEN, "gtepro": GREEN, "lmgteam": ORANGE, "gteam": ORANGE,
    "pro": RED, "proam": BLUE, "silver": PURPLE, "gold": ORANGE, "bronze": GREEN, "am": GREEN,
    "overall": "#7d8896",
}  # fmt: skip
"""By the class's name without case, signs and a trailing Cup."""

SPARE = (BLUE, ORANGE, GREEN, PURPLE, RED)
"""For classes nobody gave a colour, in the order of the race; from the sixth on they come again."""


def class_colour(name: str, classes: Sequence[str] = ()) -> str:
    """The colour of a class, the same everywhere; one without its own takes a spare by its place in `classes`."""
    found = CLASS_COLOURS.get(re.sub(r"[^a-z0-9]", "", name.lower()).removesuffix("cup"))
    if found is None:
        place = list(classes).index(name) if name in classes else sum(name.encode())
        found = SPARE[place % len(SPARE)]
    return found
