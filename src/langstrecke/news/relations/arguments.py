"""What a rule is about in a clause: the names that fill its slots, else what was spoken of."""

from __future__ import annotations

from langstrecke.news.coreference.clause_roles import Scene
from langstrecke.news.coreference.discourse import Talk
from langstrecke.news.coreference.possessives import owners
from langstrecke.news.coreference.role_nouns import bearer_of
from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.mentions.noun_phrases import Group
from langstrecke.news.mentions.tokens import Item
from langstrecke.news.relations.rules import Rule, fillers

_WITH_OUTFITS = frozenset({"drives_for", "driven_since", "leaves", "asks", "agrees", "leads"})
"""Nobody drives for, leaves or asks a car."""


def objects(rule: Rule, scene: Scene, talk: Talk) -> list[Name]:
    """The objects of a rule in a clause; empty where it has none."""
    if rule.constant:
        return [Name(rule.constant, rule.constant.title(), ("goal",))]
    found: list[Name] = []
    spoken_of = rule.subject == ("topic",) or bool(rule.topic_subject)
    for slot in rule.object:
        if slot.prep == "indirect":
            found += [n for n in scene.indirect if n.is_a(slot.kind)]
            continue
        for group, items in fillers(slot, scene.clause, cars=rule.relation not in _WITH_OUTFITS):
            if slot.prep == "in" and slot.kind in ("auto", "vehicle") and _somebody_elses(group, scene):
                continue
            if group is scene.subject_group and slot.kind != "vehicle" and not spoken_of:
                continue
            if group.prep in ("von", "of", "für") and slot.kind == "person" and _made_way(group, scene):
                continue
            before = rule.relation in ("enters", "enters_only", "won") and _of_something_else(group, scene)
            earlier = rule.name == "the win of" and any(_of_something_else(g, scene) for g in scene.clause.groups)
            if before != earlier:
                continue
            for item in items:
                meant = owners(scene.clause.items, _at(item, scene)) if rule.relation == "beat" else ()
                found += meant or item_names(item, slot.kind, talk)
    if "uns" in scene.clause.lows and "wir" in scene.clause.lows and rule.relation in ("agrees", "asks", "beat"):
        found = [n for n in found if n != talk.speaker]  # "Wir waren uns einig": with each other
    found = [n for n in dict.fromkeys(found) if spoken_of or n not in scene.subject or n.is_a("vehicle")]
    if "topic_object" in rule.flags:  # "Doppelsieg für BMW": who is named has won what was spoken of
        return found
    title = of_a_season(scene)
    race = talk.main_race
    if rule.relation in ("won", "finished") and race is not None and race.id == "nurburgring-24h":
        found = [race if n.id == "nordschleife" else n for n in found]  # "der Gesamtsieg auf der Nordschleife"
    found = _main_ones(found, rule, scene, title)
    if not found and rule.asked and rule.asked in talk.asked:
        return [talk.asked[rule.asked]]
    if not found and rule.relation in ("enters", "enters_only"):
        found = _series_meant(scene, talk)
    if not found and rule.relation == "shares_car" and "beside" not in rule.name:
        found = list(scene.partners)
    if not found and rule.name == "turns down who asked":
        return [talk.suitors[n.id] for n in scene.subject if n.id in talk.suitors]
    if not found and rule.flags & {"topic"}:
        found = _topic(rule, scene, talk, title)
    return found


TITLE_WORDS = frozenset(
    {
        "meister",
        "champion",
        "weltmeister",
        "titel",
        "meisterschaft",
        "wm-titel",
        "saison",
        "gesamtwertung",
        "meistertitel",
        "titelgewinn",
    }
)
"""With these a result is one of a season, not of a race."""


_TITLES = frozenset(
    {"titel", "meistertitel", "wm-titel", "meisterschaft", "titelgewinn", "fahrertitel", "gesamtwertung"}
)


def of_a_season(scene: Scene) -> bool:
    """Whether a clause tells of a title; "Meister Farnbacher wurde Fünfter" only names who bears one."""
    items = scene.clause.items
    borne = {
        i.compound.role.word
        for n, i in enumerate(items)
        if i.compound is not None and i.compound.role is not None and bearer_of(items, n) is not None
    }
    return bool((scene.clause.lemmas - borne) & TITLE_WORDS)


_ONE_RACE = ("rennen", "lauf", "finale", "auftakt")


def _series_meant(scene: Scene, talk: Talk) -> list[Name]:
    """Reads "in der Serie" is the one spoken of; "das Team, das ...": the one in its name."""
    clause = scene.clause
    if clause.kind == "rel" and clause.antecedent is not None and clause.antecedent.compound is not None:
        name = clause.antecedent.name
        return [name] if name is not None and name.is_a("series") else []
    if clause.lows & {"serie", "meisterschaft"} and "series" in talk.last and clause.lows & {"in", "die"}:
        return [talk.last["series"]]
    return []


def _somebody_elses(group: Group, scene: Scene) -> bool:
    """Reads "verwies Felipe Nasr im Porsche auf Rang zwei": it is Nasr's car."""
    items = scene.clause.items
    at = next((k for k in range(group.first - 1, -1, -1) if items[k].low in ("im", "in")), 0)
    return at > 0 and items[at - 1].kind == "person" and not set(items[at - 1].who) & set(scene.subject)


