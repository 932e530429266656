"""An article in, its claims out."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from langstrecke.news.coreference.discourse import Talk
from langstrecke.news.coreference.document import within
from langstrecke.news.coreference.surnames import guest_of, spot_bare
from langstrecke.news.lexicon.gazetteer import gazetteer
from langstrecke.news.lexicon.morphology import looks_german
from langstrecke.news.mentions.named import speaks_of_racing, spot_names
from langstrecke.news.model import Article, Claim
from langstrecke.news.relations.collect import no_crowds, once, unsaid
from langstrecke.news.relations.futurity import off_season
from langstrecke.news.relations.learnt import Judge, beside, sured
from langstrecke.news.relations.signs import compared
from langstrecke.news.relations.trust import trusted
from langstrecke.news.sources.sentences import sentences
from langstrecke.news.sources.web_pages import page_span
from langstrecke.news.story_reader import StoryReader

if TYPE_CHECKING:
    from langstrecke.news.language_model import ModelReading


@dataclass(frozen=True)
class Reading:
    """What was read in an article."""

    article: Article
    claims: tuple[Claim, ...]
    withheld: tuple[Claim, ...] = ()
    """What was read and is not told, for it is too likely to be misread: each says why."""
    note: str = ""
    """Why there are none: not German, nothing about racing."""
    model: ModelReading | None = None
    """What a language model read in it, where one was asked."""

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        a = self.article
        return {
            "id": a.id,
            "source": a.source,
            "title": a.title,
            "date": a.date or None,
            "date_from": a.date_from,
            "note": self.note or a.note,
            "claims": [c.to_json() for c in self.claims],
            "withheld": [c.to_json() for c in self.withheld],
            "model": self.model.to_json(self.claims) if self.model is not None else None,
        }


def read_article(article: Article, judge: Judge | None = None, *, least: float = 0.0) -> Reading:
    """The claims of an article, each once, in order of the text.

    `judge`: instead of what examples taught; `least`: claims less likely to be read rightly are withheld, 0 to 1.
    """
    if not looks_german(article.text):
        return Reading(article, (), note="not in German; nothing was read")
    book = gazetteer()
    doc = book.doc(article.text)
    spots = spot_names(doc, book)
    if not any(s.name.known for s in spots) and not speaks_of_racing(doc, book):
        return Reading(article, (), note="nothing about racing that we know of")
    talk = Talk(book, article.year)
    story = sentences(article.text)
    talk.introduce(within(spots, story))
    spots = spot_bare([(t.text, t.idx) for t in doc], spots, talk)
    labels = [s.label for s in story if s.turn == "answer" and s.label]
    if any(s.turn for s in story):
        inside = [s.name.id for s in within(spots, story) if s.name.is_a("person") and s.name.id in talk.people]
        talk.guest = guest_of(labels, talk.people, inside)
    reader = StoryReader(article, talk, story, spots, doc, judge)
    found = compared(no_crowds(off_season(reader.read(), article)))
    if judge is None:
        found = sured(beside(found, reader.asked))
    claims, withheld = trusted(once(unsaid(found)), least)
    if article.page:
        claims = [replace(c, page_span=page_span(article.page, c.sentence)) for c in claims]
    return Reading(article, tuple(claims), withheld=tuple(withheld))


WORTH_A_PROCESS = 50
"""A process more is started for so many articles: what it takes to start reads some twenty (default)."""
_AT_ONCE = 8


def read_all(articles: Sequence[Article], *, least: float = 0.0) -> Iterator[Reading]:
    """The claims of many articles, in their order, each as `read_article` has it; on all processors if they are many.

    Inside a job of the pit wall they are read one after the other: its processes may not start others.
    """
    read = partial(read_article, least=least)
    workers = min(os.cpu_count() or 1, len(articles) // WORTH_A_PROCESS)
    if workers < 2 or multiprocessing.current_process().daemon:
        yield from map(read, articles)
        return
    alike = multiprocessing.get_context("spawn")  # the same on every system
    with ProcessPoolExecutor(workers, alike, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        try:
            yield from pool.map(read, articles, chunksize=_AT_ONCE)
        finally:  # whoever asked may have stopped in the middle
            pool.shutdown(cancel_futures=True)
