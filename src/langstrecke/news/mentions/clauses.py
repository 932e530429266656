"""Sentences into clauses."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from langstrecke.news.lexicon.morphology import MODAL, PARTICLES, PREPOSITIONS, lemma, word_set
from langstrecke.news.mentions.noun_phrases import Group, find_groups, same_sort
from langstrecke.news.mentions.tokens import Item

SUBORDINATORS = word_set("subordinators")
RELATIVE = word_set("relative")
_ASKING = word_set("asking")
COORDINATORS = frozenset({"und", "aber", "doch", "sondern", "oder", "jedoch"})


@dataclass
class Clause:
    """A clause; `parent` is the number of the clause it hangs on."""

    items: list[Item]
    kind: str = "main"
    """main, rel, sub, inf or part."""
    parent: int | None = None
    antecedent: Item | None = None
    before: list[Item] | None = None
    """Of a relative clause: the words of the clause it hangs on."""
    question: bool = False
    groups: list[Group] = field(default_factory=list)
    mark: str = ""
    """What stands before it: a comma, a colon, "und"."""
    cues: dict[bool, str] = field(default_factory=dict)
    """What find_cue found, kept."""

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words in lower case and in their basic forms."""
        return self.lows | self.lemmas

    @cached_property
    def lows(self) -> frozenset[str]:
        """Its words in lower case."""
        return frozenset(i.low for i in self.items)

    @cached_property
    def pairs(self) -> frozenset[str]:
        """Words that follow each other: "nicht_nur"."""
        lows = [i.low for i in self.items]
        return frozenset(f"{a}_{b}" for a, b in pairwise(lows))

    @cached_property
    def lemmas(self) -> frozenset[str]:
        """Basic forms of its words; separated verbs in one word; the ends of compounds too."""
        found: set[str] = set()
        closing = next((i for i in reversed(self.items) if i.kind != "mark"), None)
        last = closing.low if closing is not None and closing.kind == "word" else ""
        for item in self.items:
            if item.kind == "word":
                if item.finite and item.lemma.endswith("n") and last in PARTICLES and item.low != last:
                    found.add(last + item.lemma)  # "tritt ... an"
                    if item.lemma in MODAL:
                        found.add(item.lemma)
                else:
                    found.add(item.lemma)
                if "-" in item.low:
                    found.add(item.lemma.rpartition("-")[2])
                if "zu" in item.low[2:-3]:  # anzutreten
                    head, _, tail = item.low.partition("zu")
                    if head in PARTICLES and tail.endswith("n"):
                        found.add(head + tail)
            elif item.compound is not None:
                found.add(item.compound.head)
                found.add(item.compound.head.rpartition("-")[2])
                if item.compound.role is not None:
                    found.add(item.compound.role.word)
            else:
                found.add(item.low)
        return frozenset(found - {""})

    @cached_property
    def endings(self) -> str:
        """Its basic forms in one line, a bar behind each: what ends in "sieg" is found as "sieg|"."""
        return "|".join(self.lemmas) + "|"

    @property
    def text(self) -> str:
        """Its words with single blanks."""
        return " ".join(i.text for i in self.items)

    @property
    def span(self) -> tuple[int, int]:
        """Where it stands in the text."""
        return (self.items[0].start, self.items[-1].end) if self.items else (0, 0)

    @property
    def finite(self) -> Item | None:
        """Its finite verb."""
        return next((i for i in self.items if i.finite), None)


def split_clauses(items: list[Item], *, question: bool = False) -> list[Clause]:
    """The clauses of a sentence in order. Of a question only the last main clause asks."""
    segments = _merge(_segments(items))
    clauses: list[Clause] = []
    for mark, segment in segments:
        kind = _kind(mark, segment, clauses)
        last = next((i for i in reversed(segment) if i.kind != "mark"), None)
        goes_on = mark in ("und", "oder") and kind == "main" and bool(clauses) and clauses[-1].kind == "sub"
        if goes_on and last is not None and last.finite and not any(i.finite for i in segment[:-2]):
            kind = "sub"  # "dass er bleibt und in der ELMS startet"
        clause = Clause(segment, kind, mark=mark)
        if kind != "main" and clauses:
            clause.parent = clauses[-1].parent if goes_on and kind == "sub" else _parent(clauses)
            if kind == "rel":
                clause.antecedent = _antecedent(clauses[-1].items, segment[0].start)
                clause.before = [i for i in clauses[-1].items if i.start < segment[0].start]
        elif kind in ("sub", "inf"):
            clause.parent = 1 if len(segments) > 1 else None
        own = len(clause.items)
        if kind == "rel" and clause.before and segment[0].low in ("den", "die", "das", "dem", "der"):
            own = _bring_along(clause)
        clause.groups = [replace(g, oblique=g.oblique or g.first >= own) for g in find_groups(clause.items)]
        clauses.append(clause)
    if clauses and clauses[0].kind in ("sub", "inf"):  # "Dass A zu B geht, wie C meldet, gilt als sicher"
        clauses[0].parent = next((n for n, c in enumerate(clauses) if c.kind == "main"), None)
    for clause in clauses:
        if clause.parent is not None and clause.parent >= len(clauses):
            clause.parent = None
    if question and clauses:
        for clause in clauses[::-1]:
            clause.question = True
            if clause.kind == "main" or clause.items[0].low in _ASKING:
                break
    return clauses


