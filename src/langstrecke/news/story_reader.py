"""A text read sentence by sentence, with what a reader keeps in mind."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from langstrecke.news.coreference.clause_roles import Scene, set_scene
from langstrecke.news.coreference.colons import across_colons
from langstrecke.news.coreference.discourse import Talk
from langstrecke.news.coreference.document import survey
from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.mentions.certainty import Verdict, certainty_of, find_cue
from langstrecke.news.mentions.clauses import Clause, split_clauses
from langstrecke.news.mentions.named import Spotted
from langstrecke.news.mentions.places import place_in
from langstrecke.news.mentions.tokens import Item, sentence_items
from langstrecke.news.model import BY_EXAMPLE, Article, Claim
from langstrecke.news.relations.collect import guesses, heads, no_comment, starters, unlike
from langstrecke.news.relations.crew_claims import Crews, stays_seated
from langstrecke.news.relations.extract import Draft, told_by
from langstrecke.news.relations.futurity import PLANS, is_change, is_so_now
from langstrecke.news.relations.learnt import Asked, Judge, learnt
from langstrecke.news.relations.line_ups import Garage
from langstrecke.news.relations.pairs import Pair, in_mind, mentions, pairs
from langstrecke.news.relations.qualifiers import PAST, count_in, series_of, source_in, tense_of
from langstrecke.news.relations.seats import Sure
from langstrecke.news.relations.sights import Mention
from langstrecke.news.relations.signs import Told, clues_of, signs_of
from langstrecke.news.relations.speakers import set_speaker
from langstrecke.news.relations.titles import titles
from langstrecke.news.relations.update_discourse import learn, remember_names, remember_people
from langstrecke.news.sources.dates import When, when
from langstrecke.news.sources.sentences import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Doc


BROKEN = "\ufffd"
"""What stands for a character that could not be decoded."""
_MADE_ROOM = 1.5
"""Who is replaced is whom the next sentence tells of: "Er wird ..."."""
_OPEN = ("reported", "expected", "possible")
_IN_THE_CAR = frozenset({"drives_for", "drives", "shares_car"})
"""Of a result these are told along: "wird mit A und B Zweiter" is as sure as the result."""


class StoryReader:
    """Reads sentence by sentence and remembers."""

    def __init__(
        self, article: Article, talk: Talk, story: list[Sentence], spots: list[Spotted], doc: Doc, judge: Judge | None
    ) -> None:
        self.article = article
        self.talk = talk
        self.story = story
        self.spots = spots
        self.doc = doc
        self.about = survey(article, talk, spots, story)
        self.forward: frozenset[str] = frozenset()
        """Of whom a sentence of this paragraph told something to come."""
        self.planned: frozenset[str] = frozenset()
        """Of whom this sentence announced something."""
        self.garage = Garage(self.about.preview)
        self.judge = judge or learnt().told
        self.teaching = judge is not None
        self.asked: Asked = {}
        self.named_before: list[Mention] = []
        self.read_now: list[Clause] = []
        """The clauses of the sentence that is read."""
        self.crews = Crews()
        self.met: set[str] = set()
        """Who was named so far."""
        self.items: dict[int, list[Item]] = {}
        self.carried = ""
        self.hearsay_about: frozenset[str] = frozenset()
        self.paragraph = -1
        self.plan: Claim | None = None
        """The last plan told of."""
        self.asked_years: tuple[int, ...] = ()
        """The years the last question of an interview named: answers in the past tense are about them."""
        self.asked_ahead = False
        """The last question of an interview was about times to come."""
        self.next_season: int | None = None
        """The last year to come that was named: what is planned without a year is planned for then."""

    def read(self) -> list[Claim]:
        """All claims of the text, in its order."""
        claims: list[Claim] = []
        for n, sentence in enumerate(self.story):
            if sentence.paragraph != self.paragraph:
                self.paragraph = sentence.paragraph
                self.carried = ""
                self.talk.fresh = None
                self.garage.next_paragraph()
                self.forward = frozenset()
                self.talk.suitors.clear()
                self.talk.outfits.clear()
                if sentence.turn != "answer":
                    self.talk.here = frozenset()
            set_speaker(n, self.story, self.talk, self._clauses)
            if BROKEN not in sentence.text:  # it may have been the word that says how sure it is
                claims += self._sentence(sentence)
        return claims + starters(claims, self.talk, self.about, self.article.year)

    # --- one sentence -----------------------------------------------------------------------------------------------

    def _items(self, sentence: Sentence) -> list[Item]:
        """The items of a sentence; made once, for it is looked at for its crews, its speaker and its clauses."""
        if sentence.start not in self.items:
            self.items[sentence.start] = self._made(sentence)
        return list(self.items[sentence.start])

    def _made(self, sentence: Sentence) -> list[Item]:
        items = sentence_items(self.doc, sentence.start, sentence.end, self.spots, self.talk.book)
        races = self.about.races
        if races:
            items = [replace(i, name=races[i.name.id]) if i.name and i.name.id in races else i for i in items]
        unknown = "day-long"  # 24 hours of nobody knows where
        return [Item(i.text, i.start, i.end) if i.name and i.name.id == unknown else i for i in items]

    def _clauses(self, sentence: Sentence) -> list[Clause]:
        return split_clauses(self._items(sentence), question=sentence.text.rstrip().endswith("?"))

    def _sentence(self, sentence: Sentence) -> list[Claim]:
        talk = self.talk
        talk.next_sentence()
        self.garage.next_sentence()
        self.planned = frozenset()
        talk.asking = sentence.turn == "question"
        if talk.speaker is not None and (sentence.quoted or sentence.turn):
            talk.mention((talk.speaker,), 1.05)
        clauses = self.read_now = self._clauses(sentence)
        self.crews.read(self._items(sentence), talk)
        across_colons(clauses, talk)
        self.garage.headed(clauses)
        self.garage.named = frozenset(
            i.name for c in clauses for i in c.items if i.name and i.name.is_a("team") and not i.name.is_a("make")
        )
        whole = when(" ".join(c.text for c in clauses if c.kind in ("main", "part")), self.article.year)
        if self.article.year is not None and whole.years and max(whole.years) > self.article.year:
            self.next_season = max(whole.years)
        if sentence.turn == "question" and whole.years:
            self.asked_years = whole.years
        if sentence.turn == "question":
            self.asked_ahead = whole.ahead
        claims: list[Claim] = []
        scenes: list[Scene] = []
        mind = in_mind(talk, self.named_before)
        for n, clause in enumerate(clauses):
            before = scenes[-1] if scenes else None
            parent = scenes[clause.parent] if clause.parent is not None and clause.parent < n else None
            talk.section = self.garage.spoken_of()
            talk.begun = any(p.is_a("person") for s in scenes for p in s.subject)
            scene = set_scene(clause, before, parent, talk)
            scenes.append(scene)
            remember_names(talk, scene)
            if not clause.question:
                told = self._claims(sentence, n, clauses, scene, whole)
                claims += told
                self.planned |= {id for c in told if c.certainty == "announced" for id in (c.subject, c.object)}
                following = clauses[n + 1] if n + 1 < len(clauses) else None
                if following is not None and following.lows >= {"anders", "als"}:
                    claims += unlike(told, following)
            remember_people(talk, scene)
        span = sentence.start, sentence.end
        named_here = mentions([s.clause for s in scenes])
        flags = self.about.flags(sentence, first=sentence is self.story[0])
        found = pairs(scenes, named_here, mind, flags, span) if sentence.turn != "question" else []
        examples = self._by_example(sentence, clauses, scenes, found, whole)
        self.named_before = named_here
        if sentence.turn == "question":
            talk.asked_words = frozenset(w for c in clauses for w in c.lemmas)
        if not claims:
            claims += no_comment(self.plan, sentence, clauses)
        if not sentence.turn:
            self.forward |= {c.subject for c in claims if c.certainty == "announced" and c.relation in PLANS}
        if whole.ahead and not sentence.turn:
            self.forward |= {id for c in claims if c.tense != "past" for id in (c.subject, c.object)}
        talk.mention(tuple(talk.someone(c.object) for c in claims if c.relation == "replaces"), _MADE_ROOM)
        plans = [c for c in claims if c.relation in ("drives_for", "enters") and c.certainty in _OPEN]
        self.plan = plans[-1] if plans else self.plan
        self._carry(sentence, clauses)
        named = [p for c in clauses for i in c.items if i.kind == "person" for p in i.who]
        talk.latest = named[-1] if named else None
        one = next(iter(named), None) if len(set(named)) == 1 else None
        talk.fresh = one if one is not None and one.id not in self.met else None
        self.met |= {p.id for p in named}
        if scenes:
            acting = next((s.subject for s in scenes if any(n.is_a("person") for n in s.subject)), ())
            talk.subject = acting or talk.subject
        return claims + examples

    def _by_example(
        self, sentence: Sentence, clauses: list[Clause], scenes: list[Scene], found: list[Pair], whole: When
    ) -> list[Claim]:
        """What examples say of the pairs of a sentence; how sure, when and where as of any other claim."""
        made: list[Claim] = []
        spoken = sentence.quoted or sentence.turn == "answer"
        for pair, told in zip(found, self.judge(found), strict=True):
            asked = self.asked.setdefault((pair.one.name.id, pair.other.name.id), {})
            for relation, likely in told:
                asked[relation] = max(likely, asked.get(relation, 0.0))
                if not self.teaching and likely < learnt().shown:
                    continue
                clause = clauses[pair.clause]
                own = when(clause.text, self.article.year)
                time = own if own.years or own.since else whole
                place = place_in(clause) if relation == "finished" else ""
                in_mind_only = pair.one.at < 0 or pair.other.at < 0
                draft = Draft(pair.one.name, relation, pair.other.name, BY_EXAMPLE, place=place, implied=in_mind_only)
                if heads(draft, self.talk, examples=True) or self.crews.contradicts(draft):
                    continue
                sure = self._how_sure(draft, pair.clause, clauses, own, time, spoken=spoken)
                tense = self._tense(clause, time, sure)
                if sure != "none":
                    claim = self._claim(draft, sure, time, scenes[pair.clause], sentence, tense)
                    made.append(replace(claim, trust=likely))
        return made

    def _claims(self, sentence: Sentence, n: int, clauses: list[Clause], scene: Scene, whole: When) -> list[Claim]:
        clause = clauses[n]
        own = when(clause.text, self.article.year)
        hangs_on = clause.kind != "main" or sum(c.kind == "main" for c in clauses) == 1
        ahead = own.ahead or (whole.ahead and hangs_on)
        time = own if own.years or own.since else replace(whole, since=own.since, ahead=ahead)
        if clause.lows & PAST and time.ahead and not own.ahead:
            time = replace(time, years=(), ahead=False)
        spoken = sentence.quoted or sentence.turn == "answer"
        talk = self.talk
        spans = "jahre" in clause.lows  # "einige Jahre nicht": no one year
        if sentence.turn and not spans and not time.years and not time.since and self._past(clause, time):
            time = replace(time, years=tuple(y for y in self.asked_years if y <= (self.article.year or y)))
        found: list[Claim] = []
        borne = titles(scene, self.talk)
        by_role: list[Sure] = []
        for title in borne:
            at = When(title.years)
            tense = "past" if title.past else "present"
            sure, told_title = "confirmed", title.told
            if title.stated:
                sure = certainty_of(
                    n, clauses, ahead=time.ahead, spoken=spoken, carried=self.carried, relation=title.told.relation
                ).certainty
                at = at if at.years else replace(time, since=None)
            if told_title.relation == "drives_for" and own.since:
                told_title, at = replace(told_title, relation="driven_since"), own
            if sure != "none":
                found.append(self._claim(told_title, sure, at, scene, sentence, tense))
                if not title.past:
                    by_role.append((told_title, sure))
        if not clause.finite and sentence.turn == "answer" and talk.speaker and "teamkollege" in talk.asked_words:
            mates = [p for i in clause.items if i.kind == "person" for p in i.who]
            named = [Draft(talk.speaker, "shares_car", m, "asked for his team mates") for m in mates]
            found += [self._claim(t, "confirmed", time, scene, sentence, "present") for t in named]
        sure_of: list[Sure] = []
        listed = list(self.crews.drafts(*clause.span, scene.subject))
        keys = {(t.subject.id, t.relation, t.object.id) for t in listed}
        all_told = listed + [
            t
            for t in told_by(scene, self.talk, since=own.since is not None)
            if not self.crews.contradicts(t)
            and (t.subject.id, t.relation, t.object.id) not in keys
            and (t.relation != "shares_car" or (t.object.id, t.relation, t.subject.id) not in keys)
        ]
        raced = any(t.relation in ("won", "finished") for t in all_told)
        by_title = {
            (t.told.subject.id, "driven_since" if own.since else t.told.relation, t.told.object.id)
            for t in borne
            if not t.stated
        }
        shared = [t.told for t in borne if t.told.relation == "shares_car"]
        said_mates = frozenset(id for t in shared for id in (t.subject.id, t.object.id))
        for told in all_told:
            if (told.subject.id, told.relation, told.object.id) in by_title:
                continue
            told = replace(told, drop_negation=told.drop_negation or stays_seated(told, clause))
            like = replace(told, relation="won") if raced and told.relation in _IN_THE_CAR else told
            sure = self._how_sure(like, n, clauses, own, time, spoken=spoken)
            if sure == "none" or (told.partner and sure in ("wished", "possible", "denied")):
                continue
            if guesses(told, sure, said_mates, grid=self.about.grid) or heads(told, talk):
                continue
            sure_of.append((told, sure))

        year = self.article.year
        then = bool(whole.years) and year is not None and max(whole.years) < year

        def as_sure(relation: str) -> str:
            nobody = Name("", "", ())
            told = Draft(nobody, relation, nobody, "")
            return self._how_sure(told, n, clauses, own, time, spoken=spoken)

        sure_of += self.garage.complete(
            scene, [*by_role, *sure_of], as_sure, talk.leads, then=then, apart=bool(sentence.turn)
        )
        elsewhere = {t.subject.id for t, s in sure_of if t.relation == "drives_for" and s == "denied"}
        for told, sure in sure_of:
            if self.crews.contradicts(told):
                continue
            returns = clause.lemmas & {"zurückkehren", "rückkehr"}
            if returns and told.relation == "enters" and sure == "denied" and told.subject.id in elsewhere:
                continue  # "wird in der DTM nicht zu Grasser zurückkehren": not for that team
            found.append(self._claim(told, sure, time, scene, sentence, self._tense(clause, time, sure)))
        return found

    def _how_sure(self, told: Draft, n: int, clauses: list[Clause], own: When, time: When, *, spoken: bool) -> str:
        another = self.carried == "reported" and self._turns_to_another(told)
        verdict = certainty_of(
            n, clauses, ahead=time.ahead, spoken=spoken, carried="" if another else self.carried,
            relation=told.relation, drop_negation=told.drop_negation,
        )  # fmt: skip
        sure = self._sure(told, verdict)
        if verdict.own and sure == "announced" and clauses[n].lows & {"hatte", "hatten"} and not own.ahead:
            return "confirmed"  # "der seinen Abschied verkündet hatte"
        if not verdict.own and sure == self.carried == "announced" and self._past(clauses[n], time):
            return "confirmed"  # what was, is not part of the plans of the sentence before
        ahead_of = bool({told.subject.id, told.object.id} & (self.forward | self.planned))
        may_be_planned = told.relation in PLANS or told.relation == "leaves"
        open_plan = may_be_planned and sure == "confirmed" and not verdict.own and not told.certainty
        if not open_plan or not self._now(clauses[n], time):
            return sure
        so_now = is_so_now(clauses[n])
        if spoken and self.asked_ahead and not own.years and not so_now:
            return "announced"  # "Was steht 2024 an?" "Mike kommt dazu."
        planned = is_change(clauses[n]) or ((self.about.preview or ahead_of) and told.relation != "leaves")
        return "announced" if planned and not own.since and not spoken and not so_now else sure

    def _turns_to_another(self, told: Draft) -> bool:
        """Whether a claim is about somebody whom the hearsay of a sentence before was not about."""
        here = {p.id for c in self.read_now for i in c.items if i.kind == "person" for p in i.who}
        return told.subject.id in here and told.subject.id not in self.hearsay_about

    def _tense(self, clause: Clause, time: When, sure: str = "confirmed") -> str:
        return tense_of(clause, time, self.article.year, sure)

    def _past(self, clause: Clause, time: When) -> bool:
        return self._tense(clause, time) == "past"

    def _now(self, clause: Clause, time: When) -> bool:
        return self._tense(clause, time) == "present"

    def _sure(self, told: Draft, verdict: Verdict) -> str:
        if told.certainty and verdict.certainty not in ("denied", "not_confirmed", "none"):
            return told.certainty
        if told.certainty == "denied" or (told.certainty and told.drop_negation):
            return told.certainty
        return verdict.certainty

    def _claim(self, told: Draft, sure: str, time: When, scene: Scene, sentence: Sentence, tense: str) -> Claim:
        talk = self.talk
        text = sentence.text
        source = source_in(text) if sure == "reported" else ""
        if told.relation in ("leads", "father_of"):
            time = When()
        learn(talk, told, sure)
        planned = sure in ("announced", "reported", "expected", "possible") and tense != "past"
        if planned and not time.years and not time.since and self.next_season and told.relation in PLANS:
            time = replace(time, years=(self.next_season,))
        series = series_of(told, scene, talk)
        classes = [i.name for i in scene.clause.items if i.kind == "name" and i.name and i.name.is_a("class")]
        cars = [i.name.id for i in scene.clause.items if i.kind == "name" and i.name and i.name.is_a("car")]
        count = count_in(text) if told.relation == "won" else None
        return Claim(
            subject=told.subject.id,
            relation=told.relation,
            object=told.object.id,
            certainty=sure,
            subject_name=told.subject.name,
            object_name=told.object.name,
            known=told.subject.known and told.object.known,
            series=series,
            car_class=classes[0].id if classes else "",
            car=cars[0] if cars else "",
            seasons=time.years if not time.since else (),
            since=time.since if told.relation == "driven_since" else None,
            place=told.place,
            count=count,
            scope="class" if told.relation == "won" and re.search(r"[Kk]lassens[ie]", text) else "",
            speaker=talk.speaker.id if talk.speaker and (sentence.quoted or sentence.turn == "answer") else "",
            by=source,
            tense=tense,
            article=self.article.id,
            date=self.article.date,
            start=sentence.start,
            end=sentence.end,
            sentence=text,
            rule=told.rule,
            implied=told.implied,
            signs=signs_of(told, scene, sentence, tense),
            clues=self._clues(told, sure, time, scene, sentence, tense),
        )

    def _clues(
        self, told: Draft, sure: str, time: When, scene: Scene, sentence: Sentence, tense: str
    ) -> frozenset[str]:
        """By what examples judge how sure a claim is; of what rules read nobody asks but who learns from it."""
        if told.rule != BY_EXAMPLE and not self.teaching:
            return frozenset()
        about = Told(tense, self.article.year, self.article.month, self.about.preview)
        return clues_of(told, sure, time, scene.clause, self.read_now, sentence, about)

    # --- memory -----------------------------------------------------------------------------------------------------

    def _carry(self, sentence: Sentence, clauses: list[Clause]) -> None:
        """What an announcement or a "laut" leaves for the sentences after it."""
        for clause in clauses:
            if find_cue(clause, sentence_only=True) == "reported":
                self.carried = "reported"
                people = (p.id for c in clauses for i in c.items if i.is_person for p in i.who)
                self.hearsay_about = frozenset(people)
                return
            if find_cue(clause) == "announced":
                self.carried = "announced"
                return
