"""A clause with its people resolved: who acts, on whom, with whom."""

from __future__ import annotations

from dataclasses import dataclass, field

from langstrecke.news.coreference.affairs import names_of, whose_affair
from langstrecke.news.coreference.descriptions import outfits_meant, place_meant, teams_by_head
from langstrecke.news.coreference.discourse import Talk
from langstrecke.news.coreference.possessives import is_car, owners
from langstrecke.news.coreference.role_nouns import COPULA, anybody, bearer_of, before_a_name, parent_named, said_of
from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.mentions.certainty import cue_book
from langstrecke.news.mentions.clauses import Clause
from langstrecke.news.mentions.noun_phrases import Group, governing
from langstrecke.news.mentions.tokens import GROUPS, Item

_NOMINATIVE = frozenset({"er", "ich", "wir", "du", "sie", "beide", "letzterer", "letztere", "dieser"})
_SINGULAR = frozenset(
    {"hat", "ist", "wird", "war", "hatte", "wurde", "kann", "will", "soll", "muss", "möchte", "dürfte"}
)
"""Beside these "unterschrieben" is a participle, no plural."""
_DATIVE = frozenset({"ihm", "mir", "dir", "ihnen", "uns", "mich", "dich", "ihn"})


@dataclass
class Scene:
    """A clause as the rules see it."""

    clause: Clause
    subject: tuple[Name, ...] = ()
    subject_group: Group | None = None
    subject_items: tuple[Item, ...] = ()
    indirect: tuple[Name, ...] = ()
    partners: tuple[Name, ...] = ()
    they: bool = False
    """Its subject is "sie", more than one, who are nobody in particular: the team."""
    inherited: bool = False
    heads: list[tuple[Name, Name]] = field(default_factory=list)
    """Person and team of "das Team von Karsten Molitor"."""


def pick_subject(clause: Clause) -> Group | None:
    """The group that can be the subject: pronouns in the nominative first, then the first without preposition."""
    first: Group | None = None
    if clause.items and clause.items[0].low == "wer":
        return None
    for group in clause.groups:
        item = clause.items[group.first]
        if group.prep and group.prep != "wie":
            continue
        if group.prep == "wie":
            continue
        if item.kind == "pronoun":
            if item.low == "sie" and first is not None:
                continue  # "Teamchef Rauturier lobt sie"
            if item.low in _NOMINATIVE and not group.oblique:
                return group
            if item.low == "beiden" and group.first == 1 and clause.items[0].low == "die":
                return group
            if item.low in GROUPS and not group.oblique and first is None:
                first = group
            continue
        if group.oblique or group.genitive or not _can_act(item) or _before_role(clause.items, group.members[-1]):
            continue
        if item.kind == "role" and _predicate(clause, group.first):
            continue
        if first is None or (not _is_somebody(clause.items, first.first) and item.is_person):
            first = group
    return first


def _is_somebody(items: list[Item], n: int) -> bool:
    """A person, team or make; a car or "das Trio" acts only where nobody else does."""
    item = items[n]
    if item.low in GROUPS or is_car(items, n):
        return False
    return item.is_person or (item.name is not None and item.name.is_a("team", "make"))


def _can_act(item: Item) -> bool:
    if item.is_person:
        return True
    if item.compound is not None and item.car is None and item.compound.head not in _ACTING:
        return False  # "treue Ferrari-Kunden"
    return item.name is not None and item.name.is_a("team", "make", "car", "vehicle") and item.kind == "name"


_ACTING = frozenset(
    {"team", "mannschaft", "rennstall", "werksteam", "truppe", "crew", "besatzung", "duo", "trio", "quartett",
     "lager", "auto", "wagen", "prototyp", "bolide", "equipe", "werksmannschaft", "einsatzteam", "kundenteam",
     "paarung", "armada", "flotte", "fraktion"}
)  # fmt: skip
"""The second half of "Audi-Mannschaft": what can act in its name."""


