"""Who speaks."""

from __future__ import annotations

from collections.abc import Callable

from langstrecke.news.coreference.clause_roles import set_scene
from langstrecke.news.coreference.discourse import Talk
from langstrecke.news.coreference.surnames import guest_of
from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.mentions.certainty import cue_book
from langstrecke.news.mentions.clauses import Clause
from langstrecke.news.relations.titles import titles
from langstrecke.news.sources.sentences import Sentence

ClausesOf = Callable[[Sentence], list[Clause]]


def set_speaker(n: int, story: list[Sentence], talk: Talk, clauses_of: ClausesOf) -> None:
    """Tell the talk who speaks in a sentence: the guest of an interview, or whoever stands beside a quotation."""
    sentence = story[n]
    if sentence.turn:
        answer = next((s for s in story[n:] if s.turn == "answer"), sentence)  # an answer is its own
        talk.guest = guest_of([answer.label], talk.people, []) or talk.guest  # of two guests each answers for himself
        talk.speaker = talk.guest if sentence.turn == "answer" else None
        return
    if not sentence.quoted:
        talk.speaker = None
        return
    if n and story[n - 1].quoted and story[n - 1].paragraph == sentence.paragraph and talk.speaker:
        return
    before = story[n - 1] if n and not story[n - 1].quoted else None
    after = next((s for s in story[n + 1 :] if not s.quoted), None)
    found: Name | None = None
    if before is not None and before.paragraph == sentence.paragraph and before.text.rstrip().endswith(":"):
        found = _attributed(before, talk, clauses_of)
    if found is None and after is not None and after.paragraph == sentence.paragraph:
        found = _attributed(after, talk, clauses_of, first=True)
    if found is None and before is not None and before.paragraph == sentence.paragraph:
        found = _attributed(before, talk, clauses_of)
    talk.speaker = found or (talk.salient() if before is not None else None)


def _attributed(sentence: Sentence, talk: Talk, clauses_of: ClausesOf, *, first: bool = False) -> Name | None:
    """The subject of the clause with a verb of speech next to a quotation."""
    clauses = clauses_of(sentence)
    talk.speaker = talk.just_named = None
    for clause in clauses[:1] if first else clauses[::-1]:
        speech = any(i.lemma in cue_book().speech for i in clause.items if i.kind == "word")
        if not speech and not sentence.text.rstrip().endswith(":"):
            continue
        weights = dict(talk.weights)
        scene = set_scene(clause, None, None, talk)
        talk.weights.update(weights)
        for title in titles(scene, talk):
            if title.told.relation == "leads":
                talk.leads[title.told.subject.id] = title.told.object
        people = [p for p in scene.subject if p.is_a("person")]
        if people:
            return people[0]
        named = [i for i in clause.items if i.kind == "person" and i.who]
        if named:
            return named[0].who[0]
    return None