_ONCE = frozenset(
    {"unfall", "crash", "sieg", "erfolg", "triumph", "ausfall", "podium", "podestplatz", "debakel", "niederlage",
     "klassensieg", "gesamtsieg", "titelgewinn", "rekordsieg", "premierensieg", "doppelsieg", "abflug", "pole", "aus"}
)  # fmt: skip


def _of_something_else(group: Group, scene: Scene) -> bool:
    """Reads "Spa" in "nach dem Unfall in Spa": where something was, and not where somebody races now."""
    items = scene.clause.items
    at = next((k for k in range(group.first - 1, -1, -1) if items[k].low in _AT), 0)
    named = sum(i.kind == "name" and i.name is not None and i.name.is_a("event", "series") for i in items)
    if at < 2 or group.first - at > 2 or named < 2:
        return False
    placed = any(i.low in ("platz", "rang", "position") for i in items[at - 2 : at])
    return "nach" in [i.low for i in items[max(0, at - 5) : at]] and (placed or items[at - 1].lemma in _ONCE)


def _made_way(group: Group, scene: Scene) -> bool:
    """Reads "Neel Jani" in "als Nachfolger von Neel Jani": he is the one who goes."""
    words = [i.low for i in scene.clause.items[max(0, group.first - 3) : group.first]]
    return any(w.startswith(("nachfolg", "ersatz", "vertretung")) for w in words)


_AT = frozenset({"in", "im", "bei", "beim", "von", "auf"})


def _at(item: Item, scene: Scene) -> int:
    return next(n for n, i in enumerate(scene.clause.items) if i.start == item.start)


def item_names(item: Item, kind: str, talk: Talk) -> list[Name]:
    """The names an item stands for, as an object of that kind."""
    if item.is_person:
        return list(item.who)
    if kind == "auto" and item.car is not None:
        return [item.car]
    if kind == "team" and item.compound is not None and item.compound.head.startswith("team"):
        return []  # "bei dessen IMSA-Team": whose it is stands elsewhere
    return [item.name] if item.name is not None else []


def _main_ones(found: list[Name], rule: Rule, scene: Scene, title: bool) -> list[Name]:
    """Beside a race or a series the class is a detail; beside the race won, so is its series."""
    if rule.relation in ("won", "finished", "enters", "enters_only"):
        races = [n for n in found if n.is_a("event", "rounds")]
        series = [n for n in found if n.is_a("series")]
        if rule.relation == "won" and series and title:
            return series[:1]
        if rule.relation == "won" and races and scene.clause.lemmas & _TITLES:
            return []  # "in Bahrain den Titel gewonnen": that of the series
        if rule.relation in ("won", "finished") and races:
            return races[:1]
        if rule.relation == "enters_only" and any(n.is_a("event") for n in races):
            return [n for n in races if n.is_a("event")]
        if rule.relation == "won" and series and any(w.endswith(_ONE_RACE) for w in scene.clause.lemmas):
            return []  # "das letzte Saisonrennen der WEC"
        if races or series:
            return [n for n in found if not n.is_a("class")]
    if rule.relation == "drives":
        cars = [n for n in found if n.is_a("vehicle")]
        return cars or found
    return found


_SEATS = frozenset({"platz", "cockpit", "sitz", "stammplatz", "nachfolge", "nachfolger", "beerben", "ersetzen"})


_WORLD = frozenset({"f1", "formel-e", "formula-e", "wrc", "wtcr"})
"""Beside the WEC these have world champions."""


def _topic(rule: Rule, scene: Scene, talk: Talk, title: bool) -> list[Name]:
    kinds = [slot.kind for slot in rule.object]
    if rule.relation in ("won", "finished"):
        kinds = ["series"] if title else ["event", "series"]
    for kind in dict.fromkeys(kinds):
        if kind == "event" and rule.relation in ("won", "finished"):
            race = talk.race(one=any(w.endswith(_ONE_RACE) for w in scene.clause.lemmas))
            if race is not None:
                return [race]
        far = "series" not in talk.here or (title and rule.relation in ("won", "finished"))
        world = {"weltmeister", "wm-titel", "weltmeistertitel"} & scene.clause.lemmas
        if kind == "series" and rule.relation == "won" and world and "wec" in talk.book.names:
            return [
                talk.main_series if talk.main_series and talk.main_series.id in _WORLD else talk.book.names["wec"]
            ]
        if kind == "series" and far and talk.main_series is not None:
            return [talk.main_series]
        if kind in ("team", "make") and talk.section is not None:
            return [talk.section]
        if kind in ("team", "make") and rule.relation in ("drives_for", "leaves") and len(talk.outfits) > 1:
            return []  # of two it is not told which
        seat = rule.relation == "drives_for" and not scene.clause.lemmas.isdisjoint(_SEATS)
        if kind in ("team", "make") and seat and talk.outfit is not None:
            return [talk.outfit]  # "seinen Platz übernimmt ...": of the team named last
        if kind in ("team", "make") and rule.relation == "drives_for" and (main := talk.main_team()) is not None:
            return [main]
        if kind == "person":
            near = tuple(n for n in talk.recent if n not in scene.subject) or talk.subject
            if rule.relation == "agrees" and talk.speaker and talk.speaker.id in talk.leads:
                return [p for p in near if p != talk.speaker][:1]  # who leads the team speaks of somebody else
            return [talk.speaker] if talk.speaker else list(near[:1])
        here = kind in talk.here or (
            kind != "vehicle" and not (kind == "event" and rule.relation in ("enters", "enters_only"))
        )
        if kind in talk.last and here:
            return [talk.last[kind]]
    return []
