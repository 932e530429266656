"""Crews as a list tells them, before any verb is looked at: who sits together, in which car, for whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.lexicon.morphology import word_set
from langstrecke.news.mentions.places import place_of
from langstrecke.news.mentions.tokens import POSSESSIVES, Item

_JOINS = frozenset({",", "und", "sowie", "&", "/"})
_DETERMINERS = word_set("determiners")
_SEATS = frozenset(
    {"pilotieren", "steuern", "fahren", "lenken", "sitzen", "teilen", "wechseln", "bewegen", "starten", "antreten",
     "greifen", "bestreiten", "abwechseln", "drehen", "werden", "holen", "gewinnen", "siegen", "triumphieren",
     "belegen", "kommen", "landen", "beenden", "setzen", "erreichen", "ausfallen", "führen", "liegen", "durchsetzen",
     "kehren", "zurückkehren", "sein", "machen", "bilden", "agieren", "einsetzen", "ablösen"}
)  # fmt: skip
"""Verbs between a car and those who sit in it: "den M6 pilotieren A und B"."""
_TOGETHER = frozenset(
    {"trio", "duo", "quartett", "gespann", "paarung", "fahrertrio", "fahrerduo", "fahrerquartett", "besatzung",
     "fahrerpaarung", "fahrergespann", "siegertrio", "siegerduo", "crew", "fahrercrew"}
)  # fmt: skip
_SHARING = frozenset({"teilen", "abwechseln"})
_SISTER = ("schwesterauto", "schwesterwagen", "schwesterfahrzeug", "zwillingsauto", "zwillingswagen")
_MATES = ("partner", "teamkolleg", "kolleg", "teampartner")
_ALONG = frozenset({"gemeinsam", "zusammen", "seite"})
BEHIND = frozenset({"vor", "gefolgt", "verwies", "verwiesen", "distanzierte", "distanzierten", "vorsprung"})
"""Words between those who were ahead and those who were not."""


@dataclass(frozen=True)
class Crew:
    """People who share a car, by their place in the sentence."""

    members: tuple[int, ...]
    car: Name | None = None
    team: Name | None = None
    sister: bool = False
    """Its car is the sister of one told of before."""
    together: bool = False
    """Told to sit in one car, by a word or by the car."""
    told: bool = False
    """Told to share it by a word for it: "teilen sich", "das Trio"."""
    behind: bool = False
    """Named as those somebody else was ahead of."""
    joins: bool = False
    """"mit A und B": they sit with whoever acts in the clause."""


def crews_in(items: list[Item]) -> list[Crew]:
    """The crews of a sentence, in order."""
    chains = list(_chains(items))
    borders = [n for n, i in enumerate(items) if i.low in BEHIND or i.text in (";", ".")]
    found: list[Crew] = []
    for number, chain in enumerate(chains):
        left = chains[number - 1][-1] + 1 if number else 0
        left = max([left, *(b for b in borders if b < chain[0])])
        right = chains[number + 1][0] if number + 1 < len(chains) else len(items)
        right = min([right, *(b for b in borders if b > chain[-1])])
        found.append(_behind_others(items, _crew(items, chain, left, right), found[-1] if found else None))
    return _both_cars(items, found)


def _chains(items: list[Item]) -> Iterator[tuple[int, ...]]:
    """People in a row; "A und B sowie C und D" are two rows."""
    n = 0
    while n < len(items):
        if items[n].kind != "person" or items[n].genitive:
            n += 1
            continue
        chain, joins = [n], [""]
        while (step := _next(items, chain[-1])) is not None:
            chain.append(step[0])
            joins.append(step[1])
        n = chain[-1] + 1
        cuts = [
            k
            for k, join in enumerate(joins)
            if join == "sowie" and "und" in joins[:k] and "und" in joins[k + 1 :] and k > 1 and len(chain) - k > 1
        ]
        for start, end in zip([0, *cuts], [*cuts, len(chain)], strict=True):
            if end - start > 1 or _joining(items, chain[start]):
                yield tuple(chain[start:end])


def _joining(items: list[Item], first: int) -> bool:
    """Whether "mit" stands before a row, and no car or team before that: "wurde mit A und B Dritter"."""
    for n in range(first - 1, max(-1, first - 6), -1):
        item = items[n]
        if item.low == "mit":
            if n == 0 or items[n - 1].low in ("gemeinsam", "zusammen"):
                return True
            named = car_named(items[n - 1]) != (None, None) or _called(items[n - 1])
            return not named or any(i.low.startswith(("teil", "wechsel")) for i in items[:n])
        if item.low == "von" and n:
            mate = items[n - 1].compound is not None and items[n - 1].low.startswith(_MATES)
            return items[n - 1].low == "seite" or (mate and n > 1 and items[n - 2].low.startswith("neu"))
        described = item.kind == "role" or item.low in _DETERMINERS or item.low.startswith(POSSESSIVES)
        if not (described or _adjective(item)):
            return False
    return False


def _next(items: list[Item], at: int) -> tuple[int, str] | None:
    """The next of a row, and the word that joins him."""
    n = at + 1
    if n < len(items) and items[n].text == "(":
        close = next((k for k in range(n + 1, min(n + 4, len(items))) if items[k].text == ")"), None)
        inside = items[n + 1].kind != "name" if close is not None else False
        n = close + 1 if close is not None and inside else n  # "A (D), B (F)"
    if n >= len(items) or items[n].low not in _JOINS:
        return None
    join, described = items[n].low, False
    for k in range(n + 1, min(n + 7, len(items))):
        item = items[k]
        if item.kind == "person":
            bare = k > n + 1 and items[k - 1].low in _DETERMINERS and not described
            return None if item.genitive or (bare and join == ",") else (k, join)
        if item.kind == "role" or (item.kind == "word" and item.text[:1].isupper() and k + 1 < len(items)):
            described = True
            if item.kind == "word" and items[k + 1].kind != "person":
                return None
        elif item.kind == "name" and item.name is not None and item.name.is_a("team", "make", "series"):
            if items[k + 1 : k + 2] and items[k + 1].kind not in ("role", "person"):
                return None
        elif item.low in _JOINS and k == n + 1:
            join = item.low
        elif not (item.kind == "word" and (item.low in _DETERMINERS or _adjective(item) or item.text.isdecimal())):
            return None
    return None


def _adjective(item: Item) -> bool:
    return item.low.endswith(("e", "en", "er", "em", "es")) and not item.finite


def car_named(item: Item) -> tuple[Name | None, Name | None]:
    """The car and the team a word names: "Iron-Lynx-Ferrari" names both."""
    name = item.name
    if item.kind != "name" or name is None or not name.is_a("team", "make", "vehicle"):
        return None, None
    if item.car is not None:
        return item.car, name if name.is_a("team") and not name.is_a("make") else None
    if name.is_a("make", "vehicle"):
        return name, None
    return None, name


def _crew(items: list[Item], chain: tuple[int, ...], left: int, right: int) -> Crew:
    """What stands right behind a row of people, else right before it, else at the head of its clause."""
    crew = Crew(chain)
    crew = _bracketed(items, crew)
    crew = _behind_in(items, crew, right) if crew.car is None else crew
    crew = _before(items, crew, left) if crew.car is None or crew.team is None else crew
    window = items[left:right]
    lemmas = {i.lemma for i in window if i.kind == "word"} | {i.low for i in window}
    sharing = bool(lemmas & _SHARING) and "sich" in lemmas
    called = any(_called(i) for i in items[max(left, chain[0] - 3) : chain[0]]) or any(
        _called(i) for i in items[chain[-1] + 1 : min(right, chain[-1] + 8)] if "bilden" in lemmas
    )
    slashed = any(items[k].text == "/" for k in range(chain[0], chain[-1]))
    along = bool(lemmas & (_ALONG | _CARS)) or _mates(items, chain[0]) or bool(place_of(items[left:right]))
    joins = _joining(items, chain[0]) and (crew.together or sharing or along)
    told = sharing or called
    return replace(crew, together=crew.together or told or slashed, told=told, joins=joins)


def _mates(items: list[Item], first: int) -> bool:
    """Reads "als neuer Partner von A", "bildet mit A ein Duo"."""
    before, after = items[max(0, first - 3) : first], items[first + 1 : first + 6]
    return any(i.low.startswith(_MATES) for i in before) or any(_called(i) for i in after)


def _called(item: Item) -> bool:
    head = item.compound.head if item.compound is not None and item.compound.role is None else ""
    return item.low in _TOGETHER or head in _TOGETHER


def _bracketed(items: list[Item], crew: Crew) -> Crew:
    """Reads "A und B (Callaway-Corvette)"."""
    at = crew.members[-1] + 1
    if at >= len(items) or items[at].text != "(":
        return crew
    for item in items[at + 1 : at + 6]:
        if item.text == ")":
            break
        car, team = car_named(item)
        crew = replace(
            crew,
            car=crew.car or car,
            team=crew.team or team,
            together=crew.together or car is not None or team is not None,
        )
    return crew


def _behind_in(items: list[Item], crew: Crew, right: int) -> Crew:
    """Reads "A und B im Porsche von Manthey"."""
    n = crew.members[-1] + 1
    while n < right and items[n].kind == "word" and items[n].text[:1].islower() and items[n].low not in _INTO:
        n += 1  # "A und B siegten im Cadillac"
    if n >= right or items[n].low not in _INTO:
        return crew
    if items[n].low == "mit" and (n + 1 >= right or not items[n + 1].low.startswith(("dem", "einem", *POSSESSIVES))):
        return crew
    for k in range(n + 1, min(n + 6, right)):
        item = items[k]
        if item.low.startswith(_SISTER):
            return replace(crew, sister=True, together=True, team=_owner(items, k, right))
        if item.kind == "name":
            car, team = car_named(item)
            if car is None:
                return crew
            return replace(crew, car=car, team=crew.team or team or _owner(items, k, right), together=True)
        noun = item.text[:1].isupper() and item.low != "steuer"
        if item.kind != "word" or item.low in ("von", "des", "vom") or noun:
            return crew
    return crew


_INTO = frozenset({"im", "in", "auf", "mit", "am"})


def _owner(items: list[Item], n: int, right: int) -> Name | None:
    """The team of the car at a place: "von Manthey", "des Teams WRT", "der Iron Dames"."""
    if (fielded := fielded_by(items, n)) is not None:
        return fielded
    k = n + 1
    while k < right and (
        items[k].text == "#" or (items[k].name is not None and items[k].name.is_a("car"))  # type: ignore[union-attr]
        or items[k].low in ("mit", "nummer", "startnummer")
        or (items[k].low == "der" and items[k + 1 : k + 2] and items[k + 1].low in ("nummer", "startnummer"))
    ):  # fmt: skip
        k += 1
    if k >= right or items[k].low not in ("von", "des", "vom", "der", "aus"):
        return None
    for item in items[k + 1 : min(k + 5, right)]:
        if item.kind == "name":
            _, team = car_named(item)
            name = item.name
            return team or (name if name is not None and name.is_a("team") else None)
        if item.kind != "word" or (item.text[:1].isupper() and not item.low.startswith(("team", "rennstall"))):
            return None
    return None


def _before(items: list[Item], crew: Crew, left: int) -> Crew:
    """Reads "der Porsche von A und B", "das Audi-Trio A, B, C", "Toyota mit A und B", "den M6 pilotieren A und B"."""
    first = crew.members[0]
    if _driven_by(items, crew):
        return _whose_car(items, crew, left)
    linked, verb, n = "", False, first - 1
    beside = _joining(items, first)  # "im Audi kehrt A an die Seite von B zurück"
    while n >= left:
        item = items[n]
        if item.kind in ("person", "pronoun") and item.low != "sich" and not beside:
            return crew
        if (item.low.startswith(_SISTER) or _another_car(items, n)) and crew.car is None:
            sister = item.low.startswith(_SISTER)
            return replace(crew, sister=sister, together=True, team=crew.team or _owner(items, n, first))
        if item.kind == "name" and item.name is not None and item.name.is_a("team", "make", "vehicle"):
            return _with_named(items, crew, n, linked, verb=verb, left=left)
        if item.low in ("von", "mit", "um") and not verb:
            linked = item.low
        verb = verb or (item.kind == "word" and item.finite and not item.text[:1].isupper())
        if item.text in (",", ":", "–") and not verb and n < first - 1:
            return crew
        n -= 1
    return crew


_CARS = frozenset({"auto", "wagen", "fahrzeug", "boliden", "prototyp", "prototypen", "exemplar", "rennwagen"})
_OTHER = frozenset({"zweiten", "zweite", "zweites", "dritten", "dritte", "drittes", "anderen", "andere", "weiteren"})


def _another_car(items: list[Item], n: int) -> bool:
    """Reads "im zweiten Wagen", "das andere Auto"."""
    return n > 0 and items[n].low in _CARS and items[n - 1].low in _OTHER


_DRIVEN = ("gefahren", "pilotiert", "gesteuert", "gelenkt", "bewegt", "besetzt", "geteilt")
_DRIVE = (
    "pilotieren",
    "steuern",
    "fahren",
    "lenken",
    "sitzen",
    "teilen",
    "bewegen",
    "retten",
    "fuhren",
    "saßen",
    "sassen",
)
_RELATIVE = frozenset({"der", "die", "das", "den", "dem", "er", "es", "sie"})


def _driven_by(items: list[Item], crew: Crew) -> bool:
    """Reads "das Auto, das von A und B gesteuert wird", "gefahren wird er von A", "der Audi, in dem A sitzt"."""
    first, behind = crew.members[0], {i.low for i in items[crew.members[-1] + 1 : crew.members[-1] + 9]}
    before = [i.low for i in items[max(0, first - 4) : first]]
    if before[-1:] == ["von"]:
        passive = {"wird", "werden", "wurde", "wurden"} & (behind | set(before))
        return (
            bool(passive)
            and bool(behind.intersection(_DRIVEN) or set(before).intersection(_DRIVEN))
            and bool(_RELATIVE & set(before[:-1]))
        )
    relative = (
        before[-1:]
        and before[-1] in _RELATIVE
        and (before[-2:-1] == [","] or before[-3:-1] in ([",", "in"], [",", "mit"]))
    )
    return bool(relative) and any(w.startswith(_DRIVE) for w in behind)


def _whose_car(items: list[Item], crew: Crew, left: int) -> Crew:
    """The car a relative or passive clause is about: the last one named before it."""
    first = crew.members[0]
    for n in range(first - 1, left - 1, -1):
        if items[n].low.startswith(_SISTER):
            return replace(crew, sister=True, together=True, team=crew.team or _owner(items, n, first))
        car, team = car_named(items[n])
        if car is not None:
            return replace(crew, car=car, team=crew.team or team or _owner(items, n, first), together=True)
    return replace(crew, together=True)


_FIELDED = ("eingesetzt", "betreut", "vorbereitet", "aufgeboten", "gemeldet")


def fielded_by(items: list[Item], n: int) -> Name | None:
    """Reads "der von Chip Ganassi Racing eingesetzte Cadillac": the team before the car."""
    k = n - 1
    while k > 1 and _adjective(items[k]) and not items[k].low.startswith(_FIELDED):
        k -= 1
    if k < 2 or not items[k].low.startswith(_FIELDED):
        return None
    name = items[k - 1].name
    return name if name is not None and name.is_a("team") and items[k - 2].low in ("von", "vom") else None


def _with_named(items: list[Item], crew: Crew, n: int, linked: str, *, verb: bool, left: int) -> Crew:
    item = items[n]
    car, team = car_named(item)
    team = team or (fielded_by(items, n) if car is not None else None)
    first = crew.members[0]
    between = items[n + 1 : first]
    if _called(item) and n == first - 1:
        return replace(crew, car=crew.car or car, team=crew.team or team, together=True)
    article = n > left and (_has_article(items, n, left) or fielded_by(items, n) is not None)
    if team is not None and car is None:  # "Porsche von Manthey mit A und B": the car stands further ahead
        for k in range(n - 1, max(left, n - 5) - 1, -1):
            ahead, _ = car_named(items[k])
            if ahead is not None and _owner(items, k, n + 1) == team:
                car, article, n = ahead, True, k
                break
    if linked and not verb:
        if car is not None and (article or item.car is not None):
            return replace(crew, car=crew.car or car, team=crew.team or team, together=True)
        if linked in ("mit", "um") and crew.car is None:
            return replace(crew, team=crew.team or team or item.name)
        return crew
    if not verb or not article or car is None:
        return crew
    lemmas = {i.lemma for i in between if i.kind == "word"}
    inside = any(i.low in ("im", "in", "den", "am", "auf") for i in items[max(left, n - 3) : n])
    if (
        inside
        and lemmas & _SEATS
        and not any(i.low in ("für", "bei", "mit") for i in between[1:] if i.kind == "word")
    ):
        return replace(crew, car=crew.car or car, team=crew.team or team or _owner(items, n, first), together=True)
    return crew


def _has_article(items: list[Item], n: int, left: int) -> bool:
    for item in reversed(items[max(left, n - 4) : n]):
        if item.low in _DETERMINERS or item.low in ("im", "am", "vom", "zum") or item.low.startswith(POSSESSIVES):
            return True
        if item.kind != "word" or (item.text[:1].isupper() and not _adjective(item)):
            return False
    return False


def _behind_others(items: list[Item], crew: Crew, last: Crew | None) -> Crew:
    """Whether a row stands behind "vor" or "gefolgt von", or joined by "sowie" to one that does."""
    start = last.members[-1] + 1 if last is not None else 0
    words = {i.low for i in items[max(start, crew.members[0] - 9) : crew.members[0]]}
    return replace(crew, behind=bool(words & BEHIND) or (last is not None and last.behind and "sowie" in words))


def _both_cars(items: list[Item], found: list[Crew]) -> list[Crew]:
    """Reads "vor den beiden Porsche von A und B sowie von C und D", "teilen sich A und B sowie C und D"."""
    made: list[Crew] = []
    for crew in found:
        last = made[-1] if made else None
        link = items[last.members[-1] + 1 : crew.members[0]] if last is not None else []
        words = [i.low for i in link]
        if (
            last is not None
            and crew.car is None
            and "sowie" in words
            and set(words) <= {"sowie", "von", "mit", "den"}
        ):
            crew = replace(
                crew, car=last.car, team=crew.team or last.team, together=last.together or crew.together,
                behind=last.behind or crew.behind,
            )  # fmt: skip
        made.append(crew)
    return made
