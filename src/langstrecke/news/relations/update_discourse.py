"""What a clause leaves in mind for the next ones."""

from __future__ import annotations

from langstrecke.news.coreference.clause_roles import Scene
from langstrecke.news.coreference.discourse import Talk
from langstrecke.news.relations.extract import Draft


def learn(talk: Talk, told: Draft, sure: str) -> None:
    """Keep who heads, drives for and drives with whom."""
    if told.relation == "leads":
        talk.leads[told.subject.id] = told.object
    if told.relation == "drives_for" and sure in ("confirmed", "announced"):
        talk.team_of[told.subject.id] = told.object
    if told.relation == "asks" and told.subject.is_a("team", "make") and told.object.is_a("person"):
        talk.suitors[told.object.id] = told.subject
    if told.relation == "shares_car":
        for one, other in ((told.subject, told.object), (told.object, told.subject)):
            talk.with_whom[one.id] = (other,)


def remember_names(talk: Talk, scene: Scene) -> None:
    """Keep the teams, races and series a clause names."""
    for item in scene.clause.items:
        if item.start < scene.clause.items[0].start:  # brought along from the clause before
            continue
        if item.kind in ("name", "role") and item.name is not None:
            if item.name.is_a("team", "make", "event", "series"):
                talk.named = item.name
            if item.name.is_a("team", "make"):
                talk.spoken_of[item.name.id] += 1
                talk.outfits.add(item.name.id)
                talk.outfit = talk.just_named = item.name
            if item.name.is_a("team") and not item.name.is_a("make"):
                talk.last["outfit"] = item.name
                talk.here |= {"outfit"}
            for kind in item.name.kinds:
                talk.last[kind] = item.name
                talk.here |= {kind}
                if item.kind == "name" and kind in ("series", "event"):
                    talk.last["races"] = item.name
                if scene.clause.question:
                    talk.asked[kind] = item.name


def remember_people(talk: Talk, scene: Scene) -> None:
    """Keep who acted in a clause and who else was in it."""
    subject = tuple(p for p in scene.subject if p.is_a("person"))
    if scene.clause.items[0].low == "anders" and "als" in scene.clause.lows:  # who it is not like
        return
    talk.mention(subject, 1.0)
    talk.recent = subject or talk.recent
    for group in scene.clause.groups:
        items = tuple(scene.clause.items[n] for n in group.members)
        people = tuple(p for i in items if i.is_person for p in i.who if p not in subject)
        talk.mention(people, 0.9 if items[0].kind == "pronoun" else 0.6)
        everybody = tuple(dict.fromkeys(p for i in items if i.kind == "person" for p in i.who))
        if len(everybody) > 1:
            talk.group = everybody
    if len(subject) + len(scene.partners) > 1:
        talk.group = tuple(dict.fromkeys((*subject, *scene.partners)))
