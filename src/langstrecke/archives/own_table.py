"""A table the program ships and a user may change: where a site moves, nobody has to wait for a release."""

from __future__ import annotations

import os
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import platformdirs
from pydantic import BaseModel, ValidationError

from langstrecke.errors import ArchiveError

Model = TypeVar("Model", bound=BaseModel)


def own_place(name: str) -> Path:
    """Where a user's own table is looked for unless an option or the environment names another."""
    return platformdirs.user_config_path("langstrecke") / name


def load_table(
    model: type[Model], package: str, name: str, variable: str, own: str | Path | None
) -> tuple[Model, Path]:
    """The table `data/<name>` of a package, changed by the user's: `own`, else what the environment variable names,
    else `own_place`. Also the user's place, for errors.

    Tables are merged key by key. ArchiveError where a file named is not there or does not hold together.
    """
    table: dict[str, Any] = tomllib.loads(resources.files(package).joinpath(f"data/{name}").read_text("utf-8"))
    named = own or os.environ.get(variable)
    place = Path(named) if named else own_place(name)
    if named or place.is_file():
        table = merged(table, read_table(place))
    try:
        return model.model_validate(table), place
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ArchiveError(f"does not hold together: {first['msg']}", file=place, key=key) from None


def read_table(place: Path) -> dict[str, Any]:
    """A user's own table. ArchiveError where it cannot be read."""
    try:
        return tomllib.loads(place.read_text("utf-8"))
    except OSError as error:
        raise ArchiveError(f"the table of hosts cannot be read: {error.strerror}", file=place) from None
    except UnicodeDecodeError:
        raise ArchiveError("the table of hosts is not UTF-8 text", file=place) from None
    except tomllib.TOMLDecodeError as error:
        raise ArchiveError(f"the table of hosts is no TOML: {error}", file=place) from None


def merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Two tables as one, key by key; what the second says counts."""
    both = dict(base)
    for key, value in own.items():
        before = both.get(key)
        both[key] = merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return both
