"""Saved web pages and feeds: the story out of them, and where a sentence stands in the page."""

from __future__ import annotations

import email.utils
import html
import html.entities
import importlib
import re
from collections.abc import Iterator
from typing import Any

from langstrecke.news.lexicon.morphology import missing, slug
from langstrecke.news.model import Article, NewsError
from langstrecke.news.sources.dates import article_date

_DAY = re.compile(r"\A\d{4}-\d\d(-\d\d)?")
_TAG = re.compile(r"<[^>]*>")
MAX_ITEMS = 2_000
"""Articles taken from one feed; the last of them says how many were left out."""
MAX_CHARS = 400_000
"""What is read of one text; a book is longer, no article is."""
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.I | re.S)


def page_article(source: str, id: str, name: str) -> Article:
    """The story of a saved page: menus, scripts and comments left out, nothing fetched, nothing run."""
    try:
        import trafilatura
    except ImportError:
        raise missing("trafilatura") from None
    try:
        found: Any = trafilatura.bare_extraction(
            source, favor_precision=True, include_comments=False, include_tables=False, with_metadata=True
        )
    except Exception as error:  # the parser's own errors on hostile pages are of many kinds
        raise NewsError(f"is a page that cannot be read: {type(error).__name__}", file=name) from None
    text = str(getattr(found, "text", None) or "")
    if not text.strip():
        raise NewsError("is a page without a story", file=name, hint="save the article itself, not an overview")
    day = _DAY.match(str(getattr(found, "date", None) or ""))
    date, told_by = (day.group(), "page") if day else article_date(text)
    title = str(getattr(found, "title", None) or "")
    text, note = shortened(text)
    return Article(id, text, name, title[:200], date, told_by, page=source, note=note)


def shortened(text: str) -> tuple[str, str]:
    """The part of a text that is read, and what to say of the rest."""
    if len(text) <= MAX_CHARS:
        return text, ""
    return text[:MAX_CHARS], f"only the first {MAX_CHARS:,} characters were read"


def feed_articles(data: bytes, id: str, name: str) -> Iterator[Article]:
    """The articles of an RSS or Atom file. Entities the file defines itself are not expanded."""
    try:
        etree: Any = importlib.import_module("lxml.etree")
    except ImportError:
        raise missing("lxml") from None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    # Entities of its own would make the parser give up half-way, and the articles behind them would be lost.
    data = _DOCTYPE.sub(b"", data, count=1)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NewsError(f"is a feed that cannot be read: {error}", file=name) from None
    if root is None:
        raise NewsError("is a feed that cannot be read", file=name)
    items = [e for e in root.iter() if isinstance(e.tag, str) and _local(e.tag) in ("item", "entry")]
    if not items:
        raise NewsError("is a feed without articles", file=name)
    for number, item in enumerate(items[:MAX_ITEMS], start=1):
        parts: dict[str, str] = {}
        for child in item:
            if isinstance(child.tag, str):
                parts.setdefault(_local(child.tag), "".join(child.itertext()))
        body = parts.get("encoded") or parts.get("content") or parts.get("description") or parts.get("summary") or ""
        title = plain(parts.get("title", ""))
        text = plain(body)
        if title and not text.startswith(title):
            text = f"{title}.\n\n{text}" if title[-1:] not in ".!?" else f"{title}\n\n{text}"
        day = _feed_date(parts.get("pubDate") or parts.get("published") or parts.get("updated") or "")
        date, told_by = (day, "feed") if day else article_date(text)
        link = parts.get("link", "").strip() or name
        text, note = shortened(text)
        if number == MAX_ITEMS < len(items):
            note = f"{len(items) - MAX_ITEMS:,} further articles of this feed were not read"
        name_of_it = f"{id}-{number}-{slug(title)[:40]}".rstrip("-")
        yield Article(name_of_it, text, link, title, date, told_by, note=note)


def plain(markup: str) -> str:
    """Text of a piece of HTML: paragraphs kept, scripts and styles dropped, entities read."""
    text = re.sub(r"(?is)<(script|style|iframe|object)\b.*?(</\1\s*>|\Z)", " ", markup)
    text = re.sub(r"(?i)<br\s*/?>|</(p|div|h\d|li)\s*>", "\n\n", text)
    text = html.unescape(_TAG.sub("", text))
    return re.sub(r"[ \t]+", " ", re.sub(r"\n\s*\n+", "\n\n", text)).strip()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _feed_date(text: str) -> str:
    if _DAY.match(text.strip()):
        return text.strip()[:10]
    try:
        return f"{email.utils.parsedate_to_datetime(text.strip()):%Y-%m-%d}"
    except (ValueError, TypeError, IndexError):
        return ""


def page_span(page: str, text: str) -> tuple[int, int] | None:
    """Where a sentence of the story stands in the page it came from: tags and entities in between are jumped over."""
    words = text.split()
    if not page or not words:
        return None
    at = page.find(text)
    if at >= 0:
        return at, at + len(text)
    first = last = -1
    here = 0
    for word in words[:200]:
        spot = _find_word(page, word, here)
        if spot is None or (first >= 0 and spot[0] - last > 400):
            return None
        first = spot[0] if first < 0 else first
        here = last = spot[1]
    return first, last


def _find_word(page: str, word: str, start: int) -> tuple[int, int] | None:
    at = page.find(word, start)
    if word.isascii() and word.isalnum():
        return (at, at + len(word)) if at >= 0 else None
    found = re.compile("".join(_spellings(c) for c in word)).search(page, start)
    return found.span() if found else None


def _spellings(char: str) -> str:
    """A letter as it is or as an entity."""
    if char.isascii() and char not in "&<>\"'":
        return re.escape(char)
    name = html.entities.codepoint2name.get(ord(char))
    named = f"|&{name};" if name else ""
    return f"(?:{re.escape(char)}{named}|&#{ord(char)};|&#[xX]{ord(char):x};)"
