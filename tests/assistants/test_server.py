"""The assistants' server, spoken to with the SDK's own client: in memory, over stdio, over HTTP."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from typer.testing import CliRunner

import langstrecke as ls
from langstrecke.cli import app
from langstrecke.services.settings import Settings
from langstrecke.simulation import simulate_laps
from langstrecke.timing.write import write_alkamel

pytest.importorskip("mcp", reason="needs the extra mcp")

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.shared.exceptions import MCPError

from langstrecke.mcp.server import make_server
from langstrecke.mcp.tools import TOOLS

RACE = "imsa-2021-sebring"
PATIENCE_S = 120.0


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one race, played by the simulation."""
    folder = tmp_path_factory.mktemp("store")
    event = folder / "imsa" / "2021" / "05-sebring-international-raceway"
    event.mkdir(parents=True)
    laps = simulate_laps(ls.load_card(RACE), race=1, seed=1)
    write_alkamel(laps, event / "202103201010-race-laps.csv")
    file = folder / "store.duckdb"
    ran = CliRunner().invoke(app, ["import", str(folder / "imsa"), "--store", str(file)], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    return file


def asked(store: Path, tool: str, **given: Any) -> tuple[str, bool, list[tuple[float, float | None, str | None]]]:
    """Text of the answer, whether it is an error, and the progress told."""
    heard: list[tuple[float, float | None, str | None]] = []

    async def hear(done: float, total: float | None, text: str | None) -> None:
        heard.append((done, total, text))

    async def ask() -> tuple[str, bool]:
        async with Client(make_server(Settings(store=store))) as client:
            answer = await client.call_tool(tool, given, progress_callback=hear)
            return "\n".join(getattr(block, "text", "") for block in answer.content), bool(answer.is_error)

    text, failed = anyio.run(ask)
    return text, failed, heard


def test_every_tool_is_described_and_says_that_it_only_reads(store: Path) -> None:
    async def tools() -> Any:
        async with Client(make_server(Settings(store=store))) as client:
            return (await client.list_tools()).tools, client.instructions

    found, instructions = anyio.run(tools)
    assert {tool.name for tool in found} == {tool.name for tool in TOOLS}
    for tool in found:
        assert tool.annotations.read_only_hint
        assert tool.description
    fields = next(tool for tool in found if tool.name == "odds").input_schema
    assert set(fields["required"]) == {"card"}
    assert "shipped card" in fields["properties"]["card"]["description"]
    assert "not known" in instructions


QUESTIONS = {
    "races": ({}, "imsa-2021-sebring"),
    "odds": ({"card": RACE, "races": 64, "settings": ["weather.rain_per_h=0.5"]}, "Overall favourite: #"),
    "odds_under_way": ({"race": RACE, "cutoff": 0.5, "races": 64}, "after 50.0 % of the race"),
    "what_if": ({"card": RACE, "settings": ["entries.01.penalty_s=60"], "races": 64}, "#01 (DPi): class win"),
    "plan": ({"card": RACE, "car": "01"}, "legal by rule book imsa-2021"),
    "call": ({"race": RACE, "car": "01", "at": "6:00:00", "races": 64}, "Against staying out:"),
    "window": ({"race": RACE, "car": "01", "at": "6:00:00", "races": 16}, "Stop at the end of the lap, against"),
    "rules": ({"book": "imsa", "season": "2021"}, "Rule book imsa-2021"),
    "career": ({"driver": "Jan Magnussen", "series": "le-mans"}, "class wins: 2004, 2005, 2006, 2009"),
    "calendar": ({"season": 2019, "driver": "Kevin Magnussen", "against": ["le-mans"]}, "free: le-mans-2019"),
    "check_news": ({"texts": [{"text": "Kevin Magnussen gewann 2021 die 12 Stunden von Sebring."}]}, "contradicted"),
    "title_odds": ({"season": "imsa-2021", "after": 11, "seasons": 20}, "DPi, drivers:"),
}


@pytest.mark.parametrize("tool", [tool.name for tool in TOOLS])
def test_a_tool_answers_with_what_is_not_known_and_its_source(store: Path, tool: str) -> None:
    given, told = QUESTIONS[tool]
    text, failed, heard = asked(store, tool, **given)
    assert not failed, text
    assert told in text
    assert re.search(r"^Not known: .+\nSource: .+$", text, re.MULTILINE)
    assert next(t for t in TOOLS if t.name == tool).long or not heard


def test_a_long_answer_tells_how_far_it_is(store: Path) -> None:
    _, failed, heard = asked(store, "odds", card=RACE, races=64)
    assert not failed
    assert heard
    assert heard[0][1] == 64


@pytest.mark.parametrize(
    ("tool", "given", "told"),
    [
        ("odds", {"card": "imsa-2021-sebrin"}, "did you mean 'imsa-2021-sebring'"),
        ("odds", {"card": "../../etc/passwd"}, "a name is lower-case words"),
        ("odds", {"card": "/etc/passwd.toml"}, "a name is lower-case words"),
        ("rules", {"book": "../schema.toml"}, "a name is lower-case words"),
        ("what_if", {"card": RACE, "settings": ["entries.01.penalty=60"], "races": 2}, "penalty_s"),
        ("career", {"driver": "Jan Magnusen Zzz"}, "Jan Magnussen"),
        ("call", {"race": RACE, "car": "777", "at": "6:00"}, "777"),
        ("odds_under_way", {"race": RACE}, "either a race time or a share"),
        ("check_news", {"texts": []}, "nothing to read"),
    ],
)
def test_what_cannot_be_answered_is_said(store: Path, tool: str, given: dict[str, Any], told: str) -> None:
    text, failed, _ = asked(store, tool, **given)
    assert failed
    assert told in text
    assert "Traceback" not in text


def test_without_a_store_the_races_say_so(tmp_path: Path) -> None:
    text, failed, _ = asked(tmp_path / "none.duckdb", "races", series="le-mans")
    assert not failed
    assert "No store" in text
    assert "imsa-2021" not in text
    text, failed, _ = asked(tmp_path / "none.duckdb", "call", race=RACE, car="01", at="6:00")
    assert failed
    assert "there is no store" in text


def test_cards_and_rule_books_are_resources(store: Path) -> None:
    async def read() -> dict[str, str]:
        found = {}
        async with Client(make_server(Settings(store=store))) as client:
            for place in ("cards", f"cards/{RACE}", "rules", "rules/imsa-2021"):
                answer = await client.read_resource(f"langstrecke://{place}")
                found[place] = getattr(answer.contents[0], "text", "")
            with pytest.raises(MCPError, match="imsa-2021-sebring"):
                await client.read_resource("langstrecke://cards/imsa-2021-sebrin")
        return found

    found = anyio.run(read)
    assert RACE in found["cards"]
    assert found[f"cards/{RACE}"].startswith("# A race card")
    assert '"confidence"' in found["rules/imsa-2021"]


def test_over_standard_input_and_output(store: Path) -> None:
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "langstrecke", "mcp", "--store", str(store)], env=dict(os.environ)
    )

    async def ask() -> Any:
        async with Client(stdio_client(command)) as client:
            return await client.call_tool("career", {"driver": "Jan Magnussen", "series": "le-mans"})

    assert "class wins: 2004" in anyio.run(ask).content[0].text


@pytest.fixture
def address(store: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "langstrecke", "mcp", "--http", "--port", str(port), "--store", str(store)]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + PATIENCE_S
        while True:
            assert server.poll() is None
            assert time.monotonic() < until
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        server.terminate()
        server.wait(30)


def test_over_http(address: str) -> None:
    async def ask() -> Any:
        async with Client(address) as client:
            return await client.call_tool("races", {"series": "le-mans"})

    assert "le-mans-2019" in anyio.run(ask).content[0].text
