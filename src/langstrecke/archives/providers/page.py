"""Archives that are one page with two selects, `season` and `evvent`, and links: WEC, ELMS and their like."""

from __future__ import annotations

from urllib.parse import urlencode, urljoin, urlsplit

from langstrecke.archives import markup
from langstrecke.archives.choose import kind_of
from langstrecke.archives.client import Client
from langstrecke.archives.hosts import Hosts, Series, Site
from langstrecke.archives.model import Event, Offer, Remote, Season
from langstrecke.archives.names import decoded, is_plain
from langstrecke.archives.providers import alkamel
from langstrecke.errors import ArchiveError


def seasons(client: Client, site: Site) -> list[Season]:
    """The options of the select `season`."""
    return alkamel.seasons_of(option.value for option in _select(client, client.url, "season"))


def events(client: Client, site: Site, series: Series, season: Season) -> list[Event]:
    """The options of the select `evvent` on the season's page."""
    options = _select(client, _address(client.url, season=season.key), "evvent")
    return [alkamel.event_of(option.value, option.label) for option in options if alkamel.is_event(option.value)]


def offer(client: Client, hosts: Hosts, series: Series, season: Season, event: Event) -> Offer:
    """Reads the links of the event's page. The site remembers what was chosen last and may answer with another event;
    then it is asked once more, and links of other events are never taken.
    """
    address = _address(client.url, season=season.key, evvent=event.key)
    links: list[tuple[str, tuple[str, ...]]] = []
    notes: list[str] = []
    for again in (False, True):
        page = client.page(address, again=again)
        notes = []
        links = _links(page.text, client.url, notes)
        if not links and page.asks_for_login:
            raise ArchiveError(f"{address} asks for a login now", hint="it was open before: the site has changed")
        if client.offline or any(path[:2] == (season.key, event.key) for _, path in links):
            break
    own = [(url, path) for url, path in links if path[:2] == (season.key, event.key)]
    if links and not own:
        shown = "/".join(links[0][1][:2])
        notes.append(f"{urlsplit(client.url).netloc} answers with another event's files ({shown}); none is taken")
    files = [
        Remote(url, path[1:], kind, path[3])
        for url, path in own
        if len(path) >= 5
        and alkamel.of_series(path[2], series)
        and alkamel.SESSION.match(path[3])
        and (kind := kind_of(path[-1], hosts.kinds))
    ]
    if own and not files:
        others = ", ".join(sorted({path[2] for _, path in own if len(path) >= 5})) or "none"
        notes.append(f"no lap, result or weather file of the series at {event.name}; folders there: {others}")
    return Offer(tuple(files), tuple(notes))


def _address(url: str, **query: str) -> str:
    return f"{url}?{urlencode(query)}"


def _select(client: Client, address: str, name: str) -> list[markup.Option]:
    page = client.page(address)
    document = markup.read(page.text)
    if name not in document.selects:
        if page.asks_for_login:
            raise ArchiveError(f"{address} asks for a login now", hint="it was open before: the site has changed")
        what = f"{address} answers without the list {name!r} it used to have ({page.content_type or 'no type told'})"
        raise ArchiveError(what, hint="the site has changed; docs/fetch.md says how to name another address")
    return document.selects[name]


def _links(text: str, base: str, notes: list[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Links below `Results/`, each once: address, and path below it decoded."""
    found: dict[str, tuple[str, ...]] = {}
    root = urlsplit(urljoin(base, "Results/"))
    for link in markup.read(text).links:
        raw = link.href.split("#")[0].split("?")[0]
        if not raw.lower().removeprefix("./").lstrip("/").startswith("results/"):
            continue
        # Before joining, for joining resolves `..`: a name that leads elsewhere is to be told, not to vanish.
        path = tuple(decoded(part) for part in raw.removeprefix("./").lstrip("/").split("/")[1:])
        target = urlsplit(urljoin(base, link.href))
        if not all(is_plain(part) for part in path) or target.netloc != root.netloc:
            notes.append(f"a listed name leads elsewhere and is not followed: {link.href!r}")
            continue
        found.setdefault(target._replace(path=_quoted(target.path)).geturl(), path)
    return list(found.items())


def _quoted(path: str) -> str:
    """Percent signs for what stands bare in a link (`07_SPA FRANCORCHAMPS`); what is quoted stays as it is."""
    from urllib.parse import quote

    return quote(path, safe="/%:@!$&'()*+,;=~-._")
