"""The page News: articles pasted or dropped, their claims by certainty, each beside its sentence, checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, events, ui

from langstrecke.errors import LangstreckeError
from langstrecke.formatting import plural
from langstrecke.web.pages import components as bits
from langstrecke.web.pages.news_text import SURE_WORDS, ShownClaim, claim_list, highlighted, judged_by
from langstrecke.web.pages.uploads import kept_file

if TYPE_CHECKING:
    from langstrecke.web.pages.viewer import Viewer
    from langstrecke.web.pitwall import Pitwall

EXAMPLE = (
    "Kevin Magnussen wird 2021 in der IMSA-Serie für Chip Ganassi Racing fahren. Der Däne teilt sich den Cadillac "
    "DPi mit Renger van der Zande, wie das Team am Donnerstag bestätigte. Bei den Langstreckenrennen soll Scott "
    "Dixon das Duo verstärken. Einen Start bei den 24 Stunden von Le Mans dementierte Magnussen."
)
MOST_CHARS = 400_000
"""Longer texts are refused by the page; the newsroom itself reads the first 200,000 characters of an article."""


def page(pitwall: Pitwall, _: Viewer) -> None:
    """Build the page."""
    with ui.element("div").classes("split narrow-left"):
        with bits.panel("Read an article", "German racing news"):
            box = ui.textarea(placeholder="Paste the text here").props("outlined dense rows=11 maxlength=400000")
            box.props('aria-label="Text of the article" input-style="line-height: 1.5"').style("width: 100%")
            with bits.row():
                date = ui.input("Date", placeholder="2020-11-19").props("dense outlined").style("width: 6.8rem")
                read = bits.button("Read", lambda: later_read(), icon="article", strong=True)
                ui.button("An example", on_click=lambda: fill()).props("flat dense no-caps").classes("muted")
            drop = ui.upload(label="or drop a text, a saved page or a feed", auto_upload=True, multiple=True)
            drop.props('flat accept=".txt,.html,.htm,.xml,.rss,.md"')
            drop.on_upload(lambda e: background_tasks.create(dropped(e)))
            bits.text("What the text says is shown as text: nothing of a page is run or fetched.", "note")
        out = ui.element("div").classes("down")
    with out:
        bits.empty("No article read yet", "Paste a German racing article, or press “An example”.")

    def fill() -> None:
        box.value, date.value = EXAMPLE, "2020-11-19"
        later_read()

    def later_read() -> None:
        source = (box.value or "").strip()
        if source:
            background_tasks.create(_read(pitwall, out, read, read_text, source, (date.value or "").strip()))

    async def dropped(event: events.UploadEventArguments) -> None:
        try:
            path = await kept_file(pitwall.settings, event.file)
        except LangstreckeError as error:
            out.clear()
            with out:
                bits.markup(bits.told(error))
            return
        try:
            await _read(pitwall, out, read, read_files, str(path), (date.value or "").strip(), name=event.file.name)
        finally:
            path.unlink(missing_ok=True)
            drop.reset()


async def _read(
    pitwall: Pitwall,
    out: ui.element,
    busy: ui.button,
    job: Callable[..., Any],
    source: str,
    date: str,
    *,
    name: str = "",
) -> None:
    """Have a job read, and show what it found."""
    busy.props("loading")
    try:
        found: list[Read] | LangstreckeError = await pitwall.jobs.call("news", job, source, date)
    except LangstreckeError as error:
        found = LangstreckeError(error.what, file=name or None, hint=error.hint)
    if out.is_deleted:
        return
    busy.props(remove="loading")
    out.clear()
    with out:
        if isinstance(found, LangstreckeError):
            bits.markup(bits.told(found))
            return
        for title, text, when, note, claims in found:
            _article(name or "Pasted text" if not title or name in title else title, text, when, note, claims)


Read = tuple[str, str, str, str, list[ShownClaim]]
"""Title, text, date in words, note, claims."""


def read_text(text: str, date: str, *, step: Callable[..., None]) -> list[Read]:
    """Job: the claims of a pasted text, checked."""
    from langstrecke.news.sources.files import article_from_text

    step(0, 1, "reading")
    return [_told(article_from_text(text[:MOST_CHARS], date=date, source="pasted text"))]


def read_files(path: str, date: str, *, step: Callable[..., None]) -> list[Read]:
    """Job: the claims of a dropped file, checked."""
    from langstrecke.news.sources.files import read_articles

    step(0, 1, "reading")
    return [_told(article) for article in read_articles([Path(path)], date=date)]


def _told(article: Any) -> Read:
    from langstrecke.news.claims.fact_check import check_claims
    from langstrecke.news.reader import read_article

    reading = read_article(article)
    claims = [
        ShownClaim(
            f.claim.id,
            f.claim.told(),
            f.claim.certainty,
            f.claim.by or f.claim.speaker,
            f.claim.start,
            f.claim.end,
            f.verdict,
            f.note,
            judged_by(f.evidence),
        )
        for f in check_claims(reading.claims)
    ]
    when = f"{article.date} ({article.date_from})" if article.date else "date unknown"
    held = f"{plural(len(reading.withheld), 'claim')} withheld: too likely to be misread" if reading.withheld else ""
    note = "; ".join(n for n in (reading.note, article.note, held) if n)
    return article.title or article.source or article.id, article.text, when, note, claims


def _article(title: str, text: str, when: str, note: str, claims: list[ShownClaim]) -> None:
    counted = Counter(c.certainty for c in claims)
    told = ", ".join(f"{counted[s]} {words.lower()}" for s, words in SURE_WORDS.items() if counted[s])
    with ui.element("div").classes("split"):
        with bits.panel(title[:90], when):
            bits.markup(highlighted(text, claims), "article")
        with bits.panel("Claims", told or "none"):
            if note:
                bits.text(note, "warn")
            if claims:
                bits.markup(claim_list(claims))
                bits.text(
                    "Press a claim to find its sentence. Checked against the registry of races and results.", "note"
                )
