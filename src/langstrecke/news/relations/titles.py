"""Claims in the words for people: "Haas-Teamchef", "Ex-Formel-1-Pilot", "Le-Mans-Sieger von 2015", "Sohn Kevin"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from langstrecke.news.coreference.clause_roles import Scene
from langstrecke.news.coreference.discourse import Talk
from langstrecke.news.coreference.possessives import crew_of_car, is_car
from langstrecke.news.coreference.role_nouns import bearer_of
from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.mentions.noun_phrases import JOINERS, governing
from langstrecke.news.mentions.tokens import FAMILY, Item
from langstrecke.news.relations.extract import Draft

_LINKS = frozenset({"bei", "von", "der", "des", "beim", "vom", "für", "im", "in"})


@dataclass(frozen=True)
class Title:
    """A claim of a role, with the years that stand behind it."""

    told: Draft
    years: tuple[int, ...] = ()
    past: bool = False
    stated: bool = False
    """The clause says so itself ("ist Werksfahrer", "als Testfahrer"), as sure as the clause is."""


def titles(scene: Scene, talk: Talk) -> list[Title]:
    """What the roles of a clause say about those who bear them."""
    found: list[Title] = [Title(Draft(person, "leads", team, "the team of")) for person, team in scene.heads]
    items = scene.clause.items
    for n, item in enumerate(items):
        if item.kind == "word" and item.low in _STABLES:
            found += _employer(scene, n, talk)
        if item.kind != "role" or item.compound is None:
            continue
        found += _outfit_that_won(items, n, talk) or _of_role(scene, n, item, talk)
    return found


_STABLES = frozenset({"rennstall", "stammteam", "stall"})
"""With "sein" before and a name behind, somebody's team: "von seinem Rennstall Force India"."""


def _outfit_that_won(items: list[Item], n: int, talk: Talk) -> list[Title]:
    """Reads "Titelverteidiger Toyota", "Vorjahressieger Manthey"."""
    role = items[n].compound
    outfit = items[n + 1].name if n + 1 < len(items) and items[n + 1].kind == "name" else None
    if (
        role is None
        or role.role is None
        or outfit is None
        or not outfit.is_a("team", "make")
        or items[n + 1].compound
    ):
        return []
    if role.role.word not in ("titelverteidiger", "vorjahressieger", "rekordsieger", "champion", "meister"):
        return []
    won = role.name
    if won is None and role.role.word in ("vorjahressieger", "rekordsieger"):
        won = talk.race()
    elif won is None:
        won = talk.main_series or talk.last.get("series") or talk.race()
    return [Title(Draft(outfit, "won", won, f"title {role.role.word}"))] if won is not None else []


def _of_role(scene: Scene, n: int, item: Item, talk: Talk) -> list[Title]:
    compound = item.compound
    assert compound is not None
    items = scene.clause.items
    if compound.role is None:
        return _kin(scene, n, item, talk) if compound.head in ("father", "child") else []
    relation = compound.role.relation
    if relation.get("person") == "manages":
        return _manager(scene, n, relation["person"], talk)
    if "person" in relation:
        return _mate(scene, n, talk)
    if compound.role.word in ("arbeitgeber", "dienstgeber", "brötchengeber"):
        return _employer(scene, n, talk)
    if compound.role.behind and bearer_of(items, n) is None:
        return []  # "der Audi-Mann" is somebody, but who is a guess
    bearers, stated = _bearers(scene, n)
    owner, said = _belongs_to(items, n, item, talk)
    if owner is None or not bearers:
        return []
    kind = next((k for k in owner.kinds if k in relation), "")
    if not kind or (relation[kind] == "won" and compound.role.word == "vizemeister"):
        return []
    if relation[kind] == "won" and not said:
        return []
    if (
        kind == "class"
        and relation[kind] == "won"
        and compound.role.word in _OF_A_SEASON
        and talk.main_series is not None
    ):
        world = compound.role.word == "weltmeister"  # classes have a world championship in the WEC alone
        owner = talk.book.names["wec"] if world else talk.main_series
    past = compound.former or _former(items, n)
    years = _years_after(items, n)
    if relation[kind] == "won" and "als" in [i.low for i in items[max(0, n - 4) : n]]:
        stated = False  # "starten als Le-Mans-Sieger": they have won, whatever comes
    return [
        Title(Draft(b, relation[kind], owner, f"title {compound.role.word}"), years, past, stated) for b in bearers
    ]


_ONE_RACE = ("rennen", "lauf", "auftakt", "finale")
_OF_A_SEASON = frozenset({"weltmeister", "titelverteidiger", "meister", "champion"})


