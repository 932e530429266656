"""What one pit wall, or one call of the command line, is started with."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

MEBIBYTE = 1024 * 1024


def default_store() -> Path:
    """The store in the user's data folder, as `store.default_path` says (which would load DuckDB and Polars here)."""
    return platformdirs.user_data_path("langstrecke") / "store.duckdb"


def default_work() -> Path:
    """Where a pit wall keeps logs of followed races, saved patches and uploads, by default."""
    return platformdirs.user_data_path("langstrecke") / "pitwall"


@dataclass(frozen=True)
class Settings:
    """Everything the verbs and a pit wall need to know; nothing else is read from the environment."""

    store: Path = field(default_factory=default_store)
    """The store (DuckDB). It need not be there: an import makes it."""
    work: Path = field(default_factory=default_work)
    """Folder of its own files: `races/` (logs of followed races), `patches/`, `uploads/` (emptied after reading)."""
    host: str = "127.0.0.1"
    port: int = 8080
    token: str | None = None
    """Who asks from outside has to know it. Off loopback there must be one (`web.security`)."""
    feeds: tuple[str, ...] = ()
    """Addresses of feeds that may be followed ..."""
    folders: tuple[Path, ...] = ()
    """... and folders (or single files) whose laps may be: what the command line named. Nothing else is opened for a
    browser, save races of the store and the work folder's own files (`web.following.known`)."""
    services: Path | None = None
    """A table of live services of the user's own; without it the usual places are looked at."""
    webhooks: tuple[str, ...] = ()
    """Where alerts are sent (`services.webhook`); secrets, never shown. Without one nothing is sent."""
    alert_cars: tuple[str, ...] = ()
    """Cars whose alerts are sent; flags are sent in any case."""
    upload_limit: int = 64 * MEBIBYTE
    """Bytes of one upload. The lap file of 24 hours with 62 cars has about 4 MiB."""
    odds_races: int = 600
    """Races of one reading of the odds: about half a second on two cores, standard error 2 points at worst."""
    odds_every_s: float = 2.5
    """Shortest time between two readings of the odds; new laps have theirs within twice that."""
    table_every_s: float = 0.5
    """Shortest time between two timing tables; all viewers share one."""
    warm: bool = True
    """Start processes and load the simulation when the pit wall opens, so that first answers need not wait."""
    workers: int = 2
    """Processes for jobs, started when needed; the odds have one of their own."""
    queued: int = 24
    """Jobs that may wait; more are refused."""
    kept_jobs: int = 40
    """Ended jobs whose result is kept."""
    seed: int = 1
    threads: int | None = None
    """Threads of one simulation; all cores without it."""
    engine: str = "threads"
    """What plays the races of a forecast: threads, ray or cuda; the races are the same."""
    address: str | None = None
    """Of a Ray cluster."""

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def patches(self) -> Path:
        """Folder of saved what-ifs."""
        return self.work / "patches"

    @property
    def races(self) -> Path:
        """Folder of followed races, one folder each."""
        return self.work / "races"

    @property
    def uploads(self) -> Path:
        """Folder of files being read."""
        return self.work / "uploads"