def _before_role(items: list[Item], n: int) -> bool:
    """Reads "BMW" in "BMW Werksfahrer"."""
    return n + 1 < len(items) and items[n].kind == "name" and items[n + 1].kind == "role"


def _predicate(clause: Clause, n: int) -> bool:
    """A role that says what somebody is: "ist Werksfahrer", "als Teamchef"."""
    before = [i.low for i in clause.items[max(0, n - 3) : n]]
    if "als" in before:
        return True
    after = [i.low for i in clause.items[n + 1 : n + 2]]
    if after and after[0] in COPULA and clause.items[max(0, n - 1)].low not in ("der", "die", "dieser"):
        return any(i.kind == "person" for i in clause.items[n + 2 : n + 4])
    named = any(i.kind == "person" or (i.kind == "pronoun" and i.low in _NOMINATIVE) for i in clause.items)
    return named and any(
        i.low in ("ist", "war", "sind", "waren", "bin", "bist", "wird", "bleibt", "wurde") for i in clause.items[:n]
    )


_OFFICE = frozenset(
    {"gespräch", "verhandeln", "verhandlung", "sprechen", "holen", "verpflichten", "planen", "leiten", "führen",
     "entscheiden", "engagieren", "kontakt", "angebot"}
)  # fmt: skip
"""What the head of a team does rather than a driver."""


def _is_about(clause: Clause, group: Group | None) -> bool:
    """Whether the "der" of a relative clause is who acts in it: "der das Team verlassen hat"."""
    if clause.kind != "rel" or group is None or clause.items[0].low not in ("der", "welcher"):
        return False
    return (
        clause.antecedent is not None
        and clause.items[group.first].low not in _NOMINATIVE
        and any(
            i.low == clause.items[0].low
            or i.low in ("das", "die", "den", "sein", "seinen", "seine", "ein", "einen", "eine")
            for i in clause.items[1 : group.first]
        )
    )


def set_scene(clause: Clause, before: Scene | None, parent: Scene | None, talk: Talk) -> Scene:
    """Say who everybody in a clause is, the subject first."""
    scene = Scene(clause)
    told = parent.clause.lemmas if parent is not None and clause.lows & {"dass", "daß"} else frozenset()
    talk.speech = not cue_book().speech.isdisjoint(clause.lemmas | told) or not _OFFICE.isdisjoint(clause.lemmas)
    outfits_meant(clause, talk)
    place_meant(clause, talk)
    scene.heads += teams_by_head(clause, talk)
    group = pick_subject(clause)
    plural = any(i.finite and i.low.endswith("en") for i in clause.items) and not clause.lows & _SINGULAR
    if _is_about(clause, group):
        group = None
    if (
        before is not None
        and clause.kind == "main"
        and before.subject
        and clause.items[0].finite
        and group is not None
    ):
        lead = clause.items[group.first]
        if lead.kind == "name" and any(i.low == "sich" for i in clause.items):
            group = None  # "und hat sich Peugeot angeschlossen" goes on with who acted before
        elif clause.mark == "und" and before.clause.kind == "main":
            group = None  # "und verpflichtet Robert Kubica"
    if group is not None:
        _resolve(clause, group, (), talk, plural=plural, subject_slot=True)
        scene.subject_group = group
        scene.subject_items = tuple(clause.items[n] for n in group.members)
        scene.subject = _car_of(clause, group, talk) or names_of(scene.subject_items)
        first = clause.items[group.first]
        scene.they = first.low == "sie" and first.text != "Sie" and plural and not scene.subject
    unknown = group is not None and clause.items[group.first].low == "sie"  # a woman or some, but nobody we know
    if not scene.subject and not unknown:
        _inherit(scene, before, parent, talk)
    for other in clause.groups:
        if other is not scene.subject_group:
            _resolve(clause, other, scene.subject, talk, plural=plural, subject_slot=False)
    if not scene.subject:
        scene.subject = whose_affair(clause, talk)
    scene.indirect = _indirect(scene) or _befallen(clause, before, talk)
    scene.partners = _partners(scene, talk)
    return scene


