"""How likely a line-up is by the words a text has for it: data/weights.toml, or a file of the user's."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from langstrecke.news.model import CERTAINTIES, NewsError


def read_weights(path: str | Path | None = None) -> dict[str, float]:
    """A probability for each certainty; those a file leaves out keep their default. NewsError names the key."""
    shipped = files("langstrecke.news").joinpath("data/weights.toml")
    weights = {key: float(value) for key, value in tomllib.loads(shipped.read_text("utf-8")).items()}
    if path is None:
        return weights
    try:
        given: Mapping[str, object] = tomllib.loads(Path(path).read_text("utf-8-sig"))
    except OSError as error:
        raise NewsError(f"cannot be read: {error.strerror}", file=path) from None
    except ValueError as error:
        raise NewsError(f"is no TOML: {error}", file=path, hint="write lines like reported = 0.7") from None
    for key, value in given.items():
        if key not in CERTAINTIES:
            raise NewsError("is no certainty", file=path, key=key, hint=f"one of {', '.join(CERTAINTIES)}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise NewsError(f"must be a number between 0 and 1, not {value!r}", file=path, key=key)
        weights[key] = float(value)
    return weights
