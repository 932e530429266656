"""Classes of cars that race alike, whatever a series calls them."""

from __future__ import annotations

import re
from functools import cache

GROUPS = ("top", "lmp1", "lmp2", "lmp3", "gt-pro", "gt-am")
"""Classes of a kind across series and years; spreads and licence effects are pooled within one."""

_GROUP_OF = {
    "DPI": "top",
    "GTP": "top",
    "LMP1": "lmp1",
    "HYPERCAR": "top",
    "P": "top",
    "LMP2": "lmp2",
    "LMP2PRO/AM": "lmp2",
    "LMP3": "lmp3",
    "PC": "lmp3",
    "GTLM": "gt-pro",
    "LMGTEPRO": "gt-pro",
    "GTDPRO": "gt-pro",
    "GTD": "gt-am",
    "LMGTEAM": "gt-am",
    "LMGT3": "gt-am",
    "LMGTE": "gt-pro",
    "GT3": "gt-am",
    "PRO": "gt-am",  # the classes of GT3 series by licence
    "PROAM": "gt-am",
    "PRO/AM": "gt-am",
    "GOLD": "gt-am",
    "SILVER": "gt-am",
    "BRONZE": "gt-am",
    "AM": "gt-am",
    "SP9": "gt-am",
}


@cache
def group_of(car_class: str) -> str:
    """The group a class belongs to; classes not known by name are taken for customer GT cars."""
    return _GROUP_OF.get(_plain(car_class), "gt-am")


def is_known(car_class: str) -> bool:
    """Whether the class is known by name, so that its kind of car is."""
    return _plain(car_class) in _GROUP_OF


def _plain(car_class: str) -> str:
    return re.sub(r"[\s_-]", "", car_class).upper()


def family(car_class: str) -> str:
    """Classes whose cars are one species share make effects (GTD and GTD Pro race the same cars)."""
    group = group_of(car_class)
    return "gt" if group.startswith("gt") else group
