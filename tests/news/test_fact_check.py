"""The fact check, the ledger, what-ifs and the verbs, on texts made for the purpose."""

import json
from pathlib import Path

import pytest

pytest.importorskip("spacy")

from typer.testing import CliRunner

from langstrecke.cli import app
from langstrecke.errors import LangstreckeError
from langstrecke.forecast.mixture import fields_of
from langstrecke.news import article_from_text, check_claims, read_article, what_if
from langstrecke.news.claims.fact_check import VERDICTS
from langstrecke.news.claims.ledger import keep, kept, lines
from langstrecke.news.claims.what_if import Car, Race
from langstrecke.news.lexicon.weights import read_weights
from langstrecke.news.model import CERTAINTIES
from langstrecke.racecard import apply_patch, load_card, read_patch
from langstrecke.store import open_store

ARTICLES = Path(__file__).parents[3] / "shared" / "articles"
PLAN = (
    "Kevin Magnussen startet 2021 laut Autosport für Chip Ganassi Racing in der IMSA. Der Däne teilt sich den Cadillac DPi "
    "mit Renger van der Zande. Scott Dixon soll nur in Daytona, Sebring, Watkins Glen und beim Petit Le Mans mit am Start "
    "stehen."
)


def read(text, date, id="text"):
    return read_article(article_from_text(text, id=id, date=date))


def verdicts(text, date):
    return {
        (f.claim.subject, f.claim.relation, f.claim.object, f.claim.certainty): f
        for f in check_claims(read(text, date).claims)
    }


@pytest.mark.parametrize(
    ("text", "date", "verdict", "says"),
    [
        ("Jan Magnussen feierte in Le Mans vier Klassensiege.", "2019-06", "supported", "2004, 2005, 2006, 2009"),
        ("Jan Magnussen feierte in Le Mans fünf Klassensiege.", "2019-06", "contradicted", "4 class wins"),
        ("Jan Magnussen war seit 1999 bei jeder Auflage der 24 Stunden von Le Mans dabei.", "2019-06", "supported", "not started 2015"),
        ("Jan Magnussen fährt seit 1999 für Corvette.", "2019-06", "contradicted", "Panoz"),
        ("Scott Dixon soll 2021 nur in Watkins Glen starten.", "2020-11", "not_borne_out", "not among"),
        ("Scott Dixon soll 2021 nur beim Petit Le Mans starten.", "2020-11", "supported", "entered 1"),
        ("Kevin Magnussen teilt sich 2021 in Le Mans ein Auto mit Jan Magnussen.", "2020-11", "supported", "LMP2"),
        ("Kevin Magnussen fährt 2019 nicht in Le Mans.", "2019-01", "supported", "not among"),
        ("Fernando Alonso gewann 2018 die 24 Stunden von Le Mans.", "2018-07", "supported", "won: 24 Hours of Le Mans 2018"),
        ("Kevin Magnussen möchte in Le Mans eine Corvette fahren.", "2019-06", "not_borne_out", "not with"),
        ("Haas-Teamchef Günther Steiner kennt die Formel 1.", "2019-06", "not_checkable", "nothing about"),
    ],
)  # fmt: skip
def test_claims_are_checked_against_the_registry(text, date, verdict, says):
    findings = check_claims(read(text, date).claims)
    assert verdict in {f.verdict for f in findings}, findings
    assert any(says in f.note for f in findings if f.verdict == verdict), findings


def test_evidence_holds_the_rows():
    (finding,) = [
        f
        for f in check_claims(read("Jan Magnussen feierte in Le Mans vier Klassensiege.", "2019-06").claims)
        if f.claim.relation == "won"
    ]
    assert [row["race"] for row in finding.evidence] == [
        "le-mans-2004",
        "le-mans-2005",
        "le-mans-2006",
        "le-mans-2009",
    ]
    assert json.dumps(finding.to_json())


@pytest.mark.data
@pytest.mark.skipif(not ARTICLES.is_dir(), reason="the articles are not here")
def test_predictions_of_the_articles_are_resolved_part_by_part():
    articles = {p.name[:3]: p.read_text("utf-8") for p in ARTICLES.glob("*.txt")}
    found = verdicts(articles["001"], "")
    assert found["kevin-magnussen", "enters", "imsa", "reported"].verdict == "supported"
    rounds = {
        r: found["scott-dixon", "enters_only", r, "reported"].verdict
        for r in ("daytona", "sebring", "watkins-glen", "petit-le-mans")
    }
    assert rounds == {
        "daytona": "supported",
        "sebring": "supported",
        "watkins-glen": "not_borne_out",
        "petit-le-mans": "supported",
    }
    shared = found["scott-dixon", "shares_car", "kevin-magnussen", "reported"]
    assert "imsa-2021-road-atlanta" in shared.note
    found = verdicts(articles["000"], "")
    together = found["kevin-magnussen", "shares_car", "jan-magnussen", "wished"]
    assert together.verdict == "supported"
    assert {row["class"] for row in together.evidence} == {"LMP2"}
    assert found["kevin-magnussen", "drives", "corvette", "wished"].verdict == "not_borne_out"