def _car_of(clause: Clause, group: Group, talk: Talk) -> tuple[Name, ...]:
    """Reads "der Aston Martin von Garage 59", "der M8 von A und B": the team or the crew is meant."""
    if len(group.members) > 1 or not is_car(clause.items, group.first):
        return ()
    for other in clause.groups:
        if other.first > group.first and other.prep in ("von", "mit") and clause.items[other.first].kind == "person":
            _resolve(clause, other, (), talk, plural=False, subject_slot=False)
    return owners(clause.items, group.first)


def _resolve(
    clause: Clause, group: Group, subject: tuple[Name, ...], talk: Talk, *, plural: bool, subject_slot: bool
) -> None:
    for n in group.members:
        item = clause.items[n]
        if item.low in GROUPS and any(
            i.low in ("ein", "einem", "kein", "eine") for i in clause.items[max(0, n - 3) : n]
        ):
            continue  # "ein starkes Trio" is not the one spoken of
        if (
            item.kind == "role"
            and not item.who
            and (anybody(clause.items, n) or before_a_name(clause.items, n) or said_of(clause, n))
        ):
            continue
        if item.kind == "role" and item.compound is not None and item.compound.head in ("child", "father"):
            parent = parent_named(clause.items, n)
            if parent is not None and not item.who and subject_slot:
                clause.items[n] = item.of(*talk.child_of(parent))
                continue
        aged = clause.items[n - 1] if n else item
        if item.kind == "role" and aged.kind == "role" and aged.text[:1].isdigit() and aged.who:
            clause.items[n] = item.of(*aged.who)  # "der 19-jährige Basler"
        elif item.is_person and not item.who:
            possessive = group.possessive if n == group.first else governing(clause.items, n)[2]
            clause.items[n] = item.of(
                *talk.who(
                    item,
                    clause_subject=subject,
                    possessive=possessive,
                    plural=plural,
                    subject_slot=subject_slot,
                    both=any(i.low in ("beiden", "beide") for i in clause.items[max(0, n - 2) : n]),
                    opening=subject_slot
                    and not clause.mark
                    and not any(i.kind == "person" for i in clause.items[:n])
                    and (clause.items[0].low in ("der", "die") or (item.compound is not None and item.compound.age)),
                )
            )
    for n in range(len(clause.items)):  # roles before their bearers are the bearers
        item = clause.items[n]
        if item.kind == "role" and not item.who:
            bearer = bearer_of(clause.items, n)
            if bearer is not None and bearer.who:
                clause.items[n] = item.of(*bearer.who)


def _inherit(scene: Scene, before: Scene | None, parent: Scene | None, talk: Talk) -> None:
    clause = scene.clause
    if clause.kind == "rel" and clause.antecedent is not None and not _relative_object(clause):
        item = clause.antecedent
        scene.subject = _antecedent_names(item, before, talk, singular=clause.items[0].low == "der")
    elif scene.they:
        return
    elif clause.kind in ("inf", "part") and parent is not None:
        scene.subject = parent.subject
    elif (clause.kind == "inf" and before is not None) or (
        clause.kind == "main" and before is not None and (_goes_on(clause) or clause.items[0].finite)
    ):
        scene.subject = before.subject
    if clause.kind == "inf" and not scene.subject:  # "es wäre toll, dort zu fahren": for whoever speaks
        scene.subject = (talk.speaker,) if talk.speaker else talk.subject
    scene.inherited = bool(scene.subject)


def _relative_object(clause: Clause) -> bool:
    """Reads "den", "dem": the one spoken of suffers; "die ihn": somebody else acts."""
    return clause.items[0].low in ("den", "dem", "dessen", "deren", "denen") or clause.items[0].low in (
        "mit", "für", "in", "bei", "an", "auf", "von",
    )  # fmt: skip


