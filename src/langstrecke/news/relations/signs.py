"""Signs by which a claim is told to be read rightly or not: by which rule, whom "he" stood for, how far apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from langstrecke.news.coreference.clause_roles import Scene
from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.mentions.certainty import negated
from langstrecke.news.mentions.clauses import Clause
from langstrecke.news.mentions.tokens import Item
from langstrecke.news.model import BY_EXAMPLE, Claim
from langstrecke.news.relations.extract import Draft
from langstrecke.news.relations.futurity import OPEN, is_open
from langstrecke.news.sources.dates import When
from langstrecke.news.sources.sentences import Sentence

_NEAR, _FAR = 4, 10
_ONE_OBJECT = frozenset({"drives_for", "drives", "leads"})
"""Of one person a text tells mostly one of these."""
_CREW = 3
"""More mates than this share no car."""


def signs_of(told: Draft, scene: Scene, sentence: Sentence, tense: str) -> frozenset[str]:
    """What is seen of a claim where it is read, each sign a word or two."""
    clause = scene.clause
    subject, at = _how(told.subject, scene)
    object, to = _how(told.object, scene) if "goal" not in told.object.kinds else ("constant", None)
    flags = {
        "partner": told.partner, "fallback": told.fallback, "implied": told.implied,
        "alone": told.alone, "quoted": sentence.quoted, "turn": bool(sentence.turn), "negated": negated(clause),
        "subject unknown": not told.subject.known, "object unknown": not told.object.known,
        "no verb": clause.finite is None, "subject is a team": told.subject.is_a("team", "make"),
        OPEN: is_open(clause) and not sentence.quoted and not sentence.turn,
    }  # fmt: skip
    if at is not None and to is not None:
        between = clause.items[min(at, to) + 1 : max(at, to)]
        flags |= {
            "apart near": abs(at - to) <= _NEAR,
            "apart far": abs(at - to) > _FAR,
            "object first": to < at,
            "rival between": any(_same_sort(i, told.object) for i in between),
            "verb between": any(i.finite for i in between),
            "border between": any(i.low in _BORDERS for i in between),
        }
    said = {told.relation, "rule " + told.rule, "subject " + subject, "object " + object}
    return frozenset(
        said | {"clause " + clause.kind, "tense " + tense} | {name for name, is_so in flags.items() if is_so}
    )


_BORDERS = frozenset({"vor", "hinter", "gegen", "statt", "neben", "von"})


def _how(name: Name, scene: Scene) -> tuple[str, int | None]:
    """How a clause names somebody, and where."""
    items = scene.clause.items
    for kind in ("person", "name", "role", "pronoun"):
        for n, item in enumerate(items):
            if item.kind == kind and (name in item.who or name in (item.name, item.car)):
                if kind == "pronoun":
                    return ("first person" if item.low in ("ich", "wir", "uns", "mich", "mir") else "pronoun"), n
                return ("compound" if item.compound is not None and kind == "name" else kind), n
    if scene.inherited and name in scene.subject:
        return "inherited", None
    return ("subject" if name in scene.subject else "carried"), None


def _same_sort(item: Item, name: Name) -> bool:
    if item.kind == "person":
        return name.is_a("person")
    return item.kind == "name" and item.name is not None and any(k in item.name.kinds for k in name.kinds)


def compared(claims: list[Claim]) -> list[Claim]:
    """The claims of a text with the signs that only show beside each other."""
    by_example = [c for c in claims if c.rule == BY_EXAMPLE]
    claims = [c for c in claims if c.rule != BY_EXAMPLE]  # what examples say is no sign but their own
    objects: dict[tuple[str, str], set[str]] = defaultdict(set)
    crews: dict[str, set[str]] = defaultdict(set)
    times: Counter[tuple[str, str, str]] = Counter()
    sure: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for c in claims:
        objects[c.subject, c.relation].add(c.object)
        times[c.key[:3]] += 1
        sure[c.key[:3]].add(c.certainty)
        if c.relation == "shares_car":
            crews[c.subject].add(c.object)
            crews[c.object].add(c.subject)
    made = []
    for c in claims:
        flags = {
            "another object": c.relation in _ONE_OBJECT and len(objects[c.subject, c.relation]) > 1,
            "told twice": times[c.key[:3]] > 1,
            "surer and less sure": len(sure[c.key[:3]]) > 1,
            "leaves it": c.relation != "leaves" and c.object in objects[c.subject, "leaves"],
            "crowded": len(crews[c.subject]) > _CREW or len(crews[c.object]) > _CREW,
            "like a mate": any(c.object in objects[m, c.relation] for m in crews[c.subject]),
            "unlike the mates": c.relation in _ONE_OBJECT
            and any(objects[m, c.relation] and c.object not in objects[m, c.relation] for m in crews[c.subject]),
        }
        found = {name for name, is_so in flags.items() if is_so} | {"certainty " + c.certainty}
        made.append(replace(c, signs=c.signs | found))
    return sorted([*made, *by_example], key=lambda c: c.start)


_RESULTS = frozenset({"won", "finished", "beat", "won_race", "leads_standings"})


def clues_of(
    told: Draft, sure: str, time: When, clause: Clause, others: list[Clause], sentence: Sentence, about: Told
) -> frozenset[str]:
    """What is seen of how sure a text is of a claim: what the rules say, tenses, times, words of the clauses.

    `others`: all clauses of the sentence; `about`: its tense, and what holds for the text.
    """
    relation, tense = told.relation, about.tense
    sort = "result" if relation in _RESULTS else "plan"
    years = "no year"
    if time.years and about.year is not None:
        last = max(time.years)
        years = "past year" if last < about.year else "this year" if last == about.year else "next year"
    found = {
        f"= {sure}", f"= {sure} {relation}", f"= tense {tense}", f"= {sort} tense {tense}",
        f"= {sure} {sort} tense {tense}",
        f"= {relation}", f"= {sort}", f"= {years}", f"= {sort} {years} {tense}", f"= clause {clause.kind}",
        f"= {sort} month {about.month}", f"= {sure} {sort} {years}",
    }  # fmt: skip
    flags = {
        "ahead": time.ahead, "since": bool(time.since), "quoted": sentence.quoted,
        f"turn {sentence.turn}": bool(sentence.turn), "preview": about.preview, "negated": negated(clause),
        "no verb": clause.finite is None, "open": is_open(clause),
    }  # fmt: skip
    for flag in (name for name, is_so in flags.items() if is_so):
        found |= {f"= {flag}", f"= {flag} {sure}", f"= {flag} {sort}", f"= {flag} {sort} {tense}"}
    for item in clause.items:
        if item.kind == "word" and len(item.low) > 2:
            found |= {f"=w {item.low}", f"=w {sort} {item.lemma}", f"=w {item.lemma}"}
        elif item.compound is not None and item.compound.head:
            found.add(f"=w {item.compound.head}")
    found |= {f"=v {sort} {verb}" for verb in clause.lemmas if verb.endswith("n")}
    if clause.parent is not None and clause.parent < len(others):
        above = others[clause.parent]
        found |= {f"=p {i.lemma}" for i in above.items if i.kind == "word" and len(i.low) > 2}
    for other in others:
        if other is not clause:
            found |= {f"=s {i.low}" for i in other.items if i.kind == "word" and (i.finite or i.text[:1].isupper())}
    return frozenset(found)


@dataclass(frozen=True)
class Told:
    """What holds for a text, and the tense of a claim of it."""

    tense: str
    year: int | None
    month: int
    """1 to 12; 0 where nobody knows."""
    preview: bool
