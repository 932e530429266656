"""Who sits in which car of whom, as the order of the words tells it, whatever else is said."""

from __future__ import annotations

from collections.abc import Iterator

from langstrecke.news.coreference.clause_roles import Scene
from langstrecke.news.coreference.possessives import is_car, team_of_car
from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.mentions.clauses import Clause
from langstrecke.news.mentions.noun_phrases import Group
from langstrecke.news.mentions.tokens import Item

Triple = tuple[Name, str, Name]

_CONTEST = frozenset(
    {"überholen", "schlagen", "verfolgen", "jagen", "attackieren", "passieren", "berühren", "abdrängen",
     "treffen", "distanzieren", "bezwingen", "besiegen", "sehen", "halten", "abwehren", "verdrängen", "rammen",
     "abschießen", "lassen", "kriegen", "einholen", "hinter", "gegen", "vor", "aufhalten", "loben", "fordern",
     "verweisen", "umdrehen", "kritisieren", "entwickeln", "bauen", "kennen", "verlassen", "kosten", "stoppen",
     "erwischen", "mögen", "kollidieren", "kollision", "berührung", "kontakt", "duell", "zusammenstoß",
     "kämpfen", "kampf", "aneinandergeraten", "vermissen", "fürchten", "tauschen", "ersetzen", "einsetzen",
     "melden", "feiern", "fragen", "wollen"}
)  # fmt: skip
"""With these the car is somebody else's."""
_STEER = frozenset({"teilen", "pilotieren", "steuern", "fahren", "lenken", "bewegen", "besetzen", "chauffieren"})
_WISHED_FOR = frozenset({"verhandeln", "verhandlung", "gespräch", "angebot", "traum", "träumen"})
"""With these a car is spoken of that nobody sits in yet."""
_BY = frozenset({"im", "in", "auf"})


def seats(scene: Scene) -> Iterator[Triple]:
    """Everything a clause says of who drives which car for which team."""
    items = scene.clause.items
    drivers = tuple(n for n in scene.subject if n.is_a("person"))
    for n in range(len(items)):
        car = car_at(items, n)
        if car is None:
            continue
        team = team_of_car(items, n)
        inside = n > 0 and _seat_word(items, n) and not scene.clause.lemmas & _WISHED_FOR
        with_it = inside and (group := _group_of(scene.clause, n)) is not None and group.prep == "mit"
        inside = inside and not (with_it and scene.clause.lemmas & _CONTEST)
        crew: tuple[Name, ...] = ()
        if inside:
            crew = _right_before(scene, n) or drivers
        elif _steered(scene, n):
            crew = drivers
        owners = _people_behind(scene, n) if _a_thing(items, n) else ()
        if owners:
            crew = owners
            for k, one in enumerate(owners):
                yield from ((one, "shares_car", other) for other in owners[k + 1 :])
        yield from ((person, "drives", car) for person in crew)
        if team is not None:
            yield from ((person, "drives_for", team) for person in crew)
            if not crew:
                yield team, "drives", car
    yield from _told_in_a_relative_clause(scene, drivers)
    yield from _listed(scene)


def _a_thing(items: list[Item], n: int) -> bool:
    """Reads "der Audi", "den zweiten Audi": a car; "Audi" alone is who enters it."""
    name = items[n].name
    if items[n].car is not None or (name is not None and name.is_a("vehicle")):
        return True
    return any(i.low in _ARTICLES for i in items[max(0, n - 2) : n])


_ARTICLES = frozenset(
    {
        "dessen",
        "deren",
        "sein",
        "ihr",
        "seinen",
        "ihren",
        "der",
        "den",
        "dem",
        "des",
        "ein",
        "einen",
        "einem",
        "eines",
        "im",
        "vom",
        "zum",
        "am",
    }
)


def car_at(items: list[Item], n: int) -> Name | None:
    """The make or model that a word names as a car."""
    item = items[n]
    if item.kind != "name" or item.name is None:
        return None
    if item.compound is not None and item.car is not None:
        return item.car
    if item.compound is None and is_car(items, n) and not item.genitive and item.name is not None:
        return item.name
    return None


