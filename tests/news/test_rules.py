"""Every rule, cue and pattern in the newsroom's data files does what its example says."""

import pytest

pytest.importorskip("spacy")

from langstrecke.news import article_from_text, read_article
from langstrecke.news.lexicon.gazetteer import gazetteer
from langstrecke.news.mentions.certainty import Cue, cue_book, find_cue
from langstrecke.news.model import CERTAINTIES, RELATIONS, SYMMETRIC
from langstrecke.news.relations.rules import Rule, rules
from langstrecke.news.sources.sentences import Clutter, clutter_rules, story_lines


def told(example, date="2019"):
    return {c.key for c in read_article(article_from_text(example, date=date)).claims}


def key(gives):
    one, relation, other, sure = (part.strip() for part in gives.split("|"))
    if relation in SYMMETRIC and one > other:
        one, other = other, one
    return one, relation, other, sure


@pytest.mark.parametrize("rule", rules(), ids=lambda r: r.name)
def test_a_rule_reads_its_example(rule: Rule):
    reading = read_article(article_from_text(rule.example, date="2019"))
    claims = (*reading.claims, *reading.withheld)
    assert (rule.name, key(rule.gives)) in {(c.rule, c.key) for c in claims}


@pytest.mark.parametrize("rule", rules(), ids=lambda r: r.name)
def test_a_rule_speaks_of_known_things(rule: Rule):
    assert rule.relation in RELATIONS
    assert not rule.certainty or rule.certainty in CERTAINTIES
    assert rule.object or rule.constant or "pairs" in rule.flags


@pytest.mark.parametrize("cue", cue_book().cues, ids=lambda c: c.why)
def test_a_cue_decides_its_example(cue: Cue):
    claims = read_article(article_from_text(cue.example, date="2019")).claims
    if cue.certainty == "none":
        assert not claims
    else:
        assert cue.certainty in {c.certainty for c in claims}


@pytest.mark.parametrize("rule", clutter_rules(), ids=lambda r: r.what)
def test_clutter_is_recognised(rule: Clutter):
    kept = [rule.example[a:b] for a, b in story_lines(rule.example)]
    assert kept != [rule.example]


def test_role_examples():
    import tomllib
    from importlib.resources import files

    table = tomllib.loads((files("langstrecke.news") / "data" / "roles.toml").read_text("utf-8"))
    for role in table["role"]:
        assert key(role["gives"]) in told(role["example"]), role["words"][0]


def test_names_are_known_in_the_genitive():
    book = gazetteer()
    found = {name.id for _, _, name in book.found(book.doc("Magnussens Chef ist Chip Ganassis Freund."))}
    assert "chip-ganassi" in found


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("Kevin Magnussen fährt 2021 in der IMSA.", "announced"),
        ("Kevin Magnussen fuhr 2018 in der IMSA.", "confirmed"),
        ("Kevin Magnussen soll 2021 in der IMSA fahren.", "reported"),
        ("Kevin Magnussen dürfte 2021 in der IMSA fahren.", "expected"),
        ("Kevin Magnussen könnte 2021 in der IMSA fahren.", "possible"),
        ("Kevin Magnussen würde gerne in der IMSA fahren.", "wished"),
        ("Kevin Magnussen fährt 2021 nicht in der IMSA.", "denied"),
        ("Es steht fest, dass Kevin Magnussen 2021 in der IMSA fährt.", "confirmed"),
        ("Laut Autosport fährt Kevin Magnussen 2021 in der IMSA.", "reported"),
    ],
)
def test_the_words_decide_how_sure(text, sure):
    assert ("kevin-magnussen", "enters", "imsa", sure) in told(text, date="2020-11")


def test_who_says_so_is_kept():
    text = 'Laut Autosport startet Kevin Magnussen 2021 in der IMSA. "Ich würde gerne in Daytona starten", sagt Magnussen.'
    claims = read_article(article_from_text(text, date="2020-11")).claims
    assert {(c.object, c.by, c.speaker) for c in claims} >= {
        ("imsa", "Autosport", ""),
        ("daytona", "", "kevin-magnussen"),
    }
    assert all(text[c.start : c.end] == c.sentence for c in claims)


def test_an_unknown_name_stays_new():
    claims = read_article(article_from_text("Tjark Quassowski startet 2020 für BMW in der IMSA.", date="2019")).claims
    assert {c.subject for c in claims} == {"tjark-quassowski"}
    assert not any(c.known for c in claims)


def test_finding_no_cue_is_no_error():
    from langstrecke.news.mentions.clauses import split_clauses

    assert find_cue(split_clauses([])[0] if split_clauses([]) else _empty()) == ""


def _empty():
    from langstrecke.news.mentions.clauses import Clause

    return Clause([])
