"""How sure: the cue words of certainty.toml decide, clause by clause."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from langstrecke.news.lexicon.morphology import PREPOSITIONS, lemma, word_set
from langstrecke.news.mentions.clauses import Clause


@dataclass(frozen=True)
class Alternatives:
    """One word of a phrase with its alternatives, sorted so that most of them are looked up at once.

    "nicht_nur" is two words that follow each other.
    """

    words: frozenset[str]
    """Written so or as a basic form."""
    forms: frozenset[str]
    """Written exactly so."""
    ends: tuple[str, ...] = ()
    """Basic forms may end so; an empty one is any word."""
    runs: frozenset[str] = frozenset()
    """Two words written one after the other."""


Phrase = tuple[Alternatives, ...]
"""Words that must all be there, each with its alternatives."""


@dataclass(frozen=True)
class Cue:
    """Words that give a certainty away."""

    certainty: str
    phrases: tuple[Phrase, ...]
    sentence: bool
    why: str
    example: str
    unless: tuple[Phrase, ...] = ()


@dataclass(frozen=True)
class CueBook:
    """Everything certainty.toml says."""

    cues: tuple[Cue, ...]
    negation: frozenset[str]
    but_not: tuple[Phrase, ...]
    carried: dict[str, frozenset[str]]
    speech: frozenset[str]


@dataclass(frozen=True)
class Verdict:
    """The certainty of a clause and whether words of its own decided it."""

    certainty: str
    own: bool


def phrase(text: str) -> Phrase:
    """Reads "=am start|starten *sieg" as words with alternatives."""
    return tuple(_slot(word.split("|")) for word in text.split())


def _slot(options: list[str]) -> Alternatives:
    return Alternatives(
        frozenset(o for o in options if o[0] not in "=*" and "_" not in o),
        frozenset(o[1:] for o in options if o[0] == "=" and "_" not in o),
        tuple(o[1:] for o in options if o[0] == "*"),
        frozenset(o.removeprefix("=") for o in options if "_" in o),
    )


@cache
def cue_book() -> CueBook:
    """The cues of certainty.toml."""
    table = tomllib.loads((files("langstrecke.news") / "data" / "certainty.toml").read_text("utf-8"))
    return CueBook(
        tuple(
            Cue(
                c["certainty"],
                tuple(phrase(w) for w in c["words"]),
                c.get("scope") == "sentence",
                c["why"],
                c["example"],
                tuple(phrase(w) for w in c.get("unless", [])),
            )
            for c in table["cue"]
        ),
        frozenset(table["negation"]["words"]),
        tuple(phrase(w) for w in table["negation"]["but_not"]),
        {name: frozenset(relations) for name, relations in table["context"].items()},
        frozenset(table["speech"]["verbs"]),
    )


def holds(words: Phrase, clause: Clause) -> bool:
    """Whether a clause holds all words of a phrase, in any order."""
    return all(_has(slot, clause) for slot in words)


def _has(slot: Alternatives, clause: Clause) -> bool:
    if not slot.words.isdisjoint(clause.words) or not slot.forms.isdisjoint(clause.lows):
        return True
    if slot.runs and not slot.runs.isdisjoint(clause.pairs):
        return True
    return bool(slot.ends) and ("" in slot.ends or any(e + "|" in clause.endings for e in slot.ends))


def negated(clause: Clause) -> bool:
    """Whether the clause denies what it says."""
    book = cue_book()
    return bool(clause.lows & book.negation) and not any(holds(p, clause) for p in book.but_not)


def find_cue(clause: Clause, *, sentence_only: bool = False) -> str:
    """The strongest cue of a clause; empty where it has none."""
    if sentence_only not in clause.cues:
        clause.cues[sentence_only] = _find_cue(clause, sentence_only)
    return clause.cues[sentence_only]


def _find_cue(clause: Clause, sentence_only: bool) -> str:
    likely = _cue_index().fulfilled(clause)
    for number, cue in enumerate(cue_book().cues):
        if number not in likely or (sentence_only and not cue.sentence):
            continue
        if not any(holds(p, clause) for p in cue.unless):
            return cue.certainty
    return ""


@dataclass(frozen=True)
class Index:
    """Many lists of phrases by the rarest word of each phrase: a clause is asked only for those it can fulfil."""

    by_word: dict[str, tuple[tuple[int, Phrase], ...]]
    always: tuple[tuple[int, Phrase], ...]

    def fulfilled(self, clause: Clause) -> set[int]:
        """Numbers of the lists of which the clause holds a phrase."""
        found = {number for number, one in self.always if holds(one, clause)}
        for word in clause.words:
            for number, one in self.by_word.get(word, ()):
                if number not in found and holds(one, clause):
                    found.add(number)
        return found


_COMMON = word_set("determiners") | word_set("modal") | frozenset(PREPOSITIONS) | frozenset(
    {"sich", "ist", "sind", "war", "hat", "haben", "wird", "wurde", "nicht", "mehr", "es", "geben", "gehen", "kommen"}
)  # fmt: skip


def _commonness(slot: Alternatives) -> tuple[int, int]:
    """Of a phrase's words the index looks for the one that few clauses hold."""
    common = len((slot.words | slot.forms) & _COMMON) + len(slot.runs)
    return common, len(slot.words) + len(slot.forms) + len(slot.runs)


def index_of(lists: list[tuple[Phrase, ...]]) -> Index:
    """An index of lists of phrases."""
    words: dict[str, list[tuple[int, Phrase]]] = {}
    always: list[tuple[int, Phrase]] = []
    for number, phrases in enumerate(lists):
        for one in phrases:
            fixed = min((slot for slot in one if not slot.ends), key=_commonness, default=None)
            if fixed is None:
                always.append((number, one))
                continue
            for option in fixed.words | fixed.forms | {run.partition("_")[0] for run in fixed.runs}:
                words.setdefault(option, []).append((number, one))
    return Index({w: tuple(n) for w, n in words.items()}, tuple(always))


