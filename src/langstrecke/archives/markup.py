"""What stands in the pages of the archives: directory listings, selects with their options, links."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from langstrecke.archives.names import decoded, is_plain

_DATES = (
    (re.compile(r"(\d{4}-\d{2}-\d{2} \d{2}:\d{2})"), "%Y-%m-%d %H:%M"),
    (re.compile(r"(\d{2}-[A-Z][a-z]{2}-\d{4} \d{2}:\d{2})"), "%d-%b-%Y %H:%M"),
)
_SIZE = re.compile(r"^\s*([\d.]+)\s*([KMGT]?)B?\b", re.IGNORECASE)
_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}


@dataclass(frozen=True)
class Entry:
    """A line of a directory listing."""

    name: str
    url: str
    folder: bool
    modified: dt.datetime | None = None
    size: int | None = None
    rounded: bool = False


@dataclass(frozen=True)
class Listing:
    """A directory listing: its lines, and links that lead out of the directory (`refused`)."""

    entries: tuple[Entry, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True)
class Option:
    """An option of a select."""

    value: str
    label: str
    selected: bool


@dataclass
class _Link:
    href: str
    text: str = ""
    after: str = ""


@dataclass
class Document:
    """What a page holds that matters here."""

    title: str = ""
    links: list[_Link] = field(default_factory=list)
    selects: dict[str, list[Option]] = field(default_factory=dict)


class _Reader(HTMLParser):
    """Tag and attribute names come lower-cased, so `Value` and `SELECTED` are read as any."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.document = Document()
        self._in_link = False
        self._in_title = False
        self._select: list[Option] | None = None
        self._option: tuple[str, bool] | None = None
        self._label = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in values:
            self.document.links.append(_Link(_address(values["href"].strip())))
            self._in_link = True
        elif tag == "select":
            self._end_option()
            name = (values.get("name") or values.get("id") or "").lower()
            self._select = self.document.selects.setdefault(name, [])
        elif tag == "option":
            self._end_option()
            self._option, self._label = (values.get("value", ""), "selected" in values), ""
        elif tag == "title":
            self._in_title = True
        elif tag == "img" and self.document.links:
            self.document.links[-1].after += f" {values.get('alt', '')} "

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._in_link = False
        elif tag in ("option", "select"):
            self._end_option()
            if tag == "select":
                self._select = None
        elif tag == "title":
            self._in_title = False
        elif tag in ("td", "tr") and self.document.links:
            self.document.links[-1].after += " "

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.document.title += data
        if self._option is not None:
            self._label += data
        elif self._in_link:
            self.document.links[-1].text += data
        elif self.document.links:
            self.document.links[-1].after += data

    def _end_option(self) -> None:
        if self._option is not None and self._select is not None:
            value, selected = self._option
            label = " ".join(self._label.split())
            self._select.append(Option(value or label, label, selected))
        self._option = None


def _address(href: str) -> str:
    """A link's address; empty where it is none that can be taken apart."""
    try:
        urlsplit(href)
    except ValueError:
        return ""
    return href


def read(text: str) -> Document:
    """Title, links and selects of a page, however ill-formed."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.document


def listing(text: str, url: str) -> Listing | None:
    """The directory listing at `url`; None where the page is none.

    Both forms of Apache's fancy index (table and preformatted) and nginx's are read: a name is a link one level
    below, date and size follow it. Sort links (`?C=N;O=D`) and the way up are no entries.
    """
    document = read(text)
    entries: list[Entry] = []
    refused: list[str] = []
    up = False
    here = urlsplit(url).path
    for link in document.links:
        if not link.href or link.href.startswith(("?", "#", "mailto:", "javascript:")):
            continue
        target = urljoin(url, link.href.split("#")[0])
        parts = urlsplit(target)
        if parts.netloc == urlsplit(url).netloc and here.startswith(parts.path) and parts.path != here + link.href:
            up = True
            continue
        inside = parts.netloc == urlsplit(url).netloc and parts.path.startswith(here)
        rest = parts.path[len(here) :] if inside else ""
        name = decoded(rest.removesuffix("/"))
        if not inside or parts.query or not rest or not is_plain(name):
            refused.append(link.href)
            continue
        modified, size, rounded = _facts(link.after)
        entries.append(Entry(name, target, rest.endswith("/"), modified, size, rounded))
    if not entries and not up and "index of" not in document.title.lower():
        return None
    return Listing(tuple(entries), tuple(refused))


def _facts(text: str) -> tuple[dt.datetime | None, int | None, bool]:
    for pattern, form in _DATES:
        if found := pattern.search(text):
            try:
                when = dt.datetime.strptime(found[1], form)
            except ValueError:
                return None, None, False
            size = _SIZE.match(text[found.end() :])
            if size is None:
                return when, None, False
            unit = size[2].upper()
            try:
                return when, round(float(size[1]) * _UNITS[unit]), unit != ""
            except ValueError:
                return when, None, False
    return None, None, False
