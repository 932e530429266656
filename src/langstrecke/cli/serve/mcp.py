"""The verb `mcp`: an assistant's tools over the same services."""

from __future__ import annotations

from typing import Annotated

import typer

from langstrecke.cli.asking import settings_of
from langstrecke.cli.options import Store, Threads
from langstrecke.cli.terminal import said
from langstrecke.errors import LangstreckeError

LOOPBACK = "127.0.0.1"
"""Assistants on this machine only: the protocol's own sign-in is for servers on the net."""


def mcp_verb(
    http: Annotated[
        bool, typer.Option("--http", help="Over HTTP on this machine instead of stdin and stdout")
    ] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="With --http")] = 8765,
    store: Store = None,
    threads: Threads = None,
) -> None:
    """Answer an assistant's questions (Model Context Protocol): odds, what-ifs, plans, rules, careers; read only."""
    try:
        from langstrecke.mcp.server import make_server
    except ModuleNotFoundError as error:
        what = f"the assistants' server needs {error.name}, which is not installed"
        raise LangstreckeError(what, hint='pip install "langstrecke[mcp]"') from None
    server = make_server(settings_of(store, threads=threads))
    if not http:
        server.run("stdio")
        return
    said(f"tools for assistants: http://{LOOPBACK}:{port}/mcp  (Ctrl-C ends it)")
    try:
        server.run("streamable-http", host=LOOPBACK, port=port)
    except SystemExit:  # uvicorn has said why on its own log, which is silent here
        raise LangstreckeError(f"port {port} cannot be listened on", key="--port", hint="another one") from None