def test_newer_and_surer_claims_supersede(tmp_path):
    with open_store(tmp_path / "store.duckdb") as store:
        keep(store, [
            read("Kevin Magnussen könnte 2021 in der IMSA starten.", "2020-09", "a"),
            read("Kevin Magnussen soll 2021 in der IMSA starten.", "2020-10", "b"),
            read("Es steht fest, dass Kevin Magnussen 2021 in der IMSA startet.", "2020-11", "c"),
        ])  # fmt: skip
        status = {line.claim.article: line.status for line in lines(kept(store, "kevin-magnussen"))}
    assert status == {"a": "superseded", "b": "superseded", "c": "stands"}


def test_contradictions_stand_side_by_side(tmp_path):
    with open_store(tmp_path / "store.duckdb") as store:
        keep(store, [
            read("Kevin Magnussen soll 2021 in der IMSA starten.", "2020-10", "a"),
            read("Kevin Magnussen startet 2021 nicht in der IMSA.", "2020-10", "b"),
        ])  # fmt: skip
        found = lines(kept(store))
    assert {line.status for line in found} == {"contradicted"}
    assert all(line.by for line in found)


def test_an_article_read_again_replaces_itself(tmp_path):
    with open_store(tmp_path / "store.duckdb") as store:
        for _ in range(2):
            keep(store, [read(PLAN, "2020-11", "plan")])
        ids = [c.id for c in kept(store)]
        assert len(ids) == len(set(ids)) == len(read(PLAN, "2020-11", "plan").claims)


def test_another_article_of_the_same_name_replaces_nothing(tmp_path):
    store = tmp_path / "store.duckdb"
    for folder, driver in (("a", "Kevin Magnussen"), ("b", "Scott Dixon")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "news.txt").write_text(f"{driver} startet 2021 in der IMSA.")
    for folder in ("a", "b", "b"):
        told = json.loads(run("news", "read", tmp_path / folder / "news.txt", "--store", store, "--json").stdout)
    shown = json.loads(run("news", "show", "--store", store, "--json").stdout)
    assert [line["claim"]["subject"] for line in shown] == ["kevin-magnussen", "scott-dixon"]
    assert told["articles"][0]["claims"][0]["id"] == shown[1]["claim"]["id"]


def test_contradicting_articles_read_twice_are_shown_next_to_each_other_and_once(tmp_path):
    store = tmp_path / "store.duckdb"
    for name, word in (("yes", ""), ("no", "nicht ")):
        file = tmp_path / f"{name}.txt"
        file.write_text(f"date 2020-11\nKevin Magnussen fährt 2021 {word}für Chip Ganassi Racing in der IMSA.")
        for _ in range(2):
            run("news", "read", file, "--store", store)
    shown = json.loads(run("news", "show", "--driver", "Kevin Magnussen", "--store", store, "--json").stdout)
    assert [line["status"] for line in shown] == ["contradicted"] * 4
    for one, other in (shown[:2], shown[2:]):
        assert one["by"] == [other["claim"]["id"]]
        assert other["by"] == [one["claim"]["id"]]
    assert "contradicted by yes" in " ".join(run("news", "show", "--store", store).stdout.split())


def race_of(name):
    card = load_card(name)
    cars = tuple(
        Car(e.car, e.car_class, e.team, e.vehicle, e.make or "", tuple(d.name for d in e.drivers))
        for e in card.entries
    )
    return card, Race(name, card.race.series, card.race.season, card.circuit.id, cars)


def test_a_line_up_story_becomes_a_what_if():
    card, race = race_of("imsa-2021-watkins-glen")
    result = what_if(read(PLAN, "2020-11").claims, race)
    (change,) = [c for c in result.changes if c.new]
    assert (change.car.number, change.weight) == ("01", 0.7)
    assert "Scott Dixon" in change.drivers
    assert all(c.id in result.as_toml() for c in change.claims)
    changed = apply_patch(card, result.as_toml(sure=True))
    assert "Scott Dixon" in {d.name for e in changed.entries if e.car == "01" for d in e.drivers}


def test_other_rounds_are_left_alone():
    _, race = race_of("imsa-2021-mid-ohio")
    result = what_if(read(PLAN, "2020-11").claims, race)
    assert not [c for c in result.changes if c.new]
    assert result.weight == 0


def test_what_is_denied_changes_nothing():
    _, race = race_of("imsa-2021-watkins-glen")
    text = "Scott Dixon fährt 2021 in Watkins Glen nicht für Chip Ganassi Racing in der IMSA."
    assert not what_if(read(text, "2020-11").claims, race).changes


def test_how_sure_a_line_up_is_becomes_the_share_of_races_it_is_played_in():
    card, race = race_of("imsa-2021-watkins-glen")
    claims = read(PLAN, "2020-11").claims
    (edit,) = read_patch(what_if(claims, race).as_toml()).edits
    assert edit.probability == 0.7
    (edit,) = read_patch(what_if(claims, race, read_weights() | {"reported": 0.2}).as_toml()).edits
    assert edit.probability == 0.2
    fields = fields_of(card, read_patch(what_if(claims, race).as_toml()), 1000, 1)
    crews = [["Scott Dixon" in {d.name for d in f.card.entry("01").drivers}, f.races] for f in fields]
    assert crews == [[True, 700], [False, 300]]


