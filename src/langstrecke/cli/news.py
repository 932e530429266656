"""The verbs `news read`, `news show`, `news timeline`, `news check`, `news patch`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from langstrecke.cli.asking import asks, held, settings_of
from langstrecke.cli.options import Json, Lang, Store
from langstrecke.cli.progress import progress
from langstrecke.cli.terminal import console, print_json, progress_console, said
from langstrecke.formatting import plural
from langstrecke.language import NOT_TRANSLATED, german, speaking, tr
from langstrecke.services.requests.news import LedgerAsk, NewsAsk, NewsPatchAsk

if TYPE_CHECKING:
    from langstrecke.news.claims.fact_check import Finding
    from langstrecke.news.claims.ledger import Line
    from langstrecke.news.model import Claim, NewsError
    from langstrecke.news.reader import Reading

_COLOURS = {"confirmed": "green", "announced": "green", "denied": "red", "not_confirmed": "red", "wished": "dim"}
_VERDICTS = {"supported": "green", "contradicted": "red", "not_borne_out": "yellow", "not_checkable": "dim"}


@asks(NewsAsk, "sources", leave=("keep",))
def read_verb(
    ask: NewsAsk,
    store: Store = None,
    dry: Annotated[bool, typer.Option("--dry-run", help="Do not write to the store")] = False,
    as_json: Json = False,
    lang: Lang = "en",
) -> None:
    """Read articles into claims and keep them in the store."""
    from langstrecke.services.news import news_answer, news_read_result

    with progress("reading") as step:
        found = news_read_result(settings_of(store), ask.model_copy(update={"keep": not dry}), step=step)
    if as_json:
        print_json(news_answer(found))
    else:
        with speaking(lang):
            for reading in found.readings:
                _print_reading(reading)
    _end(found.readings, found.problems)


@asks(LedgerAsk)
def show_verb(ask: LedgerAsk, store: Store = None, as_json: Json = False) -> None:
    """Show the claims that stand, with contradictions side by side."""
    _ledger(ask, store, as_json, all_told=False)


@asks(LedgerAsk, "name")
def timeline_verb(ask: LedgerAsk, store: Store = None, as_json: Json = False) -> None:
    """Everything ever told of somebody, oldest first, with what became of it."""
    _ledger(ask, store, as_json, all_told=True)


def _ledger(ask: LedgerAsk, store: Path | None, as_json: bool, *, all_told: bool) -> None:
    from langstrecke.services.news import ledger_lines, ledger_result

    found = ledger_result(settings_of(held(store)), ask, all_told=all_told)
    if as_json:
        print_json(ledger_lines(found))
    else:
        _print_lines(found)


@asks(NewsAsk, "sources", leave=("keep", "reader", "model"))
def check_verb(ask: NewsAsk, as_json: Json = False, lang: Lang = "en") -> None:
    """Check every claim of articles against the registry of races and results."""
    from langstrecke.services.news import check_answer, news_check_result

    with progress("reading") as step:
        found, findings = news_check_result(settings_of(), ask, step=step)
    if as_json:
        print_json(check_answer(found, findings))
    else:
        with speaking(lang):
            _print_findings(findings)
        for r in found.readings:
            if r.note:
                console.print(Text(f"{r.article.source}: {r.note}", style="yellow"), soft_wrap=True)
    _end(found.readings, found.problems)


def _print_findings(findings: list[Finding]) -> None:
    """Verdict and claim; in German the article's own sentence, as the claim is told in English only."""
    for finding in findings:
        claim = finding.claim
        told = f"„{claim.sentence}“" if german() else claim.words()
        word = f"{tr(finding.verdict).replace('_', ' '):{20 if german() else 14}}"
        console.print(Text.assemble((word, _VERDICTS[finding.verdict]), told), soft_wrap=True)
        if finding.note:
            console.print(Text(f"{'':{len(word)}}{finding.note}", style="dim"), soft_wrap=True)
    if german():
        console.print(Text(NOT_TRANSLATED, style="dim"), soft_wrap=True)


@asks(NewsPatchAsk, "sources", leave=("keep", "reader", "model"))
def patch_verb(
    ask: NewsPatchAsk,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write here; without it the what-if is printed")
    ] = None,
    as_json: Json = False,
) -> None:
    """The what-if that articles imply for a race: langstrecke forecast CARD --what-if FILE plays it."""
    from langstrecke.report.files import write_whole
    from langstrecke.services.news import news_patch_result, patch_answer

    with progress("reading") as step:
        found, result = news_patch_result(settings_of(), ask, step=step)
    if as_json:
        print_json(patch_answer(found, result, sure=ask.sure))
    elif out is not None:
        write_whole(out, result.as_toml(sure=ask.sure))
        said(f"{plural(sum(c.new for c in result.changes), 'car')} changed -> {out}")
    else:
        sys.stdout.write(result.as_toml(sure=ask.sure))
    _end(found.readings, found.problems)


def _end(readings: list[Reading], problems: list[NewsError]) -> None:
    """Say what could not be read; nothing read at all is an error."""
    if problems and not readings and len(problems) == 1:
        raise problems[0]
    for problem in problems:
        progress_console.print(Text.assemble(("not read: ", "bold red"), problem.message()), soft_wrap=True)
    if problems:
        raise typer.Exit(2 if not readings else 1)


def _print_reading(reading: Reading) -> None:
    article = reading.article
    when = article.date or tr("date unknown")
    console.print(
        Text.assemble((article.source or article.id, "bold"), f"  {when} ({article.date_from})"), soft_wrap=True
    )
    for note in (reading.note, article.note):
        if note:
            console.print(Text(f"  {note}", style="yellow"), soft_wrap=True)
    for claim in reading.claims:
        console.print(_claim_text(claim), soft_wrap=True)
    console.print(Text(f"  {plural(len(reading.claims), 'claim')}", style="dim"))
    for claim in reading.withheld:
        console.print(Text(f"  withheld: {claim.words()}: {claim.doubt}", style="dim"), soft_wrap=True)
    if reading.model is not None:
        _print_model(reading.model.to_json(reading.claims))


def _print_model(told: dict[str, Any]) -> None:
    """Where the language model and the rules differ."""
    console.print(Text(f"  {told['reader']}: {plural(len(told['both']), 'claim')} as the rules", style="dim"))
    for claim in told["only_model"]:
        words = f"{claim['subject_name']} {claim['relation'].replace('_', ' ')} {claim['object_name']}"
        console.print(Text(f"  only the model: {words} [{claim['certainty']}]"), soft_wrap=True)
    for line in told["only_rules"]:
        console.print(Text(f"  only the rules: {line}"), soft_wrap=True)
    for line in told["rejected"]:
        console.print(Text(f"  not taken: {line}", style="dim"), soft_wrap=True)


def _claim_text(claim: Claim) -> Text:
    marks = f"  ({', '.join(claim.marks())})" if claim.marks() else ""
    sure = (f"{tr(claim.certainty):17}", _COLOURS.get(claim.certainty, "yellow"))
    told = f"„{claim.sentence}“" if german() else claim.told()
    return Text.assemble("  ", sure, told, ("" if german() else marks, "dim"))


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
