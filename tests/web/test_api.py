"""The API as its users meet it: verbs, errors, jobs, followed races, and who may not ask."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from conftest import PATIENCE_S
from langstrecke.errors import LangstreckeError
from langstrecke.racecard import list_cards, load_card
from langstrecke.services.settings import Settings
from langstrecke.simulation import simulate_laps
from langstrecke.timing.write import write_alkamel
from langstrecke.web.app import create_app
from langstrecke.web.security import HEADERS, checked, is_loopback
from race_maker import make_race

TOKEN = "a-token-of-some-length"
HERE = "http://127.0.0.1:8080"
HOST = {"host": "127.0.0.1:8080"}
"""A test client's WebSockets call themselves `testserver`."""
LAPS = "202103201010-race-laps.csv"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pitwall")


@pytest.fixture(scope="module")
def client(place: Path) -> Iterator[TestClient]:
    settings = Settings(
        store=place / "store.duckdb", work=place / "work", upload_limit=3_000_000, workers=1, warm=False
    )
    app = create_app(settings, pages=False)
    with TestClient(app, base_url=HERE, raise_server_exceptions=False) as found:
        yield found


@pytest.fixture(scope="module")
def race(client: TestClient, place: Path) -> str:
    """A race that was sent in and imported."""
    write_alkamel(make_race(cars=8, length_s=3_600.0, stint_laps=8), place / LAPS)
    sent = client.post("/api/v1/uploads", params={"name": LAPS}, content=(place / LAPS).read_bytes())
    assert sent.status_code == 201
    body = {"files": [sent.json()], "event": "sebring-international-raceway", "season": 2021}
    done = finished(client, client.post("/api/v1/import", json=body))
    assert done["result"]["laps"] > 100
    (name,) = done["result"]["races"]
    return str(name)


def finished(client: TestClient, answer: Any, most_s: float = PATIENCE_S) -> dict[str, Any]:
    assert answer.status_code == 202, answer.text
    number, until = answer.json()["job"], time.monotonic() + most_s
    while time.monotonic() < until:
        found: dict[str, Any] = client.get(f"/api/v1/jobs/{number}").json()
        if found["job"]["state"] in ("done", "failed", "cancelled"):
            return found
        time.sleep(0.05)
    raise AssertionError("the job did not end")


def error_of(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()["error"]
    assert set(found) == {"what", "where", "do"}
    return found


def test_a_what_if_that_does_not_fit_its_card_is_refused_at_once(client: TestClient) -> None:
    told = error_of(client.post("/api/v1/what-if", json={"card": CARD, "patch": '[[drop]]\ncar = "999"\n'}), 422)
    assert "999" in told["what"]


def test_an_unknown_drivers_pace_is_told_before_anything_is_played(client: TestClient) -> None:
    text = '[[replace]]\ncar = "01"\nout = "Renger van der Zande"\nin = "Ada Lang"\n'
    told = client.post("/api/v1/patches/check", json={"card": CARD, "patch": text}).json()
    (one,) = told["assumed"]
    assert (one["driver"], one["car"]) == ("Ada Lang", "01")
    assert one["low_s"] < one["pace_s"] < one["high_s"]
    given = text.replace('"Ada Lang"', '{ name = "Ada Lang", pace_s = 0.5 }')
    assert client.post("/api/v1/patches/check", json={"card": CARD, "patch": given}).json()["assumed"] == []


def test_no_store_yet(tmp_path: Path) -> None:
    with TestClient(
        create_app(Settings(store=tmp_path / "x", work=tmp_path, warm=False), pages=False), base_url=HERE
    ) as empty:
        assert "no store" in error_of(empty.get("/api/v1/races"), 503)["what"]


def test_the_store(client: TestClient, race: str) -> None:
    assert [r["race_id"] for r in client.get("/api/v1/races", params={"season": 2021}).json()] == [race]
    facts = client.get(f"/api/v1/races/{race}").json()
    assert len(facts["cars"]) == 8
    laps = client.get("/api/v1/laps", params={"race": race, "car": facts["cars"][0]}).json()
    assert {lap["car"] for lap in laps} == {facts["cars"][0]}
    assert "did you mean" in error_of(client.get(f"/api/v1/races/{race}x"), 404)["what"]
    error_of(client.get("/api/v1/laps", params={"race": race, "car": "999"}), 404)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("career", {"driver": "Jan Magnussen"}),
        ("teammates", {"driver": "Jan Magnussen"}),
        ("teammates", {"driver": "Jan Magnussen", "other": "Antonio García"}),
        ("versus", {"driver": "Jan Magnussen", "other": "Scott Dixon"}),
        ("calendar", {"season": 2019, "driver": "Kevin Magnussen", "against": ["le-mans"]}),
        ("rules", {}),
        ("rules/book", {"book": "imsa-2021", "event": "sebring"}),
        ("rules/diff", {"one": "wec-2016", "other": "wec-2024"}),
        ("scenarios", {}),
        ("cards", {}),
        ("cards/imsa-2021-sebring", {}),
        ("patches", {}),
        ("jobs", {}),
        ("live", {}),
        ("openapi.json", {}),
    ],
)
def test_quick_verbs_answer(client: TestClient, path: str, query: dict[str, Any]) -> None:
    answer = client.get(f"/api/v1/{path}", params=query)
    assert answer.status_code == 200, answer.text
    if path != "patches" and path not in ("jobs", "live"):
        assert answer.json()


