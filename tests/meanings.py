"""What a printed text leaves unexplained: `±` and points of probability have one meaning, told where they stand."""

from __future__ import annotations

import re


def unexplained(text: str) -> list[str]:
    """Which of `±` and `points` stand in a text that does not say what they are."""
    found = []
    if re.search(r"±|\+/?-", text) and "95 %" not in text:
        found.append("±")
    if re.search(r"[+−]\d+\.\d points|in points|, points", text) and not re.search("percentage points|95 %", text):
        found.append("points")
    return found