def _bearers(scene: Scene, n: int) -> tuple[tuple[Name, ...], bool]:
    items = scene.clause.items
    bearer = bearer_of(items, n)
    if bearer is not None:
        if n and items[n - 1].low == "die":  # "die Meister A und B", "A und B, die Meister"
            for group in scene.clause.groups:
                members = [items[m] for m in group.members]
                if any(m.start == bearer.start for m in members):
                    return tuple(p for m in members for p in m.who), False
        return bearer.who, False
    owned = items[n].genitive or any(i.low == "des" for i in items[max(0, n - 3) : n])
    if owned and any(i.low in FAMILY for i in items[max(0, n - 4) : n]):
        return (), False  # "der Sohn des Weltmeisters"
    behind = () if owned else _behind_copula(items, n)  # "Nachfolger des Champions wird Hartley"
    if behind:
        return behind, True
    before = [i.low for i in items[max(0, n - 4) : n]]
    after = [i.low for i in items[n + 1 : n + 2]]
    is_predicate = not owned and (
        "als" in before
        or (bool(after) and after[0] in ("bleibt", "ist", "wird", "war"))
        or any(
            i.low in ("ist", "war", "sind", "waren", "bin", "bist", "wird", "bleibt", "wurde", "seid")
            for i in items[:n]
        )
    )
    people = tuple(p for p in scene.subject if p.is_a("person"))
    if is_predicate and people and not any(items[k].start == items[n].start for k in _subject_members(scene)):
        return people, True
    bare = n == 0 and (not after or after[0] not in ("ist", "wird", "bleibt"))  # "Gesamtsieger des Laufs wurde ..."
    return (() if bare else items[n].who), False


_COPULA = frozenset({"ist", "sind", "war", "waren", "wird", "werden", "wurde", "wurden", "bleibt", "bleiben", "heißt",
                     "heißen", "hieß", "hießen"})  # fmt: skip


def _behind_copula(items: list[Item], n: int) -> tuple[Name, ...]:
    """Reads "Teamchef von AF Corse ist Ron Reichert", "Fahrer bei Ford sind A und B"."""
    at = n + 1
    while at < len(items) and items[at].kind in ("word", "name") and items[at].low not in _COPULA:
        at += 1
    if at + 1 >= len(items) or items[at].low not in _COPULA or any(i.is_person for i in items[:n]):
        return ()
    if items[at].low in ("wird", "werden") and any(i.infinitive or _is_infinitive(i) for i in items[at + 1 :]):
        return ()  # "der Meister wird Audi verlassen"
    found: list[Name] = []
    for k, item in enumerate(items[at + 1 :], at + 1):
        if item.kind == "person":
            found += item.who
        elif not found and is_car(items, k):  # "Sieger wurde der Porsche von A und B"
            return crew_of_car(items, k)
        elif item.kind == "name" and item.name is not None and item.name.is_a("team", "make") and not found:
            found.append(item.name)
        elif item.low in JOINERS or item.text == ",":
            continue
        elif item.low in ("von", "durch"):
            break  # "der Meister wurde von Auer umgedreht"
        elif found or item.kind != "word" or not item.text[:1].islower():
            break
    return tuple(found)


def _is_infinitive(item: Item) -> bool:
    return item.kind == "word" and item.text[:1].islower() and item.low == item.lemma and item.low.endswith("en")


def _subject_members(scene: Scene) -> tuple[int, ...]:
    return scene.subject_group.members if scene.subject_group else ()


