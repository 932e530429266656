"""From clauses to claims: every rule that a clause fulfils, filled with its names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from langstrecke.news.coreference.clause_roles import Scene
from langstrecke.news.coreference.discourse import Talk
from langstrecke.news.coreference.possessives import (
    is_car,
    team_of_car,
    told_of_crews,
    told_of_drivers,
    told_of_heads,
)
from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.mentions.places import place_in
from langstrecke.news.relations.arguments import objects, of_a_season
from langstrecke.news.relations.car_numbers import seats
from langstrecke.news.relations.rules import Rule, Slot, fillers, likely_rules, speaks

_DROPS = {
    "enters_only": ("enters",),
    "leaves": ("drives_for", "enters", "driven_since", "drives"),
    "wants": ("enters", "drives_for"),
    "asks": ("enters", "drives_for"),
    "attends": ("enters",),
    "won": ("enters",),
    "finished": ("enters",),
}
"""A claim of the first kind says more than one of the others about the same two names."""


@dataclass(frozen=True)
class Draft:
    """A claim in the making: who, what, whom, by which rule."""

    subject: Name
    relation: str
    object: Name
    rule: str
    certainty: str = ""
    place: str = ""
    drop_negation: bool = False
    partner: bool = False
    """Draft of somebody who is only named along with the subject."""
    topical: bool = False
    """The object was not named in the clause."""
    alone: bool = False
    fallback: bool = False
    """Read for want of anything better."""
    implied: bool = False
    """It follows from something else that is told."""


_AFTER = frozenset({"nach_platz", "nach_rang", "nach_position"})


def told_by(scene: Scene, talk: Talk, *, since: bool) -> list[Draft]:
    """Everything the rules read in a clause."""
    found: dict[tuple[str, str, str], Draft] = {}
    kinds = frozenset(
        k for i in scene.clause.items for n in (i.name, i.car, *i.who) if n is not None for k in n.kinds
    )
    for rule in likely_rules(scene.clause):
        if ("needs_since" in rule.flags and not since) or (rule.needs and rule.needs.isdisjoint(kinds)):
            continue
        if not speaks(rule, scene.clause) or (rule.relation == "won" and _one_of_many(scene)):
            continue
        place = rule.place or (place_in(scene.clause) if "needs_place" in rule.flags else "")
        if "needs_place" in rule.flags and not place:
            continue
        if rule.relation == "shares_car" and _a_car_acts(scene):
            continue  # "neben ihm startet der Cadillac von A und B"
        for one, other in _pairs(rule, scene, talk):
            if one.id == other.id:
                continue
            if rule.relation in _OF_THE_GRID and scene.clause.lemmas & _GRID:
                continue
            unnamed = rule.relation == "leaves" and not rule.constant and not _named_in(other, scene)
            if unnamed and (not scene.clause.lemmas & _DEPARTS or _of_a_series(scene)):
                continue  # "kam nicht mehr zum Fahren" is no farewell, "sein DTM-Cockpit" not the team's
            before = (
                "needs_place" in rule.flags and scene.clause.pairs & _AFTER
            )  # that was so, whatever they want now
            told = Draft(
                one, rule.relation, other, rule.name, "confirmed" if before else rule.certainty, place,
                bool(rule.flags & {"negated", "drop_negation"}),
                one in scene.partners and rule.relation != "shares_car",
                not _named_in(other, scene) and not rule.constant,
                "alone" in rule.flags,
                "fallback" in rule.flags,
                "implied" in rule.flags or (rule.relation in ("won", "finished") and one in scene.partners),
            )  # fmt: skip
            key = (one.id, rule.relation, other.id)
            twin = (other.id, rule.relation, one.id)
            if key not in found and not (rule.relation == "shares_car" and twin in found):
                found[key] = told
    for one, relation, other in seats(scene):
        if (other.id, relation, one.id) not in found:
            found.setdefault(
                (one.id, relation, other.id),
                Draft(
                    one,
                    relation,
                    other,
                    "somebody in a car",
                    implied=relation == "shares_car" or not one.is_a("person"),
                ),
            )
    for t in list(found.values()):  # who drives a team's car drives for the team
        if t.relation == "drives" and t.subject.is_a("person"):
            for n, item in enumerate(scene.clause.items):
                team = team_of_car(scene.clause.items, n) if item.name == t.object else None
                if team is not None:
                    found.setdefault(
                        (t.subject.id, "drives_for", team.id), replace(t, relation="drives_for", object=team)
                    )
    drivers = talk.book.registry.drivers
    for one, relation, other in [
        *told_of_crews(scene.clause.items),
        *told_of_drivers(scene.clause.items),
        *told_of_heads(scene.clause.items, drivers),
    ]:
        if (other.id, relation, one.id) not in found:
            named = Draft(one, relation, other, "a crew and its names", drop_negation=True)
            found.setdefault((one.id, relation, other.id), named)
    busy = {t.subject.id for t in found.values() if not t.fallback and t.relation not in ("drives", "shares_car")}
    found = {k: t for k, t in found.items() if not (t.fallback and t.subject.id in busy)}
    alone = {t.relation for t in found.values() if t.alone}
    kept = [t for t in found.values() if not _said_better(t, found) and (t.alone or t.relation not in alone)]
    drove = {t.subject.id for t in kept if t.relation == "driven_since"}
    return [
        replace(t, implied=True) if t.relation in ("enters", "drives_for") and t.subject.id in drove else t
        for t in kept
    ]


_RACE_WINS = frozenset({"laufsieg", "rennsieg", "saisonsieg", "etappensieg"})


def _one_of_many(scene: Scene) -> bool:
    """Reads "feierte zwei DTM-Siege": wins of races that are not named, and no title."""
    of_series = any(
        i.compound is not None and i.name is not None and i.name.is_a("series") and i.compound.head.startswith("sieg")
        for i in scene.clause.items
    )
    return of_series or bool(scene.clause.lemmas & _RACE_WINS)


_DEPARTS = frozenset(
    {"vertrag", "kontrakt", "kader", "aufgebot", "team", "mannschaft", "rennstall", "platz", "cockpit",
     "weichen", "ersetzen", "ablösen", "verlassen", "abschied", "trennen", "ausscheiden", "hut", "sitz",
     "stammplatz", "gehen", "partnerschaft", "zusammenarbeit", "enden", "engagement"}
)  # fmt: skip
"""With these somebody leaves a team that is not named again."""


_OF_THE_GRID = frozenset({"finished", "shares_car"})
_GRID = frozenset({"qualifizieren", "startplatz", "startreihe", "zeittraining", "startaufstellung"})
"""With these a place is one on the grid, and who stands beside somebody is a rival."""


def _a_car_acts(scene: Scene) -> bool:
    group = scene.subject_group
    return group is not None and is_car(scene.clause.items, group.first)


def _of_a_series(scene: Scene) -> bool:
    return any(i.compound is not None and i.name is not None and i.name.is_a("series") for i in scene.clause.items)


def _named_in(name: Name, scene: Scene) -> bool:
    return any(i.name == name or name in i.who for i in scene.clause.items)


def _said_better(told: Draft, found: dict[tuple[str, str, str], Draft]) -> bool:
    return any(
        told.relation in weaker
        and told.certainty != "denied"
        and (told.subject.id, stronger, told.object.id) in found
        for stronger, weaker in _DROPS.items()
    )


def _pairs(rule: Rule, scene: Scene, talk: Talk) -> Iterator[tuple[Name, Name]]:
    if "pairs" in rule.flags:
        people = [n for n in scene.subject if n.is_a("person")]
        yield from ((a, b) for i, a in enumerate(people) for b in people[i + 1 :])
        return
    subjects = _subjects(rule, scene, talk)
    things = objects(rule, scene, talk) if subjects else []
    for one in subjects:
        for other in things:
            yield (other, one) if "inverse" in rule.flags else (one, other)


def _subjects(rule: Rule, scene: Scene, talk: Talk) -> list[Name]:
    found: list[Name] = []
    if "of_object_person" in rule.flags:
        acting = any(n.is_a("team", "make") for n in scene.subject)
        people = [i for slot in (Slot("-", "person"),) for _, items in fillers(slot, scene.clause) for i in items]
        return [n for i in people for n in i.who if n not in scene.subject] if acting else []
    if rule.topic_subject:
        named = [n for n in scene.subject if n.is_a(rule.topic_subject)]
        last = talk.last.get(rule.topic_subject)
        return named or ([last] if last else [])
    for kind in rule.subject:
        if kind == "none":
            if not scene.subject:
                title = of_a_season(scene)
                last = talk.race() if not title else talk.last.get("series")
                last = last or talk.last.get("series")
                return [last] if last is not None else []
        elif kind == "topic":
            found += [n for n in talk.subject if n.is_a("person")][:1]
        elif kind == "they":
            if scene.they and "team" in talk.last:
                found.append(talk.last["team"])
        elif kind == "indirect":
            found += list(scene.indirect)
        elif kind == "oblique":
            found += [n for i in scene.clause.items if i.is_person for n in i.who]
        elif kind == "oblique_team":
            owned = [g for g in scene.clause.groups if g.prep in ("von", "of") or g.genitive]
            outfits = (i.name for g in owned for i in (scene.clause.items[m] for m in g.members) if i.kind == "name")
            found += [n for n in outfits if n is not None and n.is_a("team", "make")]
        elif kind == "last":
            if not scene.subject:
                for group in scene.clause.groups:  # "Für den Audi-Mann reicht es zu Rang drei"
                    if group.prep == "für" and scene.clause.items[group.first].is_person:
                        return [n for m in group.members for n in scene.clause.items[m].who]
                found += [n for n in talk.subject if n.is_a("person")]
        elif kind == "speaker":
            asked = any(i.text in ("Sie", "du") for i in scene.clause.items)
            if not scene.subject and talk.speaker and not asked:
                found.append(talk.speaker)
        elif kind == "car":
            found += [
                i.name
                for g in scene.clause.groups
                if not g.prep
                for i in (scene.clause.items[n] for n in g.members)
                if i.kind == "name" and i.name and i.name.is_a("car")
            ]
            if found:
                return found
        elif kind == "driver":  # who races, not who leads a team
            drivers = talk.book.registry.drivers
            found += [n for n in _acting(rule, scene, talk) if n.id in drivers and n.id not in talk.leads]
        elif kind in ("person", "role"):
            found += [n for n in _acting(rule, scene, talk) if n.is_a("person")]
        elif rule.relation in ("drives_for", "shares_car") or not any(
            n.is_a("person") for n in _acting(rule, scene, talk) if n not in scene.subject
        ):
            found += [n for n in scene.subject if n.is_a(kind)]
    if rule.subject == ("indirect",) and not found:
        return []
    if not found and rule.relation == "drives_for" and "inverse" in rule.flags and "team" in rule.subject:
        found = [talk.leads[n.id] for n in scene.subject if n.id in talk.leads]  # the head of a team signs for it
    if rule.relation == "enters":  # who heads a team and does not race enters it
        racers = talk.book.registry.drivers
        found = [n if n.id in racers else talk.leads.get(n.id, n) for n in found]
    fields = rule.relation in ("drives", "enters") and bool(scene.clause.lemmas & FIELDS)
    if rule.relation in ("asks", "agrees") and "inverse" not in rule.flags:  # called by name he asks himself
        called = {i.name.id for i in scene.clause.items if i.kind == "person" and i.name is not None}
        found = [n if n.id in called else talk.leads.get(n.id, n) for n in found]
    if fields and "inverse" not in rule.flags:  # the head of a team speaks for it
        found = [talk.leads.get(n.id, n) for n in found]
    if "partners" in rule.flags and found:
        found += list(scene.partners)
    return list(dict.fromkeys(found))


FIELDS = frozenset(
    {"einsetzen", "bringen", "aufbieten", "vorsehen", "melden", "stellen", "vorbereiten", "betreuen", "aufbauen"}
)
"""What a team does with a car for somebody."""


_AFFAIRS = frozenset(
    {"wechsel", "einstieg", "start", "gastspiel", "comeback", "rückkehr", "einsatz", "abschied", "karriere",
     "debüt", "gaststart", "stammplatz", "cockpit", "engagement", "verpflichtung", "zukunft", "trennung",
     "ausstieg", "abgang", "transfer", "vertragsverlängerung", "rückzug", "auftritt", "teilnahme", "umstieg",
     "vertrag"}
)  # fmt: skip
"""Nouns that tell something of the person in the genitive: "den Wechsel seines Sohnes"."""


_TAKES = frozenset({"übernehmen", "erben", "einnehmen", "beerben"})


def _acting(rule: Rule, scene: Scene, talk: Talk) -> tuple[Name, ...]:
    """The subject of the clause; of an affair told of somebody, that somebody."""
    if rule.relation not in ("enters", "drives_for", "leaves", "shares_car") or not scene.clause.lemmas & _AFFAIRS:
        return scene.subject
    if scene.clause.lemmas & _TAKES and any(n.is_a("person") for n in scene.subject):
        return scene.subject  # "übernimmt das Cockpit von Jens Klingmann"
    if not scene.subject and not any(
        i.low in ("ein", "der", "sein", "das", "einen", "den") for i in scene.clause.items[:2]
    ):
        return ()
    for group in scene.clause.groups:
        items = [scene.clause.items[n] for n in group.members]
        owned = group.prep == "of" or group.genitive or (group.prep == "von" and _behind_affair(scene, group.first))
        if owned and items[0].is_person and items[0].who:
            return items[0].who
    if scene.clause.kind == "rel" and scene.indirect:
        return scene.indirect
    return scene.subject or tuple(n for n in talk.subject if n.is_a("person"))[:1]


def _behind_affair(scene: Scene, n: int) -> bool:
    """Reads "von Robert Kubica" in "der Wechsel von Robert Kubica"."""
    items = scene.clause.items
    return n > 1 and items[n - 1].low == "von" and items[n - 2].lemma in _AFFAIRS