def _seat_word(items: list[Item], n: int) -> bool:
    """Reads "im Porsche", "in seinem Porsche", "im neuen Porsche", "am Steuer des Porsche"."""
    for back in range(n - 1, max(-1, n - 4), -1):
        low = items[back].low
        if low in _BY:
            return True
        if low in ("des", "vom", "eines", "seines") and back > 0:
            return items[back - 1].low in ("steuer", "lenkrad", "volant", "cockpit")
        if low == "mit":
            return items[back + 1].low in ("dem", "einem", "seinem", "ihrem", "unserem")
        lower = items[back].kind == "word" and items[back].text[:1].islower()
        if not lower or low in ("die", "das", "den"):
            return False
    return False


def _steered(scene: Scene, n: int) -> bool:
    """Reads "brachte den Mazda an die Box": who acts on a car steers it, unless it is the car of a rival."""
    clause = scene.clause
    group = _group_of(clause, n)
    if group is None or group.prep or not group.oblique or clause.lemmas & _CONTEST:
        return False
    return len(group.members) == 1 and not _people_behind(scene, n) and any(p.is_a("person") for p in scene.subject)


def _group_of(clause: Clause, n: int) -> Group | None:
    return next((g for g in clause.groups if n in g.members), None)


def _right_before(scene: Scene, n: int) -> tuple[Name, ...]:
    """Reads "das Duo" in "das Duo im Cadillac"."""
    for group in scene.clause.groups:
        between = scene.clause.items[group.members[-1] + 1 : n]
        if between and between[0].low in _BY and all(i.kind == "word" and i.text[:1].islower() for i in between):
            return tuple(p for m in group.members for p in scene.clause.items[m].who)
    return ()


def _people_behind(scene: Scene, n: int) -> tuple[Name, ...]:
    """Reads "der M8 von A und B", "der Rowe-Porsche mit A"."""
    items = scene.clause.items
    if n + 1 >= len(items) or items[n + 1].low not in ("von", "mit"):
        return ()
    for group in scene.clause.groups:
        if group.first in (n + 2, n + 3) and items[group.first].kind == "person":
            people = tuple(p for m in group.members for p in items[m].who)
            acting = [p for p in scene.subject if p.is_a("person")]
            return () if items[n + 1].low == "mit" and acting and set(acting) - set(people) else people
    return ()


def _listed(scene: Scene) -> Iterator[Triple]:
    """Reads "A/B/C (Porsche)", "das Trio A, B und C": a crew, and its car or team in brackets."""
    items = scene.clause.items
    for group in scene.clause.groups:
        if items[group.first].kind != "person":
            continue
        people = [p for n in group.members for p in items[n].who]
        last = group.members[-1]
        slashed = any(items[n].text == "/" for n in range(group.first, last))
        called = group.first > 0 and items[group.first - 1].low in _CREWS
        if len(people) > 1 and (slashed or called):
            yield from ((a, "shares_car", b) for k, a in enumerate(people) for b in people[k + 1 :])
        if last + 2 < len(items) and items[last + 1].text == "(":
            crew = people if slashed or called or len(people) == 1 else people[-1:]
            name = items[last + 2].name
            make = name is not None and name.is_a("make", "vehicle") and items[last + 2].car is None
            car = name if make else items[last + 2].car
            if car is not None:
                yield from ((p, "drives", car) for p in crew)
            if name is not None and name != car and name.is_a("team"):
                yield from ((p, "drives_for", name) for p in crew)


_CREWS = frozenset(
    {"trio", "duo", "quartett", "paarung", "fahrertrio", "fahrerduo", "gespann", "besatzung", "crew",
     "fahrerpaarung", "fahrerquartett", "fahrergespann"}
)  # fmt: skip


def _told_in_a_relative_clause(scene: Scene, drivers: tuple[Name, ...]) -> Iterator[Triple]:
    """Reads "der Mercedes-AMG von GetSpeed, in dem A und B ...": they drive it, for that team."""
    clause = scene.clause
    if clause.kind != "rel" or clause.before is None:
        return
    steered = clause.items[0].low in ("den", "das", "die") and clause.lemmas & _STEER
    if not steered and clause.items[0].low != "in":
        return
    for n in range(len(clause.before) - 1, -1, -1):
        car = car_at(clause.before, n)
        if car is None:
            continue
        team = team_of_car(clause.before, n)
        for k, one in enumerate(drivers):
            yield one, "drives", car
            if team is not None:
                yield one, "drives_for", team
            yield from ((one, "shares_car", other) for other in drivers[k + 1 :])
        return