def _belongs_to(items: list[Item], n: int, item: Item, talk: Talk) -> tuple[Name | None, bool]:
    """What a role belongs to: the front of its compound, the name before it, or the one after "bei", "von"."""
    compound = item.compound
    assert compound is not None
    if compound.name is not None:
        return compound.name, True
    ahead = items[n + 1 : n + 4]
    lap = next((i for i in ahead if i.compound is not None and i.compound.head.rstrip("s").endswith(_ONE_RACE)), None)
    if lap is not None and talk.race() is not None:
        return talk.race(), True  # "Sieger des WEC-Auftakts": of that race, not of the series
    if n > 0 and items[n - 1].kind == "name" and items[n - 1].name is not None:
        return items[n - 1].name, True
    at = n + 1
    while at < len(items) and at <= n + 4:
        name = items[at].name
        a_car = name is not None and name.is_a("vehicle") and not name.is_a("team", "make")
        if items[at].kind == "name" and name is not None and not name.is_a("car") and not a_car:
            return name, True
        if items[at].low not in _LINKS and not items[at].text[:1].isupper():
            break
        at += 1
    assert compound.role is not None
    after = [i.low for i in items[n + 1 : n + 2]]
    inverted = n == 0 and bool(after) and after[0] in ("bleibt", "ist", "wird", "war")
    if "team" in compound.role.relation and inverted and "team" in talk.last:
        return talk.last["team"], True
    if compound.role.word == "titelverteidiger" and "series" in talk.last and any(i.low == "dort" for i in items):
        return talk.last["series"], True  # "Titelverteidiger ist dort ..."
    if compound.role.word in ("titelverteidiger", "champion", "meister", "weltmeister") and "series" in talk.last:
        named = next(
            (i.name for i in items if i.kind == "name" and i.name and i.name.is_a("series") and not i.compound), None
        )
        away = any(i.low == "nach" for i in items)  # "der 2020 Meister war, kehrt nach einem Jahr in der WEC zurück"
        return (None if away else named) or talk.main_series or talk.last["series"], True
    if "team" in compound.role.relation and talk.section is not None and _behind_copula(items, n):
        return talk.section, True  # "Neuer Testfahrer ist Malthe Jakobsen"
    bearer = bearer_of(items, n)
    heads = "leads" in compound.role.relation.values() and bearer is not None and bearer.who
    if heads and bearer is not None:
        led = talk.leads.get(bearer.who[0].id) or _namesake(bearer.who[0], talk) or _led(compound.role.word, talk)
        return led, led is not None
    return None, False


def _namesake(person: Name, talk: Talk) -> Name | None:
    """Reads "Teamchef Torsten Schubert" of Schubert Motorsport, if that was spoken of."""
    surname = person.id.rpartition("-")[2]
    named = [id for id in talk.spoken_of if surname in id.split("-")[:-1]]
    return talk.book.names.get(named[0]) if len(named) == 1 else None


def _led(role: str, talk: Talk) -> Name | None:
    """Which team or make a head leads that the clause does not name; who heads the motorsport heads a make's."""
    near = talk.outfit if talk.here & {"team", "make"} else None
    found = (talk.just_named, talk.section, near, talk.main_team(), talk.outfit)
    if role.startswith("motorsport"):
        return next((f for f in (*found, talk.last.get("make")) if f is not None and f.is_a("make")), None)
    led = next((f for f in found if f is not None), None)
    if led is not None and led.is_a("make") and "outfit" in talk.here:
        return talk.last["outfit"]  # of a team that changes its make
    return led


def _former(items: list[Item], n: int) -> bool:
    return any(
        i.low.startswith(("ehemalig", "früher", "einstig", "bisherig", "langjährig"))
        for i in items[max(0, n - 3) : n]
    )


def _years_after(items: list[Item], n: int) -> tuple[int, ...]:
    after = items[n + 1 : n + 3]
    if after and after[0].low in ("von", "aus"):
        after = after[1:]
    return tuple(int(i.text) for i in after[:1] if re.fullmatch(r"(19|20)\d\d", i.text))


def _kin(scene: Scene, n: int, item: Item, talk: Talk) -> list[Title]:
    """Reads "Sohn Kevin", "sein Vater": who is whose father, told or known."""
    bearer = bearer_of(scene.clause.items, n)
    if bearer is None and item.who and item.compound is not None:  # "Der Sohn des Niki Lauda"
        follows = [i for i in scene.clause.items[n + 1 : n + 7] if i.kind == "person" and i.who]
        if follows and follows[0].who[0] != item.who[0]:
            child, father = (item.who[0], follows[0].who[0])
            if item.compound.head == "father":
                child, father = father, child
            return [Title(Draft(father, "father_of", child, "title " + item.low))]
    if bearer is None or not bearer.who or item.compound is None:
        return []
    person = bearer.who[0]
    possessive = governing(scene.clause.items, n)[2]
    follows = [i for i in scene.clause.items[n + 1 : n + 7] if i.kind == "person" and i.who]
    if bearer.start < item.start and follows and scene.clause.items[n + 1].low in ("des", "von", "der"):
        father, child = (person, follows[0].who[0]) if item.compound.head == "father" else (follows[0].who[0], person)
        talk.fathers[child.id] = father.id
        return [Title(Draft(father, "father_of", child, "title " + item.low))]
    other = talk.owner(possessive, ()) if possessive else _relative(person, item.compound.head, talk)
    if other is None or other.id == person.id:
        other = _relative(person, item.compound.head, talk)
    if other is None:
        return []
    father, child = (person, other) if item.compound.head == "father" else (other, person)
    talk.fathers[child.id] = father.id
    return [Title(Draft(father, "father_of", child, "title " + item.low))]


