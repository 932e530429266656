"""The one-file HTML page of a season or a scenario: headings, sentences, tables and figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from langstrecke.forecast.season.result import Contender, SeasonForecast
from langstrecke.formatting import percent, plural, surname
from langstrecke.plots import to_svg
from langstrecke.plots.season import final_points
from langstrecke.report.files import write_whole
from langstrecke.report.html import Html, join, table, tag, text
from langstrecke.report.looks import style_sheet

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(title: str, eyebrow: str, sum_line: str, parts: Sequence[Html], footer: str) -> str:
    """A whole page in the house style that loads nothing."""
    head = join(
        [
            Html('<meta charset="utf-8">'),
            Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            Html(f'<meta http-equiv="Content-Security-Policy" content="{text(_POLICY)}">'),
            tag("title", title),
            tag("style", Html(style_sheet())),
        ],
        Html("\n"),
    )
    top = tag("header", tag("p", eyebrow, cls="eyebrow"), tag("h1", title), tag("p", sum_line))
    body = tag("body", tag("main", top, *parts, tag("footer", tag("p", footer))))
    return f'<!DOCTYPE html>\n<html lang="en">\n<head>\n{head}\n</head>\n{body}\n</html>\n'


def figure_part(figure: Figure, name: str, title: str) -> Html:
    """A figure on the page."""
    return tag("figure", Html(to_svg(figure, name, title)))


def sentences(lines: Sequence[str], heading: str = "") -> Html:
    """Paragraphs under a heading."""
    return join([tag("h2", heading) if heading else None, *(tag("p", line) for line in lines)])


def title_table(found: SeasonForecast, title: str, car_class: str, most: int = 12) -> Html:
    """The odds of one title; of a season that is over the points alone."""
    n = found.simulated
    rows = []
    for c in found.titles[(title, car_class)][:most]:
        cells = [tag("td", tag("strong", c.name)), tag("td", f"{c.points:g}", cls="n")]
        if found.simulated:
            figures = (
                percent(c.title, n, unit=False),
                percent(c.top3, n, unit=False),
                f"{c.expected:.0f}",
                f"{c.low:.0f}–{c.high:.0f}",
            )
            cells += [tag("td", tag("strong", figures[0]), cls="n"), *(tag("td", f, cls="n") for f in figures[1:])]
        rows.append(cells)
    words = ("Points now", "Title %", "Top 3 %", "Expected", "80 %") if found.simulated else ("Points",)
    return table([tag("th", "Name"), *(tag("th", h, cls="n") for h in words)], rows)


def season_parts(
    found: SeasonForecast, keys: Sequence[tuple[str, str]], figures: Sequence[tuple[str, Figure]] = ()
) -> list[Html]:
    """Sections of a season's page: the title race first, then every title of `keys` with its table."""
    parts = [figure_part(figure, f"race-{n}", name) for n, (name, figure) in enumerate(figures)]
    for n, (title, car_class) in enumerate(keys):
        parts.append(tag("h2", f"{title.capitalize()}, {car_class}"))
        if title == "drivers" and found.simulated:
            rows = rows_of(found, title, car_class)
            legend = "Grey mark: points now. Bar: 80 % of seasons. Dot: mean. Right: chance of the title."
            drawn = final_points(f"{car_class}: points at the end of the season", rows, legend)
            parts.append(figure_part(drawn, f"points-{n}", f"Points in {car_class}"))
        parts.append(title_table(found, title, car_class))
    parts.append(sentences(found.told([c for _, c in keys]), "What this rests on"))
    return parts


def rows_of(
    found: SeasonForecast, title: str, car_class: str, most: int = 8
) -> list[tuple[str, str, float, float, float, float, float]]:
    """Rows of `plots.season.final_points`: crews with equal figures share a row."""
    merged: dict[tuple[float, float, float], list[str]] = {}
    lines = found.titles[(title, car_class)]
    for c in lines:
        merged.setdefault((c.points, c.expected, c.title), []).append(c.name)
    seen: dict[tuple[float, float, float], Contender] = {}
    for c in lines:
        seen.setdefault((c.points, c.expected, c.title), c)
    rows = []
    for key, names in list(merged.items())[:most]:
        c = seen[key]
        label = ", ".join(surname(n) for n in names[:3]) if len(names) > 1 else names[0]
        rows.append(("", label, c.points, c.low, c.expected, c.high, c.title))
    return rows


def write_season(
    found: SeasonForecast,
    path: Path,
    keys: Sequence[tuple[str, str]],
    figures: Sequence[tuple[str, Figure]] = (),
    what_if: str = "",
) -> None:
    """The page of a season: the titles of `keys`."""
    rounds = found.rounds
    name = f"{rounds[0].book.series_name} {rounds[0].season}"
    told = f"After round {found.after} of {rounds[-1].number}"
    told += (
        f"; the rest played {plural(found.simulated, 'time')}, seed {found.seed}."
        if found.simulated
        else ": the table."
    )
    told += f" What if: {what_if}." if what_if else ""
    again = f"langstrecke season {found.season} --after {found.after}"
    again += f" --seasons {found.simulated} --seed {found.seed}" if found.simulated else ""
    write_whole(path, page(name, "Season forecast", told, season_parts(found, keys, figures), again))
