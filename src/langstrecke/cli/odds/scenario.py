"""Verbs `scenario list` and `scenario run`: questions as files, answered in sentences with numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from langstrecke.cli.asking import asks, settings_of
from langstrecke.cli.figures import check_figure, save_figure
from langstrecke.cli.options import Figure, Json, JsonTo, Report, Threads
from langstrecke.cli.progress import progress
from langstrecke.cli.terminal import console, print_json, said, write_json
from langstrecke.formatting import plural
from langstrecke.services.requests.odds import ScenarioAsk

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

    from langstrecke.forecast.scenario import Answer


def list_verb(as_json: Json = False) -> None:
    """The scenarios that come with the package."""
    from langstrecke.services.odds import scenarios

    found = scenarios(settings_of())
    if as_json:
        print_json(found)
        return
    table = Table("name", "question", box=None)
    for scenario in found:
        table.add_row(scenario.name, escape(scenario.question))
    console.print(table)


@asks(ScenarioAsk, "name")
def run_verb(
    ask: ScenarioAsk,
    threads: Threads = None,
    report: Report = None,
    figure: Figure = None,
    json_to: JsonTo = None,
) -> None:
    """Play a scenario and print its answer."""
    from langstrecke.services.answers.odds import ScenarioAnswer
    from langstrecke.services.odds import scenario_result

    check_figure(figure)
    with progress("races") as step:
        answer = scenario_result(settings_of(threads=threads), ask, step=step)
    if json_to is not None:
        write_json(ScenarioAnswer.of(answer), json_to)
    if json_to != "-":
        _print(answer)
    drawn = figures_of(answer) if report is not None or figure is not None else []
    if figure is not None:
        save_figure(drawn[0][1], figure)
    if report is not None:
        _write(answer, report, drawn)
        said(f"report: {report}")


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


def figures_of(answer: Answer) -> list[tuple[str, Drawing]]:
    """The figures of an answer, the main one first."""
    from langstrecke.forecast.scenario.question import sentence
    from langstrecke.plots.season import days_of_a_year, final_points, variants_bars

    data = answer.figures
    out: list[tuple[str, Drawing]] = []
    if data["kind"] == "race":
        rows = [(sentence(v["name"]), v["win"], v["podium"], v.get("ahead")) for v in data["variants"]]
        rival = f"; grey mark: ahead of #{data['against']}" if data["against"] else ""
        legend = f"Solid: victory in {data['class']}. Pale: podium{rival}. {plural(answer.races, 'race')} each."
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


def _write(answer: Answer, path: Path, drawn: list[tuple[str, Drawing]]) -> None:
    from langstrecke.report.files import write_whole
    from langstrecke.report.season import figure_part, page, sentences

    s = answer.scenario
    parts = [sentences(answer.sentences, "The answer")]
    parts += [figure_part(figure, name, s.title) for name, figure in drawn]
    for word, lines in (("Known", s.known), ("Estimated", s.estimated), ("Unknown", s.unknown)):
        parts.append(sentences([line[:1].upper() + line[1:] + "." for line in lines or ("nothing",)], word))
    again = f"langstrecke scenario run {s.name} --races {answer.races} --seed {answer.seed}"
    write_whole(path, page(s.title, "Scenario", s.question, parts, again))
