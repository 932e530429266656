"""Names that stand together, with the preposition and the article before them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from langstrecke.news.lexicon.morphology import PREPOSITIONS, word_set
from langstrecke.news.mentions.tokens import POSSESSIVES, Item

JOINERS = frozenset({"und", "sowie", "bzw", "bzw.", "oder", "&", "/", "beziehungsweise", "noch"})
_DETERMINERS = word_set("determiners")
_TEAM_NOUNS = frozenset({"team", "mannschaft", "rennstall", "truppe", "equipe", "équipe"})
_NOT_NOMINATIVE = word_set("not_nominative")
_AS_BEFORE = frozenset(
    {"bisher", "gehabt", "gewohnt", "immer", "schon", "zuletzt", "zuvor", "früher", "erwartet", "geplant"}
)
_HEAD_NOUN = re.compile(
    r"(serie|klasse|team|rennen|meisterschaft|cup|championship|saison|auto|wagen|boliden|mannschaft|rennstall|klassiker"
    r"|klassikers|lauf|läufe|runde|auftakt|finale|saisonauftakt|saisonfinale|saisonhighlight|highlight|höhepunkt|saisonhöhepunkt|rennwochenende|programm|werksteam|kundenteam"
    r"|truppe|hersteller|marke|werk|nummer|startnummer|stunden|fahrzeug|lager|langstrecken-rennen|langstreckenrennen"
    r"|duo|trio|rallye|vertrag|kollegen|kollege|teamkollegen|teamkollege|stunden-rennen)n?s?$",
    re.I,
)


@dataclass(frozen=True)
class Group:
    """Names that stand together: "in Daytona, Sebring und Watkins Glen"."""

    first: int
    members: tuple[int, ...]
    prep: str = ""
    oblique: bool = False
    """Its article shows that it is no subject."""
    genitive: bool = False
    possessive: str = ""


def same_sort(one: Item, other: Item) -> bool:
    """Whether two items can stand in one list."""
    people = ("person", "role")
    if one.kind in people and other.kind in people:
        return True
    if one.kind == "name" and other.kind == "name" and one.name and other.name:
        return bool(set(one.name.kinds) & set(other.name.kinds))
    return False


def find_groups(items: list[Item]) -> list[Group]:
    """Names and people of a clause, each with those listed along with it and the preposition that governs them."""
    groups: list[Group] = []
    used: set[int] = set()
    for n, item in enumerate(items):
        if n in used or not (item.is_person or item.kind == "name") or _modifier(items, n) or _outfit(items, n):
            continue
        members = [n]
        at = n
        while (step := _next_member(items, at)) is not None:
            members.append(step)
            at = step
        used.update(members)
        prep, oblique, possessive = governing(items, n)
        owner = item.kind == "name" and item.name is not None and item.name.is_a("team", "make", "series")
        if prep in ("von", "bei", "of") and owner and _behind_role(items, n):
            prep = "role"
        groups.append(Group(n, tuple(members), prep, oblique, item.genitive, possessive))
    return groups


def _outfit(items: list[Item], n: int) -> bool:
    """Reads "Audi-Mannschaft" in "die Audi-Mannschaft WRT"."""
    compound = items[n].compound
    after = items[n + 1 : n + 2]
    return items[n].kind == "name" and compound is not None and bool(after) and after[0].kind in ("name", "person")


def _behind_role(items: list[Item], n: int) -> bool:
    """Reads "ROWE Racing" in "deine Teamkollegen von ROWE Racing"."""
    for back in range(n - 1, max(-1, n - 4), -1):
        if items[back].low in PREPOSITIONS:
            return back > 0 and _is_office(items[back - 1])
    return n > 1 and items[n - 1].low in ("der", "des") and _is_office(items[n - 2])


def _is_office(item: Item) -> bool:
    return item.kind == "role" and item.compound is not None and item.compound.role is not None


def _modifier(items: list[Item], n: int) -> bool:
    """A role before its bearer: "Haas-Teamchef" in "Haas-Teamchef Günther Steiner"."""
    if items[n].kind != "role":
        return False
    if n + 1 < len(items) and items[n + 1].kind in ("person", "name"):
        return True
    if n + 1 < len(items) and items[n + 1].kind == "role" and _modifier(items, n + 1):
        return True  # "der Grazer GRT-Boss Gottfried Grasser"
    other = n + 2
    while other < len(items) - 1 and _adjective(items[other]):
        other += 1  # "der ehemalige Formel-1-Pilot und aktuelle DTM-Meister A"
    return (
        other < len(items)
        and items[n + 1].low in JOINERS
        and items[other].kind == "role"
        and _modifier(items, other)
        and not _is_age(items[n])
    )


def _is_age(item: Item) -> bool:
    return item.compound is not None and item.compound.age


def _next_member(items: list[Item], at: int) -> int | None:
    n = at + 1
    joined = False
    while n < len(items) and n <= at + 5:
        item = items[n]
        if item.low in JOINERS or item.text in (",", "/", "&", "."):
            joined = joined or item.text != "."
        elif joined and (item.is_person or item.kind == "name"):
            if _modifier(items, n):
                n += 1
                continue
            return (
                n
                if same_sort(items[at], item)
                or (items[at].is_person and item.is_person and item.kind != "pronoun")
                or (items[at].kind == "pronoun" and item.is_person)
                else None
            )
        elif (
            joined
            and item.kind == "word"
            and (
                item.low in _DETERMINERS
                or item.low.startswith(POSSESSIVES)
                or _adjective(item)
                or (item.low in PREPOSITIONS and item.low in ("im", "in", "mit", "bei"))
            )
        ):
            if item.low in PREPOSITIONS and PREPOSITIONS[item.low] != governing(items, at)[0]:
                return None
        elif not (joined and _apposed(items, n)):
            return None
        n += 1
    return None


def _is_noun(item: Item) -> bool:
    """A capitalised word that is no preposition opening a sentence: "In der ELMS" is no genitive."""
    return item.kind == "word" and item.text[:1].isupper() and item.low not in PREPOSITIONS


def _ends_in_verb(items: list[Item]) -> bool:
    closing = next((i for i in reversed(items) if i.kind != "mark"), None)
    return closing is not None and closing.finite


def _apposed(items: list[Item], n: int) -> bool:
    """Reads "Neuling" in "Sébastien Buemi und Neuling Ryo Hirakawa"."""
    noun = items[n].kind == "word" and items[n].text[:1].isupper()
    return noun and n + 1 < len(items) and items[n + 1].kind == "person"


def _adjective(item: Item) -> bool:
    return (
        item.kind == "word"
        and item.text[:1].islower()
        and item.low.endswith(("e", "en", "er", "es", "em"))
        and not item.finite
    )


_PARTICIPLE = re.compile(r"ende[nrsm]?$")


def _its_article(items: list[Item], n: int) -> int | None:
    """The article of "der bei Porsche unter Vertrag stehende", seen from its participle."""
    for back in range(n - 2, max(-1, n - 8), -1):
        if items[back].low in _DETERMINERS and items[back + 1].low in PREPOSITIONS:
            return back
        if items[back].kind == "mark" or items[back].finite:
            return None
    return None


def governing(items: list[Item], n: int) -> tuple[str, bool, str]:
    """The preposition before an item, whether its article is no nominative, and the possessive pronoun before it."""
    oblique, possessive = False, ""
    if items[n].kind == "pronoun" and items[n].low in ("er", "ich", "wir", "du"):
        return "", False, ""
    if (
        n == 2
        and items[n].kind == "person"
        and items[0].low in PREPOSITIONS
        and items[1].low in ("dem", "der", "denen")
    ):
        return "", False, ""  # "das Auto, in dem A und B sitzen"
    back = n - 1
    steps = 0
    fixed = False
    while back >= 0 and steps < 8:
        item = items[back]
        low = item.low
        if low in ("von", "vom") and back > 0 and items[back - 1].low == "seite":
            return "seite", oblique, possessive
        if low in ("wem", "wen", "wer", "was"):
            break
        if low == "wie" and items[back + 1].low in _AS_BEFORE:
            break  # "starten wie bisher A, B und C"
        if low == "von" and steps <= 1 and back > 0 and items[back - 1].low in _TEAM_NOUNS:
            return governing(items, back - 1)  # "zum Team von Precote Herberth"
        if low == "richtung":  # "verlässt das Team in Richtung GT Masters"
            return "nach", oblique, possessive
        if low == "als" and back == 0 and item.text[:1] == "A" and _ends_in_verb(items):
            return "", oblique, possessive  # "Als Louis Delétraz aus seinem Oreca kletterte"
        if (
            steps == 0
            and item.kind == "word"
            and _PARTICIPLE.search(low)
            and (at := _its_article(items, back)) is not None
        ):
            return governing(items, at)[0], items[at].low in _NOT_NOMINATIVE, ""
        if low in PREPOSITIONS and item.kind == "word":
            prep = PREPOSITIONS[low]
            if prep == "mit" and back > 0 and items[back - 1].low in ("gemeinsam", "zusammen"):
                prep = "gemeinsam"
            if prep == "in" and back > 0 and items[back - 1].low == "bis":
                prep = "in"
            return prep, oblique, possessive
        if fixed and (item.text.isdecimal() or (item.kind == "word" and item.text[:1].isupper() and back > 0)):
            break  # "ab 2024 den SC63", "in dieser Klasse die Corvette": another thing
        if low in _DETERMINERS:
            fixed = True
            oblique = oblique or (low in _NOT_NOMINATIVE)
            if low in ("des",) or (low == "der" and back > 0 and _is_noun(items[back - 1])):
                before = items[back - 1] if back else None
                if before is not None and _is_noun(before):
                    return "of", True, possessive
        elif item.kind == "word" and low.startswith(POSSESSIVES) and len(low) < 9:
            possessive = possessive or low
            oblique = oblique or low.endswith(("en", "em", "es"))
            if (
                low.endswith("es")
                and back > 0
                and items[back - 1].kind == "word"
                and items[back - 1].text[:1].isupper()
            ):
                return "of", True, possessive
        elif (
            item.kind == "role"
            or item.text in "([„\"'»«)"
            or _adjective(item)
            or item.text.isdecimal()
            or _HEAD_NOUN.search(item.text)
            or (item.kind == "word" and item.low in ("ganze", "mehr", "bei"))
        ):
            pass
        else:
            break
        back -= 1
        steps += 1
    return "", oblique, possessive
