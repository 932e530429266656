"""What is seen of two names of a sentence: words for `learnt.py` to weigh.

"S" is who something may be told of, "O" what; "person>team" what they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from langstrecke.news.coreference.clause_roles import Scene
from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.mentions.noun_phrases import Group
from langstrecke.news.mentions.tokens import Item

_KINDS = ("person", "series", "event", "team", "make", "vehicle", "car", "class", "goal")
_STEPS = (1, 2, 3, 5, 8, 13, 21)
_CLOSE = 4
"""So few words between two names are seen as a whole."""
_BORDERS = frozenset({"vor", "hinter", "gegen", "statt", "neben", "von", "mit", "und", "sowie", "als", "an", "für"})


@dataclass(frozen=True)
class Mention:
    """A name where a sentence names or means it."""

    name: Name
    how: str
    """name, person, pronoun, role, compound, car; or how it came to mind."""
    clause: int = -1
    at: int = -1
    """The item of the clause; -1 where it is only in mind."""


class Sight:
    """A clause and what is asked of it again and again."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.clause = scene.clause
        self.subject = {n.id for n in scene.subject}
        self.indirect = {n.id for n in scene.indirect}
        self.partners = {n.id for n in scene.partners}
        self.group_of: dict[int, Group] = {m: g for g in scene.clause.groups for m in g.members}
        self.content = {
            i.lemma
            for i in scene.clause.items
            if i.kind == "word" and (i.text[:1].isupper() or i.finite or i.infinitive or len(i.low) > 3)
        }
        verbs = (w for w in scene.clause.lemmas if w.endswith("n") and w[:1].islower())
        self.verbs = sorted(w for w in verbs if w not in ("in", "an", "von", "den"))
        self._words: dict[str, frozenset[str]] = {}
        self._around: dict[tuple[str, str, int], frozenset[str]] = {}
        self.heads = sorted({i.compound.head for i in scene.clause.items if i.compound is not None} - {""})

    def words(self, kinds: str) -> frozenset[str]:
        """What is seen of the clause, whichever two of these kinds are looked at; kept, for there are many."""
        if kinds not in self._words:
            of_clause = [f"c:{word}" for word in self.content] + [f"v:{verb}" for verb in self.verbs]
            of_clause += [f"h:{head}" for head in self.heads] + [f"clause {self.clause.kind}"]
            of_clause += ["more subjects"] if len(self.subject) > 1 else []
            of_clause += ["inherited"] if self.scene.inherited else []
            alone = {f"c:{word}" for word in self.content}
            self._words[kinds] = frozenset({f"{kinds} {word}" for word in of_clause} | alone)
        return self._words[kinds]

    def around(self, mention: Mention, tag: str, kinds: str) -> frozenset[str]:
        """What stands around a name of the clause, the S or O of two of these kinds; kept, too."""
        key = (tag, kinds, mention.at)
        if key not in self._around:
            found = set()
            for word in _around(mention, self):
                found.add(f"{kinds} {tag}{word}")
                if word.startswith(("-1:", "1:", " head ")):
                    found.add(f"{tag}{word}")
                elif word.startswith(" prep "):
                    found.add(f"{tag}{word} {kinds.partition('>')[2]}")
            self._around[key] = frozenset(found)
        return self._around[key]

    def role(self, id: str) -> str:
        """What part somebody has in the clause."""
        if id in self.subject:
            return "subject"
        return "indirect" if id in self.indirect else "partner" if id in self.partners else "none"


def kind_of(name: Name) -> str:
    """The first of the kinds a name can be."""
    return _first(name.kinds)


@cache
def _first(kinds: tuple[str, ...]) -> str:
    return next((k for k in _KINDS if k in kinds), "other")


def kinds_of(one: Mention, other: Mention) -> str:
    """What two names are: `person>team`."""
    return f"{_first(one.name.kinds)}>{_first(other.name.kinds)}"


