"""Numbers as people and spreadsheets write them: decimal commas, `1.0` for a whole one."""

from __future__ import annotations

import polars as pl

_WHOLE = r"^(\d{1,5})(?:[.,]0+)?$"


def decimals(text: pl.Series) -> pl.Series:
    """Float64 of a text column; `24,5` is 24.5; null where the text is empty or no number."""
    if text.str.contains(",", literal=True).any():
        text = text.str.replace(r"^(\s*[+-]?\d*),(\d+\s*)$", "${1}.${2}")
    return text.cast(pl.Float64, strict=False)


def wholes(text: pl.Series) -> pl.Series:
    """Int32 of a text column of whole numbers up to five digits; `1.0` is 1; null for anything else."""
    return text.str.extract(_WHOLE, 1).cast(pl.Int32, strict=False)