def test_who_changes_cars_leaves_the_old_one_in_the_same_races():
    card, race = race_of("imsa-2021-sebring")
    result = what_if(
        read("Alexander Rossi soll 2021 in der IMSA für Chip Ganassi Racing fahren.", "2020-11").claims, race
    )
    assert {c.car.number: "Alexander Rossi" in c.drivers for c in result.changes} == {"01": True, "10": False}
    fields = fields_of(card, read_patch(result.as_toml()), 1000, 1)
    assert [f.races for f in fields] == [700, 300]
    for field in fields:
        (seat,) = [e.car for e in field.card.entries for d in e.drivers if d.name == "Alexander Rossi"]
        assert seat == ("01" if field.first == 0 else "10")


def test_the_weights_are_data_a_user_can_change(tmp_path):
    assert set(read_weights()) == set(CERTAINTIES)
    assert list(read_weights().values()) == sorted(read_weights().values(), reverse=True)
    mine = tmp_path / "mine.toml"
    mine.write_text("reported = 0.5\n")
    assert read_weights(mine) == read_weights() | {"reported": 0.5}
    for text, key in (("rumoured = 0.5", "rumoured"), ("reported = 2", "reported"), ("wished = true", "wished")):
        mine.write_text(text)
        with pytest.raises(LangstreckeError) as told:
            read_weights(mine)
        assert told.value.key == key
    mine.write_text("reported")
    with pytest.raises(LangstreckeError, match="no TOML"):
        read_weights(mine)


@pytest.fixture
def story(tmp_path):
    file = tmp_path / "plan.txt"
    file.write_text("date 2020-11 " + PLAN)
    return file


def run(*args):
    result = CliRunner().invoke(app, [str(a) for a in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result


def test_the_verbs_speak_json(tmp_path, story):
    store = tmp_path / "store.duckdb"
    told = json.loads(run("news", "read", story, "--store", store, "--json").stdout)
    assert told["articles"][0]["date"] == "2020-11"
    for args in (("show", "--driver", "Kevin Magnussen"), ("timeline", "Kevin Magnussen"), ("timeline", "Magnussen")):
        shown = json.loads(run("news", *args, "--store", store, "--json").stdout)
        assert {line["claim"]["subject"] for line in shown} >= {"kevin-magnussen"}
    checked = json.loads(run("news", "check", story, "--json").stdout)["findings"]
    assert {"claim", "verdict", "evidence"} <= set(checked[0])
    assert {f["verdict"] for f in checked} <= set(VERDICTS)
    patch = json.loads(run("news", "patch", story, "--card", "imsa-2021-sebring", "--json").stdout)
    assert patch["card"] == "imsa-2021-sebring"


def test_the_verbs_speak_to_people(tmp_path, story):
    store = tmp_path / "store.duckdb"
    assert "claims" in run("news", "read", story, "--store", store).stdout
    assert "stands" in run("news", "timeline", "Scott Dixon", "--store", store).stdout
    assert "not borne out" in run("news", "check", story).stdout
    out = tmp_path / "what-if.toml"
    run("news", "patch", story, "--card", "imsa-2021-watkins-glen", "--out", out)
    assert "Scott Dixon" in out.read_text()
    assert "probability = 0.7" in out.read_text()
    mine = tmp_path / "mine.toml"
    mine.write_text("reported = 0.25\n")
    card = ("news", "patch", story, "--card", "imsa-2021-watkins-glen")
    assert "probability = 0.25" in run(*card, "--weights", mine).stdout
    assert "probability" not in run(*card, "--sure").stdout


def test_the_pit_wall_plays_a_what_if_by_its_weight():
    pytest.importorskip("fastapi")
    from langstrecke.forecast import forecast
    from langstrecke.racecard import list_cards, load_card
    from langstrecke.services.odds import forecast as played
    from langstrecke.services.requests.cards import CheckPatchAsk
    from langstrecke.services.requests.odds import ForecastAsk
    from langstrecke.services.settings import Settings
    from langstrecke.services.what_ifs import check_patch

    name = list_cards()[0]
    car = load_card(name).entries[0].car
    patch = f'title = "news"\n[[change]]\ncar = "{car}"\npace_s = -1.0\nprobability = 0.25\n'
    told = check_patch(Settings(), CheckPatchAsk(card=name, patch=patch))
    assert any("played in 25 % of the races" in change for change in told.changes)
    answer = played(Settings(), ForecastAsk(card=name, patch=patch, races=40), step=lambda *_: None)
    assert [change.races for change in answer.what_if] == [10]
    assert any("played in 25 % of the races" in change for change in answer.changes)
    plain = played(Settings(), ForecastAsk(card=name, races=40), step=lambda *_: None)
    assert [e.win for e in plain.entries] == [c.win for c in forecast(load_card(name), 40, 1).cars]
    assert plain.changes == []
