"""The verbs `ledger`, `ledger export`, `ledger score` and `ledger verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from langstrecke.cli.asking import asks, held, settings_of
from langstrecke.cli.options import Json, Store
from langstrecke.cli.progress import progress
from langstrecke.cli.terminal import console, grid, print_json, said, screen, warned
from langstrecke.formatting import plural
from langstrecke.services.requests.odds import LedgerExportAsk, LedgerVerifyAsk

if TYPE_CHECKING:
    from langstrecke.services.answers.odds import VerifyAnswer

SHORT = 12
"""Letters of a hash that tables show; as many are enough to check one by."""


def ledger_verb(context: typer.Context, store: Store = None, as_json: Json = False) -> None:
    """List the forecasts on record: when each was made, of what, and who was likeliest to win."""
    from langstrecke.services.ledger import records

    if context.invoked_subcommand is not None:
        return
    found = records(settings_of(held(store)))
    if as_json:
        print_json(found)
        return
    if not found:
        said("the ledger is empty: langstrecke forecast RACE --record writes into it")
        return
    table = grid("no.", "recorded (UTC)", "race", "made", "recorded", "likeliest to win", "hash")
    for one in found:
        best = ", ".join(f"{name} {told}" for name, told in one.favourites.items())
        table.add_row(
            str(one.number), one.recorded_at[:16].replace("T", " "), one.race, _moment(one.cutoff), one.when, best,
            one.hash[:SHORT],
        )  # fmt: skip
    screen().print(table)


def _moment(cutoff: float) -> str:
    return f"after {100 * cutoff:.0f} %" if cutoff else "before the start"


@asks(LedgerExportAsk, "to")
def export_verb(ask: LedgerExportAsk, store: Store = None, as_json: Json = False) -> None:
    """Write the ledger to a file: .jsonl is the chain itself, for a sceptic; .parquet a table of all odds."""
    from langstrecke.services.ledger import export_records

    found = export_records(settings_of(held(store)), ask)
    if as_json:
        print_json(found)
    else:
        _tell(found)
        said(f"ledger: {ask.to}")


@asks(LedgerVerifyAsk, "file")
def verify_verb(ask: LedgerVerifyAsk, store: Store = None, as_json: Json = False) -> None:
    """Say whether a ledger is as it was written, the store's or an exported one; exit code 1 if it is not."""
    from langstrecke.services.ledger import verify_records

    found = verify_records(settings_of(held(store)), ask)
    if as_json:
        print_json(found)
    else:
        _tell(found)
    if not found.ok:
        raise typer.Exit(1)


def _tell(found: VerifyAnswer) -> None:
    count = plural(found.entries, "entry", "entries")
    if found.ok and not found.entries:
        console.print("no entry, so nothing to verify", highlight=False)
    elif found.ok:
        newest = f", newest hash {found.head}" if found.head else ""
        console.print(f"{count}, the chain holds{newest}", highlight=False, soft_wrap=True)
    else:
        console.print(f"{count}, the chain is broken:", style="red", highlight=False)
        for fault in found.faults:
            console.print(f"  {fault}", highlight=False, markup=False, soft_wrap=True)


def score_verb(store: Store = None, as_json: Json = False) -> None:
    """Score the forecasts on record whose races have a result in the store by now."""
    from langstrecke.services.ledger import score_records

    with progress("scoring") as step:
        found = score_records(settings_of(held(store)), step=step)
    if as_json:
        print_json(found)
        return
    out = screen()
    if found.scores:
        means = grid("recorded", "made", right=("classes", "races", "log loss", "uniform", "RPS", "uniform"))
        for m in found.means:
            figures = (f"{m.log_loss:.3f}", f"{m.uniform_log_loss:.3f}", f"{m.rps:.4f}", f"{m.uniform_rps:.4f}")
            means.add_row(m.when, _moment(m.cutoff), str(m.classes), str(m.races), *figures)
        out.print(means)
        right = ("log loss", "played", "best baseline", "RPS", "played", "best baseline")
        each = grid("no.", "race", "class", "made", "recorded", right=right)
        for s in found.scores:
            best = {m: min(b[m] for b in s.baselines.values()) for m in ("log_loss", "rps")}
            each.add_row(
                str(s.number), s.race, s.car_class, _moment(s.cutoff), s.when + ("" if s.counts else ", again"),
                f"{s.log_loss:.3f}", f"{s.played_log_loss:.3f}", f"{best['log_loss']:.3f}",
                f"{s.rps:.4f}", f"{s.played_rps:.4f}", f"{best['rps']:.4f}",
            )  # fmt: skip
        out.print(each)
    if found.waiting:
        said(f"no result in the store yet: {plural(len(found.waiting), 'entry', 'entries')}")
    elif not found.scores:
        said("the ledger is empty: langstrecke forecast RACE --record writes into it")
    if any(not s.counts for s in found.scores):
        said("again: not the first forecast of its race and moment, so it does not count in the means")
    warned(found.faults)