def test_quick_verbs_say_what_the_command_line_says(client: TestClient) -> None:
    from langstrecke.paddock.careers import career
    from langstrecke.paddock.registry import load_registry

    said = client.get("/api/v1/career", params={"driver": "Jan Magnussen"}).json()
    assert said.pop("covers")[0].startswith("the registry holds results of")
    assert said == json.loads(json.dumps(career(load_registry(), "Jan Magnussen").to_json()))
    assert [line["card"] for line in client.get("/api/v1/cards").json()] == list(list_cards())


def test_a_forecast_is_the_command_lines(client: TestClient) -> None:
    from langstrecke.forecast import forecast

    card = (
        "adac-gt-masters-2019-hockenheim-1"
        if "adac-gt-masters-2019-hockenheim-1" in list_cards()
        else list_cards()[0]
    )
    done = finished(client, client.post("/api/v1/forecast", json={"card": card, "races": 64, "seed": 3}), 400.0)
    assert done["job"]["state"] == "done", done
    expected = forecast(load_card(card), 64, 3).to_json()
    assert {k: done["result"][k] for k in expected} == json.loads(json.dumps(expected))


SMALL = "imsa-2022-belle-isle"
"""The smallest field shipped."""
PLAYED = "imsa-2022-sebring"
"""Under this name a simulated race of it is in the store."""


