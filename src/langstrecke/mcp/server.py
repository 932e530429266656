"""The server: each row of `tools.TOOLS` becomes a tool, cards and rule books become resources."""

from __future__ import annotations

import inspect
import json
import time
from collections.abc import Callable
from typing import Annotated, Any

import anyio
from anyio import from_thread, to_thread
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp.types import ToolAnnotations
from pydantic import Field, ValidationError

from langstrecke import __version__, services
from langstrecke.errors import LangstreckeError
from langstrecke.mcp.tools import TOOLS, Tool
from langstrecke.services.answers.common import plain
from langstrecke.services.known import known
from langstrecke.services.requests.common import Ask
from langstrecke.services.requests.paddock import RulesAsk
from langstrecke.services.settings import Settings

TOLD_EVERY_S = 0.5
"""Shortest time between two notices of progress (default)."""

INSTRUCTIONS = """Langstrecke answers questions on endurance racing with simulated races, rule books and results.
Chances come with their Monte-Carlo interval (95 %), changes with the interval of the difference on the same luck.
Every answer ends with what is not known and its source: pass both on. Names of races: the tool `races`. Car numbers
are text ("01" is not "1"). Odds, what-ifs and title odds take up to a minute and tell their progress; the first
one after an installation compiles the simulation, half a minute more. Nothing is ever written."""


def make_server(settings: Settings) -> MCPServer[Any]:
    """The server with all tools and resources; nothing is loaded or played before it is asked for."""
    server: MCPServer[Any] = MCPServer(
        "langstrecke", title="Langstrecke", instructions=INSTRUCTIONS, version=__version__, log_level="ERROR"
    )
    one_at_a_time = anyio.CapacityLimiter(1)  # each simulation takes all cores
    for tool in TOOLS:
        server.add_tool(
            _asked(tool, settings, one_at_a_time),
            name=tool.name,
            description=tool.about,
            annotations=ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False),
            structured_output=False,
        )
    _add_resources(server, settings)
    return server


def _asked(tool: Tool, settings: Settings, limiter: anyio.CapacityLimiter) -> Callable[..., Any]:
    """The tool as a function whose arguments are the request's fields."""

    async def run(ctx: Context[Any, Any], **given: Any) -> str:
        def work() -> str:
            ask = tool.ask.model_validate(given)
            if not tool.long:
                return tool.words(settings, ask, tool.answer(settings, ask))
            known(settings, ask)
            return tool.words(settings, ask, tool.answer(settings, ask, step=_step(ctx)))

        try:
            return await to_thread.run_sync(work, limiter=limiter if tool.long else None)
        except LangstreckeError as error:
            raise ToolError(error.message()) from None
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise ToolError(f"{place}: {first['msg']}".removeprefix(": ")) from None

    parameters = [_parameter(tool, name) for name in tool.fields]
    context = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=Context)
    signature = inspect.Signature([context, *parameters], return_annotation=str)
    run.__signature__ = signature  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in signature.parameters.values()} | {"return": str}
    return run


def _parameter(tool: Tool, name: str) -> inspect.Parameter:
    field = tool.ask.model_fields[name]
    default = inspect.Parameter.empty if field.is_required() else field.get_default(call_default_factory=True)
    default = tool.defaults.get(name, default)
    kind: Any = Annotated[field.rebuild_annotation(), Field(description=field.description)]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)


def _step(ctx: Context[Any, Any]) -> Callable[..., None]:
    """How far a long tool is, told to the client now and then; ends the work once the client has given up."""
    last = 0.0

    def step(done: float, total: float, text: str = "") -> None:
        nonlocal last
        from_thread.check_cancelled()
        if (now := time.monotonic()) - last >= TOLD_EVERY_S:
            last = now
            from_thread.run(ctx.report_progress, done, total, text)

    return step


def _add_resources(server: MCPServer[Any], settings: Settings) -> None:
    @server.resource("langstrecke://cards", title="Shipped race cards", mime_type="application/json")
    def cards() -> str:
        """The shipped race cards, a line of facts each."""
        return json.dumps(plain(services.cards(settings)), ensure_ascii=False)

    @server.resource("langstrecke://cards/{card}", title="A race card", mime_type="application/toml")
    def card(card: str) -> str:
        """A race card as its TOML file: rule book, circuit, entries and fitted figures with their uncertainty."""
        from langstrecke.racecard.shipped import card_text

        return str(_found(lambda: card_text(card)))

    @server.resource("langstrecke://rules", title="Rule books", mime_type="application/json")
    def books() -> str:
        """The rule books, a line each."""
        return json.dumps(plain(services.rulebooks(settings)), ensure_ascii=False)

    @server.resource("langstrecke://rules/{book}", title="A rule book", mime_type="application/json")
    def book(book: str) -> str:
        """A rule book: its data, and every figure with source and confidence."""
        found = _found(lambda: services.rules(settings, _request(RulesAsk, {"book": book})))
        return json.dumps(plain(found), ensure_ascii=False)


def _request(model: type[Ask], values: dict[str, Any]) -> Any:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise LangstreckeError(str(error.errors(include_url=False)[0]["msg"])) from None


def _found(look: Callable[[], Any]) -> Any:
    try:
        return look()
    except LangstreckeError as error:
        raise ResourceNotFoundError(error.message()) from None
