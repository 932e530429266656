"""Options many verbs have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Store = Annotated[
    Path | None,
    typer.Option("--store", metavar="FILE", help="The store's file", show_default="store.duckdb in the data folder"),
]
Json = Annotated[bool, typer.Option("--json", help="JSON instead of tables")]
JsonTo = Annotated[
    str | None,
    typer.Option("--json", metavar="FILE|-", help="JSON instead of tables, or into a file"),
]
Lang = Annotated[Literal["en", "de"], typer.Option("--lang", help="Language of the answer: en or de")]
Threads = Annotated[int | None, typer.Option(min=1, help="All cores without it")]
Report = Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write a one-file HTML report")]
Figure = Annotated[Path | None, typer.Option(metavar="FILE", help="Draw it into this file (.svg, .png, .pdf)")]