@pytest.fixture(scope="module")
def small_race(client: TestClient, race: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_alkamel(simulate_laps(load_card(SMALL), race=1, seed=1), Path(folder) / LAPS)
        data = (Path(folder) / LAPS).read_bytes()
    sent = client.post("/api/v1/uploads", params={"name": LAPS}, content=data)
    body = {"files": [sent.json()], "event": "sebring-international-raceway", "season": 2022}
    done = finished(client, client.post("/api/v1/import", json=body))
    assert done["result"]["races"] == [PLAYED]


@pytest.mark.parametrize(
    ("verb", "body", "has"),
    [
        ("what-if", {"card": SMALL, "settings": ["classes.GTD.lap_s=92.5"], "races": 16, "gaps": True}, "gaps_after"),
        ("plan", {"card": SMALL, "car": "01", "limit_s": 1.0}, "stints"),
        ("optimise", {"card": SMALL, "car": "01", "candidates": 2, "error": 0.2}, "plans"),
        ("season", {"season": "imsa-2022", "seasons": 2}, "titles"),
        ("call", {"race": PLAYED, "card": SMALL, "car": "01", "at": "0:30:00", "races": 8}, "options"),
        ("window", {"race": PLAYED, "card": SMALL, "car": "01", "at": "0:30:00", "races": 8}, "played"),
        ("audit", {"race": PLAYED, "card": SMALL, "cars": ["01"]}, "stops"),
    ],
)
@pytest.mark.usefixtures("small_race")
def test_long_verbs_have_a_result(client: TestClient, verb: str, body: dict[str, Any], has: str) -> None:
    done = finished(client, client.post(f"/api/v1/{verb}", json=body))
    assert done["job"]["state"] == "done", done["job"]["error"]
    assert done["result"][has]


def test_news_come_back_as_claims(client: TestClient, race: str) -> None:
    text = "Kevin Magnussen startet 2021 für Chip Ganassi Racing in der IMSA."
    body = {"texts": [{"text": text, "name": "Artikel"}], "date": "2020-11", "keep": True}
    done = finished(client, client.post("/api/v1/news/read", json=body))
    assert done["result"]["articles"][0]["claims"]
    assert client.get("/api/v1/news", params={"name": "Magnussen"}).json()
    error_of(client.get("/api/v1/news", params={"name": "Nobody At All"}), 404)


def test_what_ifs_are_checked_and_kept_inside_the_work_folder(client: TestClient, place: Path) -> None:
    body = {"card": "imsa-2021-sebring", "settings": ["classes.DPi.lap_s=111.5"], "name": "../../Rain & more"}
    assert client.post("/api/v1/patches/check", json={k: body[k] for k in ("card", "settings")}).json()["changes"]
    kept = client.post("/api/v1/patches", json=body)
    assert kept.status_code == 201, kept.text
    assert kept.json()["name"] == "rain-more"
    assert [p.name for p in (place / "work" / "patches").iterdir()] == ["rain-more.toml"]
    error_of(client.post("/api/v1/patches", json=body), 422)  # the name is taken
    error_of(client.get("/api/v1/patches/rain-mor"), 404)
    assert client.delete("/api/v1/patches/rain-more").status_code == 200
    wrong = {"card": "imsa-2021-sebring", "patch": '[[replace]]\ncar = "01"\nout = "Nobody"\nin = "X"\n'}
    assert "replace" in (error_of(client.post("/api/v1/patches/check", json=wrong), 422)["where"] or "")


@pytest.mark.parametrize("patch", ["/etc/passwd", "../../secret.toml", "C:\\x.toml"])
def test_a_what_if_is_never_a_path(client: TestClient, patch: str) -> None:
    found = error_of(client.post("/api/v1/patches/check", json={"card": "imsa-2021-sebring", "patch": patch}), 422)
    assert "no such file" not in found["what"]


@pytest.mark.parametrize(
    "name", ["..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd", "..", "a%00b", "x.toml", "C:%5Cx", "imsa-2021-sebring%2F.."]
)
def test_names_are_never_paths(client: TestClient, name: str) -> None:
    for kind in ("races", "cards", "patches", "live"):
        assert client.get(f"/api/v1/{kind}/{name}").status_code in (404, 405, 422) or name == ".."
    assert client.post("/api/v1/forecast", json={"card": f"../{name}"}).status_code == 422
    assert client.post("/api/v1/live", json={"race": f"../{name}"}).status_code == 422


def test_errors_of_requests(client: TestClient, race: str) -> None:
    assert "card" in (error_of(client.post("/api/v1/forecast", json={"races": 5}), 422)["where"] or "")
    error_of(client.post("/api/v1/forecast", json={"card": "imsa-2021-sebring", "races": 10**12}), 422)
    error_of(client.post("/api/v1/forecast", json={"card": "imsa-2021-sebring", "rases": 5}), 422)
    error_of(client.get("/api/v1/nothing/here"), 404)
    error_of(client.get("/api/v1/jobs/nonsense"), 404)
    late = finished(client, client.post("/api/v1/call", json={"race": race, "car": "01", "at": "23:10:00"}))
    assert late["job"]["state"] == "failed"
    assert late["job"]["error"]["what"]


CARD = "imsa-2021-sebring"


@pytest.mark.parametrize(
    ("verb", "body", "near"),
    [
        ("forecast", {"card": "imsa-2021-sebrink"}, "'imsa-2021-sebring'"),
        ("forecast/under-way", {"race": "imsa-1921-nowhere", "cutoff": 0.5}, ""),
        ("season", {"season": "imsa-2051"}, "imsa-"),
        ("season/title-race", {"season": "imza-2021", "car_class": "DPi"}, "imsa-"),
        ("scenario", {"name": "no-such-question"}, ""),
        ("plan", {"card": CARD, "car": "999"}, ""),
        ("plan", {"card": "imsa-2021-sebrink", "car": "01"}, "'imsa-2021-sebring'"),
        ("optimise", {"card": CARD, "car": "O1"}, "'01'"),
        ("what-if", {"card": CARD, "car": "999", "settings": ["classes.DPi.lap_s=111"]}, ""),
        ("call", {"race": CARD, "car": "999", "at": "0:10:00"}, ""),
        ("call", {"race": "imsa-1921-nowhere", "car": "01", "at": "0:10:00"}, ""),
        ("call", {"race": CARD, "card": "imsa-2021-sebrink", "car": "01", "at": "0:10:00"}, "'imsa-2021-sebring'"),
        ("what-if/then", {"race": CARD, "car": "999", "at": "0:10:00", "settings": ["stop=now"]}, ""),
        ("audit", {"race": CARD, "cars": ["01", "999"]}, ""),
        ("audit", {"race": CARD, "classes": ["DPI2"]}, "'DPi'"),
        ("news/patch", {"texts": [{"text": "x", "name": "a"}], "date": "2020-11", "card": "imsa-2021-sebrink"}, ""),
    ],
)
@pytest.mark.usefixtures("race")
def test_what_nobody_knows_is_said_at_once(client: TestClient, verb: str, body: dict[str, Any], near: str) -> None:
    before = len(client.get("/api/v1/jobs").json())
    assert near in error_of(client.post(f"/api/v1/{verb}", json=body), 404)["what"]
    assert len(client.get("/api/v1/jobs").json()) == before  # no job was begun


@pytest.mark.parametrize(
    ("method", "path", "takes"),
    [
        ("GET", "forecast", {"POST"}), ("POST", "cards", {"GET"}), ("DELETE", "races", {"GET"}),
        ("PUT", "patches", {"GET", "POST"}), ("PATCH", "patches/rain", {"GET", "DELETE"}),
        ("POST", "jobs/x", {"GET", "DELETE"}), ("PUT", "live/x", {"GET", "PATCH", "DELETE"}),
        ("GET", "live/x/call", {"POST"}), ("POST", "openapi.json", {"GET", "HEAD"}), ("POST", "docs", {"GET"}),
        ("OPTIONS", "forecast", {"POST"}), ("TRACE", "cards", {"GET"}),
    ],
)  # fmt: skip
def test_wrong_methods(client: TestClient, method: str, path: str, takes: set[str]) -> None:
    answer = client.request(method, f"/api/v1/{path}")
    problem = error_of(answer, 405)
    assert set(answer.headers["allow"].split(", ")) == takes
    assert method in problem["what"]
    assert client.request(method, f"/api/v1/nothing/{path}").status_code == 404


def test_the_usual_addresses_lead_to_the_description(client: TestClient) -> None:
    for usual in ("docs", "openapi.json"):
        led = client.get(f"/{usual}", follow_redirects=False)
        assert (led.status_code, led.headers["location"]) == (307, f"/api/v1/{usual}")
    assert client.get("/openapi.json").json()["info"]["title"] == "Langstrecke"


@pytest.mark.parametrize("speed", [-1, 0.5, 601, 1e9, 1e999])
def test_a_replay_has_speeds_it_can_keep(client: TestClient, race: str, speed: float) -> None:
    how = {"content": json.dumps({"race": race, "speed": speed}), "headers": {"content-type": "application/json"}}
    assert "600" in error_of(client.post("/api/v1/live", **how), 422)["what"]


def test_a_job_is_cancelled(client: TestClient) -> None:
    body = {"card": "imsa-2021-sebring", "races": 1_000_000}
    number = client.post("/api/v1/forecast", json=body).json()["job"]
    while client.get(f"/api/v1/jobs/{number}").json()["job"]["state"] == "queued":
        time.sleep(0.02)
    assert client.delete(f"/api/v1/jobs/{number}").status_code == 200
    until = time.monotonic() + PATIENCE_S
    while client.get(f"/api/v1/jobs/{number}").json()["job"]["state"] != "cancelled":
        assert time.monotonic() < until
        time.sleep(0.05)


def test_uploads(client: TestClient, place: Path) -> None:
    uploads = place / "work" / "uploads"
    before = set(uploads.iterdir()) if uploads.is_dir() else set()

    def chunks() -> Iterator[bytes]:  # of a length nobody announces
        for _ in range(40):
            yield bytes([65]) * 100_000

    error_of(client.post("/api/v1/uploads", params={"name": "a.csv"}, content=chunks()), 413)
    error_of(client.post("/api/v1/uploads", params={"name": "a.csv"}, content=bytes(4_000_000)), 413)
    error_of(client.post("/api/v1/patches", content=b"x" * 3_100_000), 413)
    assert (
        "ZIP" in error_of(client.post("/api/v1/uploads", params={"name": "a"}, content=b"PK\x03\x04abc"), 422)["what"]
    )
    error_of(client.post("/api/v1/uploads", params={"name": "a"}, content=b""), 422)
    assert set(uploads.iterdir()) == before  # nothing is left behind
    sent = client.post("/api/v1/uploads", params={"name": "../../x/2021/02-e/" + LAPS}, content=b"nonsense").json()
    assert len(sent["path"]) == 32
    failed = finished(client, client.post("/api/v1/import", json={"files": [sent]}))
    assert failed["job"]["error"]["where"].endswith(LAPS)
    assert str(place) not in json.dumps(failed)
    stolen = {"files": [{"path": "../store.duckdb", "name": LAPS}]}
    error_of(client.post("/api/v1/import", json=stolen), 422)
    gone = {"files": [{"path": "0" * 32, "name": LAPS}]}
    assert "not been received" in finished(client, client.post("/api/v1/import", json=gone))["job"]["error"]["what"]


def test_a_race_is_followed(client: TestClient, race: str) -> None:
    assert client.post("/api/v1/live", json={"race": race, "speed": 0}).status_code == 201
    error_of(client.post("/api/v1/live", json={"race": race}), 409)
    error_of(client.post("/api/v1/live", json={"race": "imsa-1999-nowhere"}), 404)
    error_of(client.post("/api/v1/live", json={"race": "x", "feed": "ws://example.org"}), 422)
    error_of(client.post("/api/v1/live", json={"race": "x", "folder": "/etc"}), 422)
    until = time.monotonic() + PATIENCE_S
    while client.get(f"/api/v1/live/{race}").json()["status"] != "over":
        assert time.monotonic() < until
        time.sleep(0.05)
    # A test client that hangs up cancels the endpoint; a browser that goes is heard by it.
    with suppress(CancelledError), client.websocket_connect(f"/api/v1/live/{race}", headers=HOST) as socket:
        first = socket.receive_json()
        assert first["kind"] == "table"
        assert sum(row["laps"] > 0 for row in first["table"]["rows"]) == 8
    with suppress(CancelledError), client.websocket_connect(f"/api/v1/feed/{race}?after=3", headers=HOST) as socket:
        kinds = [socket.receive_json() for _ in range(3)]
        assert kinds[0]["kind"] == "hello"
        assert [k["seq"] for k in kinds[1:]] == [4, 5]
    assert client.patch(f"/api/v1/live/{race}", json={"paused": True}).status_code == 200
    error_of(client.patch(f"/api/v1/live/{race}", json={"speed": -1}), 422)
    with (
        client.websocket_connect("/api/v1/live/nothing", headers=HOST) as socket,
        pytest.raises(WebSocketDisconnect) as gone,
    ):
        socket.receive_json()
    assert gone.value.code == 4404
    assert client.delete(f"/api/v1/live/{race}").status_code == 204
    error_of(client.get(f"/api/v1/live/{race}"), 404)


def test_the_description_needs_nothing_from_outside(client: TestClient) -> None:
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert "https://" not in page.text
    assert "<script" not in page.text
    data = client.get("/api/v1/openapi.json").json()
    assert "ForecastAnswer" in data["components"]["schemas"]
    assert "/api/v1/what-if" in data["paths"]
    for path in data["paths"]:
        assert path.replace("{", "&lbrace;") in page.text or path in page.text
    for name in HEADERS:
        assert name.decode() in page.headers


def test_strangers_pages_are_turned_away(client: TestClient) -> None:
    error_of(client.get("/api/v1/races", headers={"host": "evil.example"}), 403)
    error_of(client.get("/api/v1/races", headers={"host": "127.0.0.1.evil.example"}), 403)
    error_of(client.post("/api/v1/forecast", json={}, headers={"origin": "https://evil.example"}), 403)
    error_of(client.post("/api/v1/forecast", json={}, headers={"origin": "null"}), 403)
    assert client.post("/api/v1/forecast", json={}, headers={"origin": HERE}).status_code == 422  # own pages may ask
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/api/v1/live/x", headers={"origin": "https://evil.example"}),
    ):
        pass


