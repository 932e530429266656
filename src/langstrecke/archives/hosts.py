"""The table of hosts, paths and patterns: the shipped one, with what a user's own file changes of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from langstrecke.archives.own_table import load_table
from langstrecke.errors import ArchiveError, NotFoundError
from langstrecke.paddock.matching import fold

TABLE = "hosts.toml"
VARIABLE = "LANGSTRECKE_HOSTS"
"""Environment variable that names a user's own table."""


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from None
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Manners(_Table):
    """How sites are treated; the shipped table says where the figures come from."""

    pause_s: float = Field(ge=0, le=60)
    listing_minutes: float = Field(ge=0)
    settled_hours: float = Field(ge=0)
    timeout_s: float = Field(gt=0, le=600)
    longest_wait_s: float = Field(ge=0)
    tries: int = Field(ge=1, le=10)
    file_mib: float = Field(gt=0)
    event_mib: float = Field(gt=0)


class Kind(_Table):
    """One kind of file: patterns of names, the best first."""

    files: list[Pattern] = Field(min_length=1)


class Site(_Table):
    """One archive."""

    kind: Literal["listing", "page", "swiss", "nls"]
    owner: str
    url: str = Field(pattern=r"^https?://[^/]+/(.*/)?$")
    keys: dict[str, Any] = {}


class Series(_Table):
    """Where one series' files stand on its site."""

    site: str
    names: list[str] = []
    folder: Pattern = ""
    event: str | None = None


class Hosts(_Table):
    """The whole table."""

    notice: str
    manners: Manners
    kinds: dict[str, Kind]
    sites: dict[str, Site]
    series: dict[str, Series]

    def series_named(self, name: str) -> tuple[str, Series]:
        """Id and entry of a series by id or any of its names. NotFoundError lists the series there are."""
        wanted = fold(name)
        for key, series in self.series.items():
            if wanted in {fold(key), *map(fold, series.names)}:
                return key, series
        known = ", ".join(self.series)
        raise NotFoundError(f"no archive is known for the series {name!r}; there are archives for: {known}")


def load_hosts(own: str | Path | None = None) -> Hosts:
    """The shipped table, changed by the user's: `own`, else what LANGSTRECKE_HOSTS names, else `own_place`.

    ArchiveError where a file named is not there or does not hold together.
    """
    hosts, place = load_table(Hosts, "langstrecke.archives", TABLE, VARIABLE, own)
    for key, series in hosts.series.items():
        if series.site not in hosts.sites:
            raise ArchiveError(
                f"names a site that is not in the table: {series.site}", file=place, key=f"series.{key}"
            )
    return hosts