def _antecedent_names(item: Item, before: Scene | None, talk: Talk, *, singular: bool = False) -> tuple[Name, ...]:
    """Whom a relative clause is about; `singular`: "A, B und C, der ...": C alone."""
    if item.compound is not None and item.compound.head.startswith("team"):
        owner = talk.salient()
        for id in [i.name.id for i in before.clause.items if i.name and i.kind == "person"] if before else []:
            if id in talk.book.teams_of:
                return (talk.book.names[talk.book.teams_of[id]],)
        return (talk.team_of[owner.id],) if owner and owner.id in talk.team_of else ()
    if before is not None:
        for one in before.clause.groups:
            items = tuple(before.clause.items[n] for n in one.members)
            if any(i.start == item.start for i in items):
                return names_of((item,) if singular and item.kind == "person" and item.who else items)
    if item.kind == "person":
        return item.who or talk.who(item, clause_subject=(), possessive="", plural=False, subject_slot=True)
    return (item.name,) if item.name is not None else ()


def _goes_on(clause: Clause) -> bool:
    """A clause after "und" that names no subject of its own."""
    return bool(clause.finite) and not any(i.is_person or i.low in ("es", "das") for i in clause.items[:3])


def _indirect(scene: Scene) -> tuple[Name, ...]:
    for group in scene.clause.groups:
        if group is scene.subject_group or group.prep:
            continue
        items = tuple(scene.clause.items[n] for n in group.members)
        if items[0].is_person and (group.oblique or items[0].low in _DATIVE):
            found = tuple(n for n in names_of(items) if n not in scene.subject or items[0].low in ("mich", "mir"))
            if found:
                return found
    return ()


_SHARING = frozenset({"teilen", "gemeinsam", "zusammen", "duo", "abwechseln"})
_RACED = frozenset(
    {"gewinnen", "siegen", "triumphieren", "belegen", "landen", "feiern", "holen", "bringen", "retten",
     "erobern", "einfahren", "ausscheiden", "siegerpodest", "ziel", "ziellinie", "zweite", "zweiter", "dritte",
     "dritter", "vierte", "vierter", "fünfte", "fünfter", "rang", "pole", "sieg", "klassensieg", "gesamtsieg",
     "podium", "podest"}
)  # fmt: skip
_SPOKE = frozenset(
    {"sprechen", "reden", "verhandeln", "kollidieren", "liefern", "kämpfen", "duell", "kollision", "streiten"}
)


def _befallen(clause: Clause, before: Scene | None, talk: Talk) -> tuple[Name, ...]:
    """Reads "Wittmann, dem ein Wechsel bevorsteht": Wittmann."""
    item = clause.antecedent
    if (
        clause.kind != "rel"
        or item is None
        or item.kind != "person"
        or clause.items[0].low not in ("dem", "den", "denen")
    ):
        return ()
    return _antecedent_names(item, before, talk)


def _partners(scene: Scene, talk: Talk) -> tuple[Name, ...]:
    clause = scene.clause
    found: list[Name] = []
    sharing = bool(clause.lemmas & _SHARING)
    raced = bool(clause.lemmas & _RACED) and not clause.lemmas & _SPOKE
    for group in clause.groups:
        items = tuple(clause.items[n] for n in group.members)
        if group is scene.subject_group or not items[0].is_person:
            continue
        also = group.prep == "neben" and "auch" in clause.lows  # "neben A startet auch B"
        if also or group.prep in ("gemeinsam", "zusammen") or (group.prep == "mit" and (sharing or raced)):
            found += [n for n in names_of(items) if n not in scene.subject]
    if not found and clause.lows & {"zusammen", "gemeinsam"} and len(scene.subject) == 1:
        return tuple(n for n in talk.with_whom.get(scene.subject[0].id, ()) if n not in scene.subject)
    return tuple(dict.fromkeys(found))
