"""What is made of the claims when all sentences are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from langstrecke.news.coreference.discourse import Talk
from langstrecke.news.coreference.document import Survey
from langstrecke.news.mentions.certainty import find_cue
from langstrecke.news.mentions.clauses import Clause
from langstrecke.news.model import BY_EXAMPLE, SYMMETRIC, Claim
from langstrecke.news.relations.extract import Draft
from langstrecke.news.sources.sentences import Sentence

_AFFAIR_WORDS = frozenset(
    {"bestätigung", "personalie", "wechsel", "gerücht", "verpflichtung", "deal", "bericht", "spekulation", "meldung"}
)


def once(claims: Iterable[Claim]) -> list[Claim]:
    """Each statement once: a repetition that adds neither season nor series is left out."""
    kept: list[Claim] = []
    for claim in claims:
        twins = [c for c in kept if c.key == claim.key and c.since == claim.since]
        if any(
            set(claim.seasons) <= set(c.seasons) and (not claim.series or claim.series == c.series) for c in twins
        ):
            continue
        poorer = [c for c in twins if not c.seasons and not c.since and claim.seasons and c.tense == claim.tense]
        for c in poorer:
            if c.rule == claim.rule:
                kept.remove(c)
        kept.append(claim)
    return kept


CROWD = 12
"""Who is told to share a car so often sits in none of them: twice the mates of the largest crews (default)."""


def no_crowds(claims: list[Claim]) -> list[Claim]:
    """Without crews of dozens: a starting list in one sentence is no crew."""
    mates = Counter(id for c in claims if c.relation == "shares_car" for id in {c.subject, c.object})
    crowded = {id for id, n in mates.items() if n > CROWD}
    return [c for c in claims if c.relation != "shares_car" or not crowded & {c.subject, c.object}]


def unsaid(claims: list[Claim]) -> list[Claim]:
    """Without what only examples say of two names of which, or of whom, the rules have read something already.

    A crew has several mates; of all else the rules' object is believed. Of what examples say twice the likelier.
    """
    read = [c for c in claims if c.rule != BY_EXAMPLE]
    pairs = {frozenset((c.subject, c.object)) for c in read}
    filled = {(c.subject, c.relation) for c in read if c.relation not in SYMMETRIC}
    best: dict[tuple[str, ...], Claim] = {}
    for c in claims:
        if (
            c.rule == BY_EXAMPLE
            and frozenset((c.subject, c.object)) not in pairs
            and (c.subject, c.relation) not in filled
        ):
            twin = best.get(c.key[:3])
            if twin is None or (c.trust or 0.0) > (twin.trust or 0.0):
                best[c.key[:3]] = c
    chosen = {id(c) for c in best.values()}
    return [c for c in claims if c.rule != BY_EXAMPLE or id(c) in chosen]


def starters(claims: list[Claim], talk: Talk, about: Survey, year: int | None) -> list[Claim]:
    """Whoever is told to drive in a ticker or on the grid takes part in the race."""
    race = talk.main_race
    if race is None or about.preview:
        return []
    told = {"won", "finished", "enters", "enters_only", "attends"}
    there = {c.subject for c in claims if c.object == race.id and c.relation in told}
    if not (about.grid or about.ticker):
        return []
    found: dict[str, Claim] = {}
    for c in claims:
        if (
            c.rule == BY_EXAMPLE
            or c.relation != "drives"
            or c.certainty != "confirmed"
            or c.subject in there
            or c.implied
        ):
            continue
        if not talk.someone(c.subject).is_a("person") or (c.seasons and year not in c.seasons):
            continue
        made = replace(
            c, relation="enters", object=race.id, object_name=race.name, rule="a car in the race", implied=True
        )
        found.setdefault(c.subject, made)
    return list(found.values())


def guesses(told: Draft, sure: str, mates: frozenset[str], *, grid: bool) -> bool:
    """Whether a claim whose object no word of the clause names had better not be told.

    `mates`: who is told to share a car by a word for it; `grid`: the text is about a qualifying.
    """
    if told.fallback and sure in ("denied", "not_confirmed"):
        return True
    if not told.topical:
        return False
    if told.relation in ("drives_for", "leaves"):
        denied = sure == "denied" and told.certainty != sure
        return sure == "possible" or denied  # whether, and for whom, is guessing twice
    if told.relation == "shares_car":
        return bool(mates & {told.subject.id, told.object.id})
    if told.relation == "won" and sure not in ("confirmed", "denied", "reported"):
        return True
    return grid and told.relation in ("won", "finished") and sure == "confirmed"


_OF_DRIVERS = frozenset({"drives", "tests", "shares_car", "finished", "won"})


def heads(told: Draft, talk: Talk, *, examples: bool = False) -> bool:
    """Whether a claim of a driver would be told of the head of a team, who is none.

    Of what only examples say none is told of him but whom he leads, asks, supports and manages.
    """
    head = told.subject.id in talk.leads and told.subject.id not in talk.book.registry.drivers
    return head and (told.relation in _OF_DRIVERS or (examples and told.relation not in _OF_HEADS))


_OF_HEADS = frozenset({"leads", "asks", "supports", "manages", "father_of"})


def no_comment(plan: Claim | None, sentence: Sentence, clauses: list[Clause]) -> list[Claim]:
    """Reads "wollte die Personalie nicht kommentieren": the plan just reported is not confirmed."""
    for clause in clauses:
        if plan and find_cue(clause) == "not_confirmed" and clause.lemmas & _AFFAIR_WORDS:
            denied = replace(plan, certainty="not_confirmed", by="", rule="no comment")
            return [replace(denied, start=sentence.start, end=sentence.end, sentence=sentence.text)]
    return []


def unlike(told: list[Claim], clause: Clause) -> list[Claim]:
    """Reads "anders als Nico Hülkenberg": of him the opposite is told."""
    people = [i.name for i in clause.items if i.kind == "person" and i.name]
    opposite = {"denied": "confirmed", "confirmed": "denied"}
    return [
        replace(c, subject=p.id, subject_name=p.name, known=p.known, certainty=opposite[c.certainty])
        for c in told
        for p in people
        if not p.id.startswith("?") and c.certainty in opposite and not c.rule.startswith("title")
    ]