def _relative(person: Name, kin: str, talk: Talk) -> Name | None:
    """The other one of the pair: known from before, or who of the same surname was spoken of."""
    if kin == "child" and person.id in talk.fathers:
        return talk.someone(talk.fathers[person.id])
    if kin == "father":
        for child, father in talk.fathers.items():
            if father == person.id:
                return talk.someone(child)
    surname = person.id.rpartition("-")[2]
    near = [id for id in talk.weights if id != person.id and id.rpartition("-")[2] == surname]
    return talk.someone(near[0]) if near else None


def _mate(scene: Scene, n: int, talk: Talk) -> list[Title]:
    """Reads "sein Teamkollege Antonio García", "mit meinen Kollegen Nicky und Alex", "Sein Teamkollege ist ..."."""
    items = scene.clause.items
    possessive = governing(items, n)[2]
    if n + 3 < len(items) and items[n + 1].low == "von" and items[n + 2].is_person and items[n + 3].low in _COPULA:
        said = [p for i in items[n + 4 :] if i.kind == "person" for p in i.who]
        return [  # "Teamkollege von Earl Bamber ist Alex Lynn"
            Title(Draft(owner, "shares_car", mate, "title teamkollege"), stated=True)
            for owner in items[n + 2].who
            for mate in said
            if mate != owner
        ]
    subject = tuple(p for p in scene.subject if p.is_a("person"))
    settled = bool(scene.clause.lows & {"gesetzt", "fest", "vorgesehen", "bestätigt", "dabei"})
    if n and items[n - 1].low == "als" and settled and not any(i.is_person for i in items[:n]):
        others = [p for p in talk.subject if p.is_a("person") and p not in subject][:1]
        return [  # "Als Teamkollegen sind A und B gesetzt"
            Title(Draft(owner, "shares_car", mate, "title teamkollege"), stated=True)
            for owner in others
            for mate in subject
        ]
    compound = items[n].compound
    plain = compound is not None and compound.former
    if (not possessive and not plain) or (compound is not None and compound.name is not None):
        return []  # a "Formel-1-Kollege" need not share a car
    owner = talk.owner(possessive, () if n < 3 else subject) if possessive else talk.salient()
    mates: list[Name] = []
    for item in items[n + 1 :]:
        if item.kind == "person":
            mates += item.who
        elif (
            item.low not in JOINERS
            and item.text != ","
            and item.kind != "role"
            and not (
                item.kind == "word"
                and item.text[:1].islower()
                and not item.finite
                and item.low not in ("mit", "für", "zu", "vor")
            )
            and item.low not in ("ist", "sind", "wird", "werden", "war", "waren")
            and item.kind != "name"
        ):
            break
    if owner is None or (
        scene.clause.lemmas & {"vor"} and plain is False and "vor" in [i.low for i in items[max(0, n - 2) : n]]
    ):
        return []
    if "vor" in [i.low for i in items[max(0, n - 2) : n]]:
        return []
    stated = items[n + 1].low in _COPULA if n + 1 < len(items) else False
    return [
        Title(Draft(owner, "shares_car", mate, "title teamkollege"), stated=stated)
        for mate in mates
        if mate.id != owner.id
    ]


def _manager(scene: Scene, n: int, relation: str, talk: Talk) -> list[Title]:
    """Reads "Engs Manager Dennis Rostek", "der Manager von Philipp Eng ist Dennis Rostek", "sein Manager"."""
    items = scene.clause.items
    possessive = governing(items, n)[2]
    after = items[n + 2] if n + 2 < len(items) and items[n + 1].low in ("von", "des") else None
    before = items[n - 1] if n else None
    owner: Name | None = None
    if after is not None and after.is_person and after.who:
        owner = after.who[0]
    elif (
        before is not None
        and before.kind == "person"
        and before.text.endswith(("s", "x", "z", "’", "'"))
        and before.who
    ):
        owner = before.who[0]
    elif possessive:
        owner = talk.owner(possessive, ())
    bearers, stated = _bearers(scene, n)
    if after is not None and n + 3 < len(items) and items[n + 3].low in _COPULA:
        bearers, stated = tuple(p for i in items[n + 4 :] if i.kind == "person" for p in i.who), True
    return [
        Title(Draft(b, relation, owner, "title manager"), (), _former(items, n), stated)
        for b in bearers
        if owner and b != owner
    ]


def _employer(scene: Scene, n: int, talk: Talk) -> list[Title]:
    items = scene.clause.items
    possessive = governing(items, n)[2]
    team = items[n + 1].name if n + 1 < len(items) and items[n + 1].kind == "name" else None
    if not possessive or team is None:
        return []
    subject = tuple(p for p in scene.subject if p.is_a("person"))
    owner = talk.owner(possessive, subject)
    return [Title(Draft(owner, "drives_for", team, "title arbeitgeber"), (), _former(items, n))] if owner else []
