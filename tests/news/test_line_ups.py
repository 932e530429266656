"""Crews and who is meant, over the borders of clauses and sentences."""

import pytest

pytest.importorskip("spacy")

from langstrecke.news import article_from_text, read_article

# What a text tells, the claims it must give, and those it must not.
CASES = [
    (
        "a sister car is the team's",
        "Toyota tritt in Le Mans an. Das Schwesterauto teilen sich Sébastien Buemi und Ryo Hirakawa.",
        {"ryo-hirakawa shares_car sebastien-buemi", "ryo-hirakawa drives_for toyota"},
        set(),
    ),
    (
        "a crew by the number of its car",
        "Peugeot startet in Spa. In der Nummer 93 sitzen wie bisher Mikkel Jensen, Nico Müller und Jean-Éric Vergne.",
        {"mikkel-jensen shares_car nico-muller", "jean-eric-vergne drives_for peugeot"},
        set(),
    ),
    (
        "what one of a crew has all have",
        "Kazuki Nakajima fährt für Toyota. Er teilt sich sein Auto mit Sébastien Buemi und Fernando Alonso.",
        {"fernando-alonso drives_for toyota", "fernando-alonso shares_car sebastien-buemi"},
        set(),
    ),
    (
        "what was is not shared with who comes",
        "Damals fuhr Ricky Taylor mit Jordan Taylor. 2021 startet Ricky Taylor für Acura in der IMSA.",
        {"ricky-taylor drives_for acura"},
        {"jordan-taylor drives_for acura"},
    ),
    (
        "a team's drivers in a race",
        "BMW erlebte in Sebring einen schwarzen Tag. John Edwards und Jesse Krohn wurden nur Fünfte.",
        {"jesse-krohn drives_for bmw", "jesse-krohn finished sebring"},
        set(),
    ),
    (
        "not where the team came in elsewhere",
        "Rowe Racing gewann in Spa. Kévin Estre wurde Zweiter.",
        {"rowe-racing won spa", "kevin-estre finished spa"},
        {"kevin-estre drives_for rowe-racing"},
    ),
    (
        "a team with its drivers, and their result",
        "In Spa hat das Team WRT um Dries Vanthoor und Charles Weerts den Gesamtsieg eingefahren.",
        {"dries-vanthoor drives_for team-wrt", "charles-weerts won spa"},
        set(),
    ),
    (
        "a car fielded for somebody",
        "WRT bringt in Spa einen Audi R8 LMS für Robin Frijns und Dennis Lind an den Start.",
        {"dennis-lind drives_for team-wrt", "dennis-lind shares_car robin-frijns"},
        set(),
    ),
    (
        "in brackets and with slashes",
        "In Spa siegten Kévin Estre/Richard Lietz (Porsche).",
        {"kevin-estre shares_car richard-lietz", "kevin-estre drives porsche"},
        set(),
    ),
    (
        "a car nobody drives in the clause before",
        "Hinter dem Audi von WRT, in dem Robin Frijns und Dennis Lind saßen, kam in Spa Kévin Estre ins Ziel.",
        {"robin-frijns drives audi", "robin-frijns drives_for team-wrt", "dennis-lind shares_car robin-frijns"},
        set(),
    ),
    (
        "relative clauses bring along what they are about",
        "Sein größter Erfolg war der Gesamtsieg in Le Mans, den Nick Tandy 2015 mit Earl Bamber holte.",
        {"nick-tandy won le-mans", "earl-bamber won le-mans"},
        set(),
    ),
    (
        "both sides of a colon",
        "Die Titelverteidiger der IMSA sind wieder dabei: Felipe Nasr und Pipo Derani starten in Sebring.",
        {"felipe-nasr won imsa", "pipo-derani won imsa"},
        set(),
    ),
    (
        "she is a woman",
        "Rahel Frey und Marco Wittmann waren in Spa. Sie fährt für die Iron Dames, er startet für BMW.",
        {"rahel-frey drives_for iron-dames", "marco-wittmann drives_for bmw"},
        {"marco-wittmann drives_for iron-dames"},
    ),
    (
        "he who drives is no head of a team",
        "Mick Schumacher sucht ein Cockpit, sagt Porsche-Motorsportchef Thomas Laudenbach. Er könnte bei Alpine fahren.",
        {"mick-schumacher drives_for alpine"},
        {"thomas-laudenbach drives_for alpine"},
    ),
    (
        "those of a town are the team",
        "René Rast fuhr für Abt in der DTM. Rast verlässt die Kemptener.",
        {"rene-rast leaves abt-sportsline"},
        set(),
    ),
    (
        "there",
        "Le Mans ist das größte Rennen. Kévin Estre hat dort schon zweimal gewonnen.",
        {"kevin-estre won le-mans"},
        set(),
    ),
    (
        "nobody in particular",
        "Philipp Eng war in Spa. In Sebring gehen etliche Österreicher an den Start.",
        set(),
        {"philipp-eng enters sebring"},
    ),
    (
        "heads of teams speak for them",
        "Teamchef Gottfried Grasser von Grasser Racing war in Spa. Mit Mirko Bortolotti hat er Gespräche geführt.",
        {"grasser-racing-team asks mirko-bortolotti", "gottfried-grasser leads grasser-racing-team"},
        set(),
    ),
    (
        "called by name they speak themselves",
        "Teamchef Gottfried Grasser von Grasser Racing hat mit Mirko Bortolotti verhandelt.",
        {"gottfried-grasser asks mirko-bortolotti", "gottfried-grasser leads grasser-racing-team"},
        {"grasser-racing-team asks mirko-bortolotti"},
    ),
    (
        "those of a town are a team",
        "BMW: Im Mai kehren die Münchner mit dem M8 GTE in die WEC zurück.",
        {"bmw enters wec"},
        set(),
    ),
    (
        "the one who was named last",
        "Fabian Schiller fährt für GetSpeed. Für das Schwesterauto hat GetSpeed Nico Bastian verpflichtet."
        " Der Frankfurter fuhr 2018 für AKKA ASP.",
        {"nico-bastian drives_for akka-asp"},
        {"fabian-schiller drives_for akka-asp"},
    ),
    (
        "the latter",
        "Maxime Martin teilt sich das Auto mit Alex Lynn. Letzterer startet nebenbei in der Formel E.",
        {"alex-lynn enters formula-e"},
        {"maxime-martin enters formula-e"},
    ),
    (
        "where something was is not where he starts",
        "Nach seinem Unfall in Spa muss Tom Dillmann auf den Start in Le Mans verzichten.",
        {"tom-dillmann enters le-mans"},
        {"tom-dillmann enters spa"},
    ),
    (
        "a successor's predecessor is no driver there",
        "Rebellion hat Bruno Senna als Nachfolger von Neel Jani präsentiert.",
        {"bruno-senna drives_for rebellion"},
        {"neel-jani drives_for rebellion"},
    ),
]


