"""Verbs `scenario list` and `scenario run`: questions as files, answered in sentences with numbers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from langstrecke.cli.figures import check_figure, save_figure
from langstrecke.cli.terminal import console, progress_console
from langstrecke.forecast.scenario import Answer, list_scenarios, load_scenario, run_scenario
from langstrecke.forecast.scenario.question import sentence
from langstrecke.report.files import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def list_verb() -> None:
    """The scenarios that come with the package."""
    table = Table("name", "question", box=None)
    for name in list_scenarios():
        table.add_row(name, escape(load_scenario(name).question))
    console.print(table)


def run_verb(
    name: Annotated[str, typer.Argument(help="A name (scenario list) or a path", show_default=False)],
    races: Annotated[int, typer.Option(min=1, max=10_000_000, help="Races or seasons to play")] = 5_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed, the same races")] = 1,
    threads: Annotated[int | None, typer.Option(min=1, help="All cores without it")] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write a one-file HTML report")] = None,
    figure: Annotated[Path | None, typer.Option(help="Draw the main figure (svg, png, pdf)")] = None,
    json_to: Annotated[str | None, typer.Option("--json", metavar="FILE|-", help="Write JSON; - prints it")] = None,
) -> None:
    """Play a scenario and print its answer."""
    check_figure(figure)
    answer = run_scenario(load_scenario(name), races=races, seed=seed, threads=threads)
    text = json.dumps(answer.to_json(), ensure_ascii=False, indent=1) + "\n"
    if json_to == "-":
        sys.stdout.write(text)
    elif json_to is not None:
        write_whole(json_to, text)
    if json_to != "-":
        _print(answer)
    drawn = figures_of(answer) if report is not None or figure is not None else []
    if figure is not None:
        save_figure(drawn[0][1], figure)
    if report is not None:
        _write(answer, report, drawn)
        progress_console.print(f"report: {report}", highlight=False, markup=False, soft_wrap=True)


def _print(answer: Answer) -> None:
    s = answer.scenario
    console.print(f"[bold]{escape(s.title)}[/]")
    console.print(s.question, style="italic", highlight=False)
    console.print()
    for line in answer.sentences:
        console.print(line, highlight=False, markup=False)
    console.print()
    for word, lines in (("Known", s.known), ("Estimated", s.estimated), ("Unknown", s.unknown)):
        console.print(f"{word}: {'; '.join(lines) or 'nothing'}.", style="dim", highlight=False, markup=False)


def figures_of(answer: Answer) -> list[tuple[str, Figure]]:
    """The figures of an answer, the main one first."""
    from langstrecke.plots.season import days_of_a_year, final_points, variants_bars

    data = answer.figures
    out: list[tuple[str, Figure]] = []
    if data["kind"] == "race":
        rows = [(sentence(v["name"]), v["win"], v["podium"], v.get("ahead")) for v in data["variants"]]
        rival = f"; grey mark: ahead of #{data['against']}" if data["against"] else ""
        legend = f"Solid: victory in {data['class']}. Pale: podium{rival}. {answer.races:,} races each."
        words = ("win", "podium", "duel")
        out.append(("variants", variants_bars(answer.scenario.title, rows, legend, words)))
        cars = sorted(data["variants"][0]["cars"].items(), key=lambda item: -item[1])[:12]
        teams = data["variants"][0]["teams"]
        table = [(f"#{car} {teams[car]}", win, 0.0, None) for car, win in cars]
        told = f"Chance of victory. {sentence(data['variants'][0]['name'])}."
        out.append(("class", variants_bars(f"Who wins {data['class']}", table, told)))
    elif data["kind"] == "season":
        rows = [(sentence(v["name"]), v["title"], v["top3"], v["any_win"]) for v in data["variants"]]
        legend = "Solid: title. Pale: among the first three. Grey mark: at least one victory."
        words = ("title", "top 3", "a win")
        out.append(("variants", variants_bars(answer.scenario.title, rows, legend, words)))
        rounds = [(r["name"], r["win"], 0.0, None) for r in data["variants"][0]["rounds"]]
        out.append(
            (
                "rounds",
                variants_bars(
                    f"#{data['watch']}: victories round by round", rounds, f"{sentence(data['variants'][0]['name'])}."
                ),
            )
        )
        table_rows = data["variants"][0]["table"]
        best = [("", *row) for n, row in enumerate(table_rows) if n < 10 or row[0] == data["driver"]]
        legend = "Bar: 80 % of seasons. Dot: mean. Grey mark: points now. Right: chance of the title."
        out.append(("points", final_points("Points at the end of the season", best, legend)))
    else:
        for year in dict.fromkeys(m["year"] for m in data["meetings"]):
            mine = [m for m in data["meetings"] if m["year"] == year]
            out.append((f"year-{year}", days_of_a_year(f"{data['driver']} in {year}", year, mine)))
    return out


def _write(answer: Answer, path: Path, drawn: list[tuple[str, Figure]]) -> None:
    from langstrecke.report.season import figure_part, page, sentences

    s = answer.scenario
    parts = [sentences(answer.sentences, "The answer")]
    parts += [figure_part(figure, name, s.title) for name, figure in drawn]
    for word, lines in (("Known", s.known), ("Estimated", s.estimated), ("Unknown", s.unknown)):
        parts.append(sentences([line[:1].upper() + line[1:] + "." for line in lines or ("nothing",)], word))
    again = f"langstrecke scenario run {s.name} --races {answer.races} --seed {answer.seed}"
    write_whole(path, page(s.title, "Scenario", s.question, parts, again))