def _has_finite(segment: list[Item]) -> bool:
    return any(i.finite for i in segment)


def _segments(items: list[Item]) -> list[tuple[str, list[Item]]]:
    found: list[tuple[str, list[Item]]] = []
    current: list[Item] = []
    mark = ""
    for n, item in enumerate(items):
        if (item.kind == "mark" and item.text[0] in ",;:–—-!?+•…") or item.text in ("–", "-"):
            if item.text == "," and _enumerates(items, n):
                current.append(item)
                continue
            if current:
                found.append((mark, current))
            current, mark = [], item.text
            continue
        if item.low in COORDINATORS and _has_finite(current) and _opens_clause(items, n):
            found.append((mark, current))
            current, mark = [], item.low
            continue
        current.append(item)
    if current:
        found.append((mark, current))
    return [(m, s) for m, s in found if any(i.kind != "mark" for i in s)]


def _enumerates(items: list[Item], comma: int) -> bool:
    if comma == 0 or comma + 1 >= len(items):
        return False
    before, after = items[comma - 1], items[comma + 1]
    verb = items[comma + 2 : comma + 3]
    if verb and verb[0].finite and after.kind == "person" and any(i.finite for i in items[:comma]):
        return False  # "ging an Wittmann, Auer wurde Siebter"
    if before.kind == "person" and after.kind == "role" and after.compound and after.compound.role:
        return True  # "Andreas Roos, Leiter BMW M Motorsport"
    if before.kind == "mark" and before.text == ")" and comma > 1:
        before = items[comma - 2]
    return same_sort(before, after) and not (after.kind == "pronoun" or before.kind == "pronoun")


def _opens_clause(items: list[Item], at: int) -> bool:
    """Whether a clause with its own verb follows the "und"."""
    if at + 1 < len(items) and at > 0 and same_sort(items[at - 1], items[at + 1]):
        after = items[at + 2 : at + 3]
        return bool(after and after[0].finite and any(i.finite for i in items[:at]) and items[at].low != "und")
    for item in items[at + 1 :]:
        if item.kind == "mark" and item.text[0] in ",;:–—":
            return False
        if item.finite:
            return True
    return False


def _merge(segments: list[tuple[str, list[Item]]]) -> list[tuple[str, list[Item]]]:
    """Put together what an insertion between commas tore apart."""
    n = 0
    merged = list(segments)
    while n + 2 < len(merged):
        (mark, one), (_, middle), (after, three) = merged[n], merged[n + 1], merged[n + 2]
        torn = (
            not _has_finite(one)
            and after in (",", "–", "-")
            and (
                three[0].finite
                or (three[0].low in ("sowie", "und") and one[-1].kind == "person")
                or (one[0].low in SUBORDINATORS and not _has_finite(middle) and _has_finite(three))
            )
        )
        waiting = (
            _waits(one)
            and after in (",", "–", "-")
            and not _has_subject_verb(three)
            and merged[n + 1][0] == after
            and three[0].low not in SUBORDINATORS
            and (three[0].low not in RELATIVE or not _has_finite(middle))
        )
        if (torn or waiting) and not (middle[0].low in ("um",) and not torn):
            merged[n : n + 3] = [(mark, one + three), (",", middle)]
        n += 1
    return _order(merged)