def told(text, date="2019-06"):
    claims = read_article(article_from_text(text, date=date)).claims
    return {" ".join((*sorted((c.subject, c.object)), c.relation)) for c in claims}


def keys(wanted):
    split = [w.split() for w in wanted]
    return {" ".join((*sorted((one, other)), relation)) for one, relation, other in split}


@pytest.mark.parametrize(("text", "wanted", "unwanted"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_who_sits_where_and_who_is_meant(text, wanted, unwanted):
    found = told(text)
    assert keys(wanted) <= found
    assert not keys(unwanted) & found


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("BMW hat sein Aufgebot für die neue Saison vorgestellt. Philipp Eng startet in der IMSA.", "announced"),
        (
            "BMW hat sein Aufgebot für die neue Saison vorgestellt. Philipp Eng startete 2018 in der IMSA.",
            "confirmed",
        ),
        ("BMW plant die neue Saison. Philipp Eng startet bereits in der IMSA.", "confirmed"),
    ],
)
def test_seasons_to_come_are_announced(text, sure):
    claims = read_article(article_from_text(text, date="2019-05")).claims
    assert ("philipp-eng", "imsa", sure) in {(c.subject, c.object, c.certainty) for c in claims}


def test_what_is_denied_is_denied_in_indirect_speech():
    text = "Mirko Bortolotti weist Berichte zurück, er habe bereits bei Ferrari unterschrieben."
    claims = read_article(article_from_text(text, date="2024-10")).claims
    assert {(c.relation, c.object, c.certainty) for c in claims} == {("drives_for", "ferrari", "denied")}


def test_what_follows_is_marked():
    claims = read_article(
        article_from_text(
            "Toyota tritt in Le Mans an. Das Schwesterauto teilen sich Sébastien Buemi und Ryo Hirakawa.", date="2023"
        )
    ).claims
    marked = {c.relation: c.implied for c in claims if c.subject != "toyota"}
    assert marked == {"shares_car": False, "drives_for": True}


def test_grid_places_are_no_results():
    text = "Im Qualifying von Le Mans fuhr Kamui Kobayashi im Toyota die Bestzeit. Neel Jani wurde Dritter."
    assert not any(c.relation == "finished" for c in read_article(article_from_text(text, date="2018-06")).claims)
