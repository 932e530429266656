"""Where articles come from: files, folders, standard input, saved pages, RSS files. Nothing is fetched or run."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from langstrecke.news.lexicon.morphology import slug
from langstrecke.news.model import Article, NewsError
from langstrecke.news.sources.dates import article_date
from langstrecke.news.sources.web_pages import feed_articles, page_article, shortened

MAX_BYTES = 5_000_000
"""The longest file that is read; a newspaper page is a fiftieth of it."""
SUFFIXES = (".txt", ".md", ".text", ".html", ".htm", ".xhtml", ".rss", ".xml", ".atom")
_HTML = re.compile(rb"\A\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)", re.I | re.S)
_FEED = re.compile(
    rb"\A\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|rdf:RDF)\b",
    re.I | re.S,
)
_CHARSET = re.compile(rb"charset=[\"']?([\w-]+)", re.I)


def read_articles(
    sources: Iterable[str | Path], *, date: str = "", problems: list[NewsError] | None = None
) -> Iterator[Article]:
    """Every article of files, folders and `-` (standard input).

    A file that cannot be read goes to `problems`, and the others are still read; without that list the error is
    raised. `date` is for texts that do not tell theirs.
    """
    seen: set[str] = set()
    for source in sources:
        for place in _files(source, problems):
            try:
                for article in _articles(place):
                    if article.id in seen:  # two files of one name: both are kept
                        mark = hashlib.sha256(article.source.encode()).hexdigest()[:6]
                        article = replace(article, id=f"{article.id}-{mark}")
                    seen.add(article.id)
                    yield article if article.date or not date else replace(article, date=date, date_from="given")
            except NewsError as error:
                _report(error, problems)


def article_from_text(text: str, *, id: str = "text", date: str = "", source: str = "") -> Article:
    """An article from plain text; its date is looked for where none is given."""
    told, told_by = (date, "given") if date else article_date(text)
    text, note = shortened(text)
    return Article(id, text, source, _title(text), told, told_by, note=note)


def _report(error: NewsError, problems: list[NewsError] | None) -> None:
    if problems is None:
        raise error
    problems.append(error)


def _files(source: str | Path, problems: list[NewsError] | None) -> Iterator[Path]:
    place = Path(source)
    if str(source) == "-":
        yield place
    elif place.is_dir():
        found = sorted(p for p in place.rglob("*") if p.is_file() and p.suffix.lower() in SUFFIXES)
        if not found:
            _report(NewsError("holds no texts", file=place, hint=f"read are {', '.join(SUFFIXES)}"), problems)
        yield from found
    elif place.is_file():
        yield place
    elif place.exists():  # reading one could wait, or go on, for ever
        hint = "write it to standard input: ... | langstrecke news read -"
        _report(NewsError("is a pipe or a device, not a file", file=place, hint=hint), problems)
    else:
        _report(NewsError("no such file or folder", file=place), problems)


def _articles(place: Path) -> Iterator[Article]:
    name = "standard input" if str(place) == "-" else str(place)
    data = _bytes(place, name)
    if not data.strip():
        raise NewsError("is empty", file=name)
    # What is piped in has no name: its content tells it from what was piped in before.
    id = f"stdin-{hashlib.sha256(data).hexdigest()[:6]}" if str(place) == "-" else slug(place.stem) or "text"
    if _FEED.match(data[:20_000]):
        yield from feed_articles(data, id, name)
        return
    if data.count(b"\0") or data[:4] in (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff\xe0", b"GIF8"):
        text16 = _utf16(data)
        if text16 is None:
            raise NewsError("is no text (binary data)", file=name, hint="save the article as text or HTML")
        yield article_from_text(text16, id=id, source=name)
        return
    text, note = decode(data)
    if _HTML.match(data[:4_000]) or place.suffix.lower() in (".html", ".htm", ".xhtml"):
        article = page_article(text, id, name)
    else:
        _refuse_noise(text, name)
        article = article_from_text(text, id=id, source=name)
    yield replace(article, note="; ".join(n for n in (note, article.note) if n))


def _bytes(place: Path, name: str) -> bytes:
    try:
        if str(place) == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        elif place.stat().st_size > MAX_BYTES:
            data = b" " * (MAX_BYTES + 1)
        else:
            data = place.read_bytes()
    except OSError as error:
        raise NewsError(f"cannot be read: {error.strerror}", file=name) from None
    if len(data) > MAX_BYTES:
        raise NewsError(
            f"is larger than {MAX_BYTES // 1_000_000} MB; no article is", file=name, hint="split it into its articles"
        )
    return data


def decode(data: bytes) -> tuple[str, str]:
    """Text and what was odd: UTF-8, else what a page declares, else Windows-1252, which takes any byte."""
    body = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        mended = body.decode("utf-8", "replace")
        broken, whole = mended.count("\ufffd"), sum(c > "\x7f" for c in mended)
        if whole - broken >= broken:  # letters of another encoding would hardly ever make valid UTF-8
            return mended, f"{broken} broken characters; sentences with one are not read"
        declared = _CHARSET.search(data[:2000])
        names = [declared.group(1).decode("ascii", "ignore")] if declared else []
        for name in [*names, "cp1252", "latin-1"]:
            try:
                text = body.decode(name)
            except (LookupError, UnicodeDecodeError):
                continue
            return text, f"not UTF-8; read as {name}"
        raise
    if re.search("Ã[¤¶¼Ÿ„–œ]|â€", text):  # UTF-8 taken for Windows-1252 by somebody before us
        try:
            return text.encode("cp1252").decode("utf-8"), "letters were garbled; put right"
        except UnicodeError:
            return text, "some letters look garbled"
    return text, ""


def _utf16(data: bytes) -> str | None:
    if data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return None
    try:
        return data.decode("utf-16")
    except UnicodeDecodeError:
        return None


def _refuse_noise(text: str, name: str) -> None:
    """A text of control characters or without letters is a file by mistake."""
    sample = text[:4000]
    control = sum(ord(c) < 32 and c not in "\n\r\t\f" for c in sample)
    letters = sum(c.isalpha() for c in sample)
    if control > len(sample) // 50 or letters < min(20, len(sample.strip())) // 4:
        raise NewsError("is no text (binary data)", file=name, hint="save the article as text or HTML")


def _title(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= 120 else line[:117] + "..."