def test_off_loopback_a_token_is_needed(tmp_path: Path) -> None:
    bare = Settings(store=tmp_path / "x", work=tmp_path, host="0.0.0.0")
    with pytest.raises(LangstreckeError, match="token"):
        create_app(bare, pages=False)
    with pytest.raises(LangstreckeError, match="short"):
        checked(Settings(token="short"))
    settings = Settings(store=tmp_path / "x", work=tmp_path, host="0.0.0.0", token=TOKEN, warm=False)
    with TestClient(
        create_app(settings, pages=False), base_url="http://pitwall.example", follow_redirects=False
    ) as client:
        error_of(client.get("/api/v1/cards"), 401)
        error_of(client.get("/api/v1/cards", headers={"authorization": "Bearer wrong"}), 401)
        assert "form" in client.get("/").text
        assert client.get("/api/v1/rules", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
        with pytest.raises(WebSocketDisconnect), client.websocket_connect("/api/v1/live/x"):
            pass
        greeted = client.get("/api/v1/rules", params={"token": TOKEN, "x": "1"})
        assert greeted.status_code == 303
        assert greeted.headers["location"] == "/api/v1/rules?x=1"
        cookie = greeted.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert TOKEN not in cookie
        assert client.get("/api/v1/rules").status_code == 200  # with the cookie
        client.cookies.clear()
        away = client.get("//evil.example/", params={"token": TOKEN})
        assert not away.headers.get("location", "/").startswith("//")


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1:8080", True), ("localhost", True), ("[::1]:80", True), ("127.8.8.8", True), ("a.localhost", True),
        ("evil.example", False), ("localhost.evil.example", False), ("10.0.0.1", False), ("", False),
    ],
)  # fmt: skip
def test_which_hosts_are_this_machine(host: str, own: bool) -> None:
    assert is_loopback(host) is own