def seen(one: Mention, other: Mention, sights: list[Sight], doc: frozenset[str]) -> set[str]:
    """Everything seen of two names; `sights`: the clauses; `doc`: what holds for the sentence as a whole."""
    kinds = kinds_of(one, other)
    sight = sights[other.clause if other.at >= 0 else one.clause]
    found = {"", kinds, f"{kinds} s:{one.how}", f"{kinds} o:{other.how}", f"{kinds} {one.how}/{other.how}"}
    found |= {f"doc {d}" for d in doc} | {f"{kinds} doc {d}" for d in doc}
    found |= sight.words(kinds)
    role = sight.role(one.name.id)
    found |= {f"{kinds} one is {role}", f"{kinds} other is {sight.role(other.name.id)}"}
    found |= {f"{role} {kind_of(other.name)} v:{verb}" for verb in sight.verbs}
    if other.name.id in sight.subject:
        found |= {f"other subject {kind_of(one.name)} v:{verb}" for verb in sight.verbs}
    for mention, tag in ((one, "S"), (other, "O")):
        if mention.at >= 0:
            found |= sights[mention.clause].around(mention, tag, kinds)
    if one.at >= 0 and other.at >= 0:
        apart = _between(one, other, sight) if one.clause == other.clause else _over_clauses(one, other, sights)
        found |= {f"{kinds} {word}" for word in apart}
    else:
        gone = f"{kinds} {'S' if one.at < 0 else 'O'} not named"
        found |= {f"{gone}, one is {role}", f"{gone}, {min(len(sight.subject), 2)} act"}
    return found


def _around(mention: Mention, sight: Sight) -> Iterator[str]:
    """Preposition, list, and the words beside a name."""
    items = sight.clause.items
    group = sight.group_of.get(mention.at)
    yield f" prep {group.prep if group is not None else '?'}"
    if group is not None and group.genitive:
        yield " genitive"
    if group is not None and group.possessive:
        yield " possessive"
    if group is not None and len(group.members) > 1:
        yield f" listed {group.members.index(mention.at)}"
    for k in (-3, -2, -1, 1, 2):
        if 0 <= mention.at + k < len(items):
            yield f"{k}:{_word(items[mention.at + k])}"
    before = [_word(i) for i in items[max(0, mention.at - 2) : mention.at]]
    if len(before) > 1:
        yield f"bi:{'_'.join(before)}"
    compound = items[mention.at].compound
    if compound is not None and compound.head:
        yield f" head {compound.head}"
        if compound.role is not None:
            yield f" role {compound.role.word}"


def _between(one: Mention, other: Mention, sight: Sight) -> Iterator[str]:
    """What stands between two names of a clause."""
    low, high = sorted((one.at, other.at))
    between = sight.clause.items[low + 1 : high]
    order = "S first" if one.at < other.at else "O first"
    yield f"same clause {order}"
    yield f"{order} apart {next((s for s in _STEPS if high - low <= s), 99)}"
    yield f"{order} rivals {min(sum(_sort(i) == kind_of(other.name) for i in between), 3)}"
    yield f"{order} mates {min(sum(_sort(i) == kind_of(one.name) for i in between), 3)}"
    if any(i.finite for i in between):
        yield f"{order} verb between"
    if len(between) <= _CLOSE:
        yield f"{order} by {'_'.join(_word(i) for i in between)}"
    for item in between:
        word = _word(item)
        if item.kind == "word":
            yield f"{order} b:{word}"
        if word in _BORDERS or item.kind == "mark":
            yield f"{order} border {word}"
    group = sight.group_of.get(one.at)
    if group is not None and group is sight.group_of.get(other.at):
        yield "one list"


def _over_clauses(one: Mention, other: Mention, sights: list[Sight]) -> Iterator[str]:
    """How the clauses of two names hang together."""
    mine, its = sights[one.clause], sights[other.clause]
    yield f"clauses apart {max(-3, min(3, other.clause - one.clause))}"
    yield f"from {mine.clause.kind} to {its.clause.kind}"
    if its.clause.parent == one.clause:
        yield "hangs on it"
    yield from (f"c1:{word}" for word in mine.content)


def _word(item: Item) -> str:
    if item.kind in ("word", "mark"):
        return item.lemma if item.kind == "word" else item.text
    return "<" + _sort(item) + ">"


def _sort(item: Item) -> str:
    if item.is_person:
        return "person" if item.kind == "person" else item.kind
    return kind_of(item.name) if item.name is not None else "?"
