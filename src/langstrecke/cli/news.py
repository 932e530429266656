"""The verbs `news read`, `news show`, `news timeline`, `news check`, `news patch`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from langstrecke.cli.terminal import console, progress_console
from langstrecke.report.files import write_whole
from langstrecke.store import open_store

if TYPE_CHECKING:
    from langstrecke.news.claims.ledger import Line
    from langstrecke.news.model import Claim, NewsError
    from langstrecke.news.reader import Reading

Json = Annotated[bool, typer.Option("--json", help="JSON instead of tables")]
Sources = Annotated[
    list[str],
    typer.Argument(metavar="FILE...", help="Texts, saved pages, RSS files, folders; - reads standard input"),
]
Date = Annotated[str, typer.Option("--date", metavar="YYYY[-MM[-DD]]", help="Date of texts that do not tell theirs")]
StoreFile = Annotated[
    Path | None, typer.Option("--store", help="The store's file.", show_default="in the data folder")
]
_COLOURS = {"confirmed": "green", "announced": "green", "denied": "red", "not_confirmed": "red", "wished": "dim"}
_VERDICTS = {"supported": "green", "contradicted": "red", "not_checkable": "dim"}


def read_verb(
    sources: Sources,
    date: Date = "",
    store: StoreFile = None,
    dry: Annotated[bool, typer.Option("--dry-run", help="Do not write to the store")] = False,
    as_json: Json = False,
) -> None:
    """Read articles into claims and keep them in the store."""
    readings, problems = _readings(sources, date)
    if not dry and readings:
        from langstrecke.news.claims.ledger import keep, settled

        with open_store(store) as opened:
            readings = settled(opened, readings)
            keep(opened, readings)
    if as_json:
        _print_json(
            {
                "articles": [r.to_json() for r in readings],
                "problems": [{"file": p.file, "what": p.what, "hint": p.hint} for p in problems],
            }
        )
    else:
        for reading in readings:
            _print_reading(reading)
    _end(readings, problems)


def show_verb(
    driver: Annotated[str, typer.Option("--driver", help="A driver, team or series; without it everything")] = "",
    store: StoreFile = None,
    as_json: Json = False,
) -> None:
    """Show the claims that stand, with contradictions side by side."""
    from langstrecke.news.claims.ledger import side_by_side

    found = side_by_side([line for line in _lines(driver, store) if line.status != "superseded"])
    if as_json:
        _print_json([line.to_json() for line in found])
        return
    _print_lines(found)


def timeline_verb(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A driver, team or series")],
    store: StoreFile = None,
    as_json: Json = False,
) -> None:
    """Everything ever told of somebody, oldest first, with what became of it."""
    found = _lines(name, store)
    if as_json:
        _print_json([line.to_json() for line in found])
        return
    _print_lines(found)


def check_verb(sources: Sources, date: Date = "", as_json: Json = False) -> None:
    """Check every claim of articles against the registry of races and results."""
    readings, problems = _readings(sources, date)
    from langstrecke.news.claims.fact_check import check_claims

    findings = [f for r in readings for f in check_claims(r.claims)]
    if as_json:
        _print_json([f.to_json() for f in findings])
    else:
        for finding in findings:
            colour = _VERDICTS[finding.verdict]
            console.print(Text.assemble((f"{finding.verdict:14}", colour), finding.claim.words()), soft_wrap=True)
            if finding.note:
                console.print(Text(f"{'':14}{finding.note}", style="dim"), soft_wrap=True)
        for r in readings:
            if r.note:
                console.print(Text(f"{r.article.source}: {r.note}", style="yellow"), soft_wrap=True)
    _end(readings, problems)


def patch_verb(
    sources: Sources,
    card: Annotated[str, typer.Option("--card", help="A shipped card's name, or a path")],
    date: Date = "",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write here; without it the what-if is printed")
    ] = None,
    weights: Annotated[
        Path | None, typer.Option("--weights", metavar="FILE.toml", help="Your own probabilities (docs/news.md)")
    ] = None,
    sure: Annotated[
        bool, typer.Option("--sure", help="Every change as if certain: for verbs that play one line-up")
    ] = False,
    as_json: Json = False,
) -> None:
    """The what-if that articles imply for a race: langstrecke forecast CARD --what-if FILE plays it."""
    from langstrecke.news.claims.what_if import Car, Race, what_if
    from langstrecke.news.lexicon.weights import read_weights
    from langstrecke.racecard import load_card

    found = load_card(card)
    chances = read_weights(weights)
    readings, problems = _readings(sources, date)
    race = Race(
        card=card,
        series=found.race.series,
        season=found.race.season,
        circuit=found.circuit.id,
        cars=tuple(
            Car(e.car, e.car_class, e.team, e.vehicle, e.make or "", tuple(d.name for d in e.drivers))
            for e in found.entries
        ),
    )
    result = what_if([c for r in readings for c in r.claims], race, chances)
    if as_json:
        _print_json(result.to_json())
    elif out is not None:
        write_whole(out, result.as_toml(sure=sure))
        changed = sum(c.new for c in result.changes)
        progress_console.print(f"{changed} car{'s' * (changed != 1)} changed -> {out}", highlight=False, markup=False)
    else:
        sys.stdout.write(result.as_toml(sure=sure))
    _end(readings, problems)


# --- helpers --------------------------------------------------------------------------------------------------------


def _readings(sources: list[str], date: str) -> tuple[list[Reading], list[NewsError]]:
    from langstrecke.news.reader import read_article
    from langstrecke.news.sources.files import read_articles

    problems: list[NewsError] = []
    readings = [read_article(article) for article in read_articles(sources, date=date, problems=problems)]
    return readings, problems


def _end(readings: list[Reading], problems: list[NewsError]) -> None:
    """Say what could not be read; nothing read at all is an error."""
    if problems and not readings and len(problems) == 1:
        raise problems[0]
    for problem in problems:
        progress_console.print(Text.assemble(("not read: ", "bold red"), problem.message()), soft_wrap=True)
    if problems:
        raise typer.Exit(2 if not readings else 1)


def _lines(name: str, store: Path | None) -> list[Line]:
    from langstrecke.news.claims.ledger import lines_about

    with open_store(store, read_only=True) as opened:
        return lines_about(opened, name)


def _print_reading(reading: Reading) -> None:
    article = reading.article
    when = article.date or "date unknown"
    console.print(
        Text.assemble((article.source or article.id, "bold"), f"  {when} ({article.date_from})"), soft_wrap=True
    )
    for note in (reading.note, article.note):
        if note:
            console.print(Text(f"  {note}", style="yellow"), soft_wrap=True)
    for claim in reading.claims:
        console.print(_claim_text(claim), soft_wrap=True)
    console.print(Text(f"  {len(reading.claims)} claims", style="dim"))


def _claim_text(claim: Claim) -> Text:
    marks = f"  ({', '.join(claim.marks())})" if claim.marks() else ""
    sure = (f"{claim.certainty:14}", _COLOURS.get(claim.certainty, "yellow"))
    return Text.assemble("  ", sure, claim.told(), (marks, "dim"))


def _print_lines(found: list[Line]) -> None:
    if not found:
        console.print("the ledger is empty; langstrecke news read FILES fills it")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("date", "sure", "claim", "standing", "article"):
        table.add_column(column, overflow="fold")
    articles = {line.claim.id: line.claim.article for line in found}
    for line in found:
        c = line.claim
        others = list(dict.fromkeys(articles.get(id, id) for id in line.by))
        by = f" by {', '.join(others[:2])}" if others else ""
        colour = _COLOURS.get(c.certainty, "yellow")
        table.add_row(
            c.date or "?", Text(c.certainty, style=colour), Text(c.told()), Text(line.status + by), Text(c.article)
        )
    console.print(table)


def _print_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
