"""Colours of the pages: words read on their ground (WCAG AA), classes of one race told apart by everybody."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

pytest.importorskip("nicegui")

from colour_sight import APART, SEES, lab
from langstrecke.plots.class_colours import CLASS_COLOURS, SPARE, class_colour
from langstrecke.plots.style import COLOURS, DARK
from langstrecke.racecard import list_cards, load_card
from langstrecke.web.pages.theme import DARK_ONLY, LIGHT_ONLY

AA = 4.5
"""Contrast of text by WCAG 2.2, level AA."""
SEEN = 3.0
"""Contrast of what is no text, by the same."""


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[k : k + 2], 16) for k in (1, 3, 5))


def luminance(colour: str) -> float:
    parts = [c / 255.0 for c in rgb(colour)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [COLOURS | LIGHT_ONLY, DARK | DARK_ONLY], ids=["light", "dark"])
def test_words_read_on_every_ground(theme: dict[str, str]) -> None:
    poor = {
        (word, ground): round(found, 2)
        for word in ("ink", "muted", "accent", "retire", "good", "warn")
        for ground in ("paper", "raised", "wash", "rail")
        if (found := contrast(theme[word], theme[ground])) < AA
    }
    assert not poor


OWN = CLASS_COLOURS | {f"spare {n}": colour for n, colour in enumerate(SPARE)}


def test_classes_stand_out_from_every_page() -> None:
    grounds = [theme[name] for theme in (COLOURS | LIGHT_ONLY, DARK | DARK_ONLY) for name in ("paper", "raised")]
    poor = {(name, g): round(contrast(c, g), 2) for name, c in OWN.items() for g in grounds if contrast(c, g) < SEEN}
    assert not poor


@pytest.mark.parametrize("who", SEES)
def test_classes_of_a_race_do_not_look_alike_to_anybody(who: str) -> None:
    alike = {}
    for name in list_cards():
        classes = list(load_card(name).classes)
        seen = {c: lab(class_colour(c, classes), SEES[who]) for c in classes}
        for a, b in combinations(classes, 2):
            if (far := float(np.linalg.norm(seen[a] - seen[b]))) < APART:
                alike[name, a, b] = round(far)
    assert not alike
