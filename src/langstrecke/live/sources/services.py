"""The table of live services: the shipped one, with what a user's own file changes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from langstrecke.archives.own_table import load_table
from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.live.messages import LONGEST_S
from langstrecke.paddock.matching import fold

TABLE = "services.toml"
VARIABLE = "LANGSTRECKE_SERVICES"
"""Environment variable that names a user's own table."""


Kind = Literal["griiip", "swiss", "nls", "imsa", "rmonitor"]
"""The ways to a service that `live.sources.links` knows."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Service(_Table):
    """One live service and how it is treated; the shipped table says where the figures come from."""

    kind: Kind
    owner: str
    url: str = Field(pattern=r"^(https?|wss?)://[^/]+/(.*/)?$|^rmonitor://[^/]+/?$")
    poll_s: float = Field(default=8.0, ge=0.0, le=600.0)
    pause_s: float = Field(default=0.5, ge=0.0, le=60.0)
    timeout_s: float = Field(gt=0.0, le=600.0)
    retry_s: float = Field(gt=0.0, le=60.0)
    paths: dict[str, str] = {}

    def path(self, name: str, **values: object) -> str:
        """A path of the service, filled in. LangstreckeError where the table does not have it."""
        if name not in self.paths:
            raise LangstreckeError(f"the table of live services has no path {name!r} for {self.owner}")
        return self.paths[name].format(**values)


class LiveSeries(_Table):
    """Where one series is timed."""

    service: str
    names: list[str] = []
    id: int | str = ""
    """The series at the service: its number, its event, or a part of its name."""
    length_s: float | None = Field(default=None, gt=0.0, le=LONGEST_S)
    """How long its races are, where the service shows only what is left and its session says nothing."""


class Services(_Table):
    """The whole table."""

    notice: str
    services: dict[str, Service]
    series: dict[str, LiveSeries]

    def series_named(self, name: str) -> tuple[str, LiveSeries, Service]:
        """Id, entry and service of a series by id or any of its names. NotFoundError lists what there is."""
        wanted = fold(name)
        for key, series in self.series.items():
            if wanted in {fold(key), *map(fold, series.names)}:
                return key, series, self.services[series.service]
        raise NotFoundError(
            f"{name!r} is no recording, lap file, address of a feed, lmu, rmonitor://HOST:PORT or series with live "
            "timing; series: " + ", ".join(self.series)
        )


def load_services(own: str | Path | None = None) -> Services:
    """The shipped table, changed by the user's: `own`, else what LANGSTRECKE_SERVICES names, else `own_place`.

    LangstreckeError where a file named is not there or does not hold together.
    """
    found, place = load_table(Services, "langstrecke.live", TABLE, VARIABLE, own)
    for key, series in found.series.items():
        if series.service not in found.services:
            raise LangstreckeError(f"there is no service {series.service!r}", file=place, key=f"series.{key}.service")
    return found
