"""How each kind of archive is read: its seasons, a season's events, an event's files. One module per kind."""

from __future__ import annotations

from typing import Protocol

from langstrecke.archives.client import Client
from langstrecke.archives.hosts import Hosts, Series, Site
from langstrecke.archives.model import Event, Offer, Season
from langstrecke.archives.providers import listing, nls, page, swiss


class Provider(Protocol):
    """What every kind of archive can be asked. Each raises ArchiveError where the site answers otherwise."""

    def seasons(self, client: Client, site: Site) -> list[Season]:
        """The seasons the site has, oldest first."""

    def events(self, client: Client, site: Site, series: Series, season: Season) -> list[Event]:
        """The events of a season, in the site's order; other series' too where the site does not tell them apart."""

    def offer(self, client: Client, hosts: Hosts, series: Series, season: Season, event: Event) -> Offer:
        """The files of one series at one event that are of a kind to be fetched."""


PROVIDERS: dict[str, Provider] = {"listing": listing, "page": page, "swiss": swiss, "nls": nls}
"""Kind of a site, as the table of hosts has it -> how it is read."""