@cache
def _cue_index() -> Index:
    return index_of([c.phrases for c in cue_book().cues])


_BY_THE_WAY = frozenset({"früher", "bis", "zuletzt", "einst", "ehemals", "zuvor", "vormals", "bisher", "bislang"})
_FUTURE = frozenset({"wird", "werden", "wirst", "werde"})
_SUBJUNCTIVE = word_set("subjunctive")


def certainty_of(
    number: int,
    clauses: list[Clause],
    *,
    ahead: bool,
    spoken: bool,
    carried: str = "",
    relation: str = "",
    drop_negation: bool = False,
) -> Verdict:
    """How sure a clause is.

    Its own cues come first, then those of the clause it hangs on, then those that hold for the sentence, then what
    the sentences before carry over, then its tense. `spoken`: somebody says it, so that "habe" is no indirect speech.
    """
    clause = clauses[number]
    own = find_cue(clause)
    no = negated(clause) and not drop_negation
    if clause.kind == "part" and not own and not no and clause.lows & _BY_THE_WAY:
        return Verdict("confirmed", True)  # "Müller, früher bei Audi, dürfte zu Peugeot wechseln"
    above = ""
    if clause.kind in ("sub", "inf", "part") and clause.parent is not None:
        up: int | None = clause.parent
        seen = {number}
        while up is not None and up not in seen and not above:
            seen.add(up)
            above = find_cue(clauses[up])
            no_above = negated(clauses[up]) and clause.lows & {"dass", "daß"}
            if no_above and not above:
                above = "denied"
            up = clauses[up].parent if clauses[up].kind != "main" else None
    elif clause.kind == "main" and number and clause.lows & _SUBJUNCTIVE and clause.mark in (",", ";", ":"):
        above = find_cue(clauses[number - 1])  # "weist Berichte zurück, er habe unterschrieben"
        above = above if above in ("denied", "not_confirmed") else ""
    elif clause.kind == "main":
        for other in clauses:
            if other.parent == number and other.kind in ("sub",) and other.items[0].low == "wie":
                above = find_cue(other)
        before = clauses[number - 1]
        tells = before.kind == "main" and len(before.items) <= 6 and not any(i.is_person for i in before.items)
        if number and not own and tells:
            above = above or _announcing(clauses[number - 1])
    if own == "none" or (own in ("not_confirmed",)):
        return Verdict(own, True)
    if own == "possible" and no and _litotes(clause):
        return Verdict("possible", True)
    if above in ("not_confirmed", "none"):
        return Verdict(above, True)
    if no:
        return Verdict("denied", True)
    if own == "confirmed" and not spoken and "ich" not in clause.lows and clause.lows & _SUBJUNCTIVE:
        own = "reported"  # "habe schon unterschrieben": somebody says so
    if own:
        return Verdict(_weaker(own, above), True)
    if above:
        return Verdict(above, True)
    for other in _side_by_side(number, clauses) if clause.kind != "rel" else [clause]:
        cue = find_cue(other, sentence_only=True)
        if cue:
            return Verdict(cue, True)
    by_tense = _by_tense(clause, ahead=ahead, spoken=spoken, result=relation in ("won", "finished"))
    carries = bool(carried) and relation in cue_book().carried.get(carried, frozenset())
    if carries and (carried == "announced" or by_tense == "announced"):
        return Verdict(carried, False)
    return Verdict(by_tense, by_tense == "reported")


def _side_by_side(number: int, clauses: list[Clause]) -> list[Clause]:
    """The clauses of a sentence on one side of its semicolons."""
    parts = [n for n, c in enumerate(clauses) if c.mark == ";"]
    start = max((n for n in parts if n <= number), default=0)
    end = min((n for n in parts if n > number), default=len(clauses))
    return clauses[start:end]


def _litotes(clause: Clause) -> bool:
    first = cue_book().cues[1]
    return any(holds(p, clause) for p in first.phrases)


def _announcing(clause: Clause) -> str:
    """Reads "Ferrari gibt bekannt:" and "Fest steht:" speak for what follows the colon."""
    cue = find_cue(clause)
    return cue if cue in ("announced", "confirmed", "denied") else ""


_ORDER = ("denied", "wished", "possible", "expected", "reported", "announced", "confirmed")


def _weaker(own: str, above: str) -> str:
    if not above or above == "none":
        return own
    if own == "confirmed" and above == "announced":
        return own  # "hat verlängert, wie das Team mitteilte"
    if own in ("confirmed",) and above:
        return above
    return min(own, above, key=lambda c: _ORDER.index(c) if c in _ORDER else 9)


def _by_tense(clause: Clause, *, ahead: bool, spoken: bool, result: bool = False) -> str:
    verbs = [i.low for i in clause.items if i.kind == "word"]
    if result and not ahead and not any(v.endswith("n") and lemma(v) == v and v not in _FUTURE for v in verbs):
        return "confirmed"  # "werden Zweite": the present of a report, no future
    if not spoken and any(v in _SUBJUNCTIVE for v in verbs) and "ich" not in clause.lows:
        return "reported"
    passive = any(
        re.fullmatch(r"(\w*ge\w+t|\w*ge\w+en|(?:ver|be|er|unter|über|ent|zer)\w+)", v) and lemma(v) != v
        for v in verbs
    )
    if any(v in _FUTURE for v in verbs) and not (
        passive and not ahead and not any(v.endswith("en") and lemma(v) == v and v not in _FUTURE for v in verbs)
    ):
        return "announced"
    return "announced" if ahead else "confirmed"
