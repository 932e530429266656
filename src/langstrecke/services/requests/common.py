"""What requests of several groups share."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo
from pydantic.json_schema import SkipJsonSchema

FROM_SHELL = {"files": True}
"""Validation context of requests that may name files of this machine."""

NAME = r"[a-z0-9][a-z0-9-]*"
BOOK = r"[a-z0-9][a-z0-9.-]*"
LONGEST_NAME = 120
"""Letters of a name (default)."""


def _at_the_machine(info: ValidationInfo) -> bool:
    return bool(info.context and info.context.get("files"))


def _name(pattern: str) -> Any:
    def checked(value: str, info: ValidationInfo) -> str:
        if not _at_the_machine(info) and not (re.fullmatch(pattern, value) and len(value) <= LONGEST_NAME):
            raise ValueError("a name is lower-case words joined by hyphens")
        return value

    return AfterValidator(checked)


def at_most(limit: float) -> Any:
    """A bound for requests from elsewhere; whoever sits at the machine may ask for more of it."""

    def checked(value: float, info: ValidationInfo) -> float:
        if value > limit and not _at_the_machine(info):
            raise ValueError(f"at most {limit:,} for a request from elsewhere")
        return value

    return AfterValidator(checked)


def local() -> Any:
    """Marks what only a request from this machine may have; the schema leaves it out."""

    def checked(value: Any, info: ValidationInfo) -> Any:
        if not _at_the_machine(info):
            raise ValueError("files are not opened for a request from elsewhere")
        return value

    return AfterValidator(checked)


RaceId = Annotated[
    str, Field(min_length=1, examples=["imsa-2021-sebring"], json_schema_extra={"pattern": f"^{NAME}$"}), _name(NAME)
]
"""A race, card, season, scenario or patch by name: lower-case words joined by hyphens, so never a path."""
Book = Annotated[
    str, Field(min_length=1, examples=["imsa-2021"], json_schema_extra={"pattern": f"^{BOOK}$"}), _name(BOOK)
]
"""A rule book by id, or a series for its newest one."""
LocalFiles = Annotated[SkipJsonSchema[list[Path]], local()]
"""Files of this machine."""
LocalFile = Annotated[SkipJsonSchema[Path | None], local()]
"""A file of this machine."""
Car = Annotated[str, Field(min_length=1, max_length=8, examples=["01"], description="Number of the car, as text")]
Seed = Annotated[int, Field(ge=0, lt=2**63, description="The same seed, the same races")]
Toml = Annotated[str, Field(max_length=200_000, description="A what-if as TOML text (docs/cards.md)")]
Settings = Annotated[
    list[str], Field(max_length=200, description="Change one figure: classes.DPi.lap_s=93.4; may be repeated")
]
RACE_TIME = "race time as 3 or 3h (hours), 3:00 or 3:00:00, or the clock as @18:42:10"
RaceTime = Annotated[str, Field(max_length=16, examples=["6:00:00"], description=RACE_TIME)]
"""A moment of a race, as `timing.clock.moment_s` reads it."""


class Ask(BaseModel):
    """A request. Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PatchAsk(Ask):
    """A what-if: TOML text, single figures, or both."""

    patch: Toml = ""
    patch_files: LocalFiles = Field(default=[], description="A what-if as a file (docs/cards.md); may be repeated")
    settings: Settings = []