def _order(segments: list[tuple[str, list[Item]]]) -> list[tuple[str, list[Item]]]:
    """Hang what has no verb of its own, "gemeinsam mit ...", "für ...", back on the clause it goes on with."""
    joined: list[tuple[str, list[Item]]] = []
    for mark, segment in segments:
        low = _opening(segment)
        loose = not _has_finite(segment) and not any(i.low == "zu" for i in segment)
        lows = {i.low for i in segment}
        told_apart = {"unter", "vertrag"} <= lows or segment[-1].low in ("nie", "nicht")  # "in Le Mans noch nie"
        if (
            joined
            and loose
            and not told_apart
            and mark in (",", "–", "-")
            and low in PREPOSITIONS
            and low not in ("als", "wie", "um")
        ):
            host = -2 if len(joined) > 1 and _is_relative(joined[-1][1]) else -1
            joined[host][1].extend(segment)
        else:
            joined.append((mark, list(segment)))
    return joined


def _is_relative(segment: list[Item]) -> bool:
    """Whether a segment opens with a relative pronoun and ends in its verb."""
    closing = next((i for i in reversed(segment) if i.kind != "mark"), None)
    return segment[0].low in RELATIVE and closing is not None and closing.finite


def _opening(segment: list[Item]) -> str:
    """The first word, small words before a preposition left out: "und zwar auf", "heuer erstmals mit"."""
    for item in segment[:4]:
        if item.low in PREPOSITIONS or item.kind != "word" or not item.text[:1].islower():
            return item.low
    return segment[0].low


def _waits(segment: list[Item]) -> bool:
    """An auxiliary whose other half is still to come."""
    finite = [i for i in segment if i.finite]
    if len(finite) != 1 or lemma(finite[0].text) not in MODAL or lemma(finite[0].text) == "sein":
        return False
    rest = segment[segment.index(finite[0]) + 1 :]
    return not any(
        i.kind == "word" and i.text[0].islower() and lemma(i.text).endswith("en") and len(i.text) > 4 for i in rest
    )


def _has_subject_verb(segment: list[Item]) -> bool:
    finite = next((n for n, i in enumerate(segment) if i.finite), None)
    return finite is not None and finite < len(segment) - 1 and any(i.is_person for i in segment[: finite + 2])


def _kind(mark: str, segment: list[Item], before: list[Clause]) -> str:
    first = segment[0].low
    words = [i for i in segment if i.kind == "word"]
    if first in SUBORDINATORS or (
        first in ("mit", "von", "für") and len(segment) > 1 and segment[1].low in ("wem", "wen")
    ):
        return "sub"
    last = words[-1] if words else None
    closing = next((i for i in reversed(segment) if i.kind != "mark"), None)
    verb_last = last is not None and last.finite and closing is last
    early = any(i.finite for i in segment[:3]) and len(segment) > 4
    relative = first in RELATIVE or (first in PREPOSITIONS and len(segment) > 1 and segment[1].low in RELATIVE)
    if before and mark == "," and relative and verb_last and not early:
        return "rel"
    if before and not _has_finite(segment) and any(_is_zu(i) for i in segment):
        return "inf"
    if before and not _has_finite(segment) and mark not in (":",):
        return "part"
    return "main"


def _bring_along(clause: Clause) -> int:
    """Reads "der Sieg in Le Mans, den er holte": the relative clause is about the win in Le Mans.

    Returns where the words that came along begin.
    """
    before = clause.before or []
    start = next((n for n in range(len(before) - 1, -1, -1) if before[n].low in _ARTICLES), None)
    if start is None or len(before) - start > 6 or any(i.is_person or i.finite for i in before[start:]):
        return len(clause.items)
    if not any(i.kind in ("word", "name") and i.text[:1].isupper() for i in before[start + 1 :]):
        return len(clause.items)
    end = len(clause.items) - (clause.items[-1].kind == "mark")
    clause.items[end:end] = before[start + 1 :]
    return end


_ARTICLES = frozenset({"der", "die", "das", "den", "dem", "ein", "eine", "einen", "einem", "einer", "seinen", "seine",
                       "ihren", "ihre", "im", "zum", "zur", "beim"})  # fmt: skip


def _parent(clauses: list[Clause]) -> int:
    return len(clauses) - 1


def _antecedent(items: list[Item], before: int) -> Item | None:
    """The last name, person or "...-Team" before a relative clause."""
    for item in reversed(items):
        if item.end <= before and (item.kind in ("name", "person") or (item.kind == "role")):
            return item
    return None


def _is_zu(item: Item) -> bool:
    """Whether the word is "zu", or a verb with it inside: "anzutreten"."""
    inside = "zu" in item.low[2:-3] and item.low.endswith("n") and item.text[:1].islower()
    return item.low == "zu" or (item.kind == "word" and inside and item.lemma.endswith("n"))
