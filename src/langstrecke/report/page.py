"""The one-file HTML report of a forecast."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from langstrecke.forecast import ClassForecast, Forecast
from langstrecke.formatting import percent, plural
from langstrecke.language import NOT_TRANSLATED, decimals, german, tr
from langstrecke.plots import laps_and_retirement, overall_bars, position_heatmap, to_svg, win_bars, win_changes
from langstrecke.report.files import write_whole
from langstrecke.report.html import Child, Html, join, tag, text
from langstrecke.report.looks import style_sheet
from langstrecke.report.tables import change_table, class_table, line_ups
from langstrecke.report.words import EVIDENCE, KNOWLEDGE, METHOD, crew, distance, message, race_line

LAPS_DIFFER = (
    "±: the simulation's 95 %. Mean laps are over all simulated races, those in which the car retires included; so "
    "they lie below the actual laps of a car that came home."
)
LICENCES = "{drivers}: {known}. Beside each name the licence: P, G, S or B."
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""The page loads nothing and runs nothing, whatever a card's texts try."""


def report_html(forecast: Forecast, before: Forecast | None = None, again: str = "") -> str:
    """The whole page. `before` is the forecast without the what-if, `again` the command that makes it once more."""
    race = forecast.race
    head = join(
        [
            Html('<meta charset="utf-8">'),
            Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            Html(f'<meta http-equiv="Content-Security-Policy" content="{text(_POLICY)}">'),
            tag("title", tr("{race}: forecast", race=race.name)),
            tag("style", Html(style_sheet())),
        ],
        Html("\n"),
    )
    parts = [_header(forecast), _notes(forecast), _what_if(forecast, before), _headline(forecast)]
    parts += [_class_section(forecast, number, figures) for number, figures in enumerate(forecast.classes)]
    parts += [_line_up_section(forecast), _method_section(forecast), _footer(forecast, again)]
    body = tag("body", tag("main", *(join([part, Html("\n")]) for part in parts)))
    return f'<!DOCTYPE html>\n<html lang="{"de" if german() else "en"}">\n<head>\n{head}\n</head>\n{body}\n</html>\n'


def write_page(forecast: Forecast, path: str | Path, before: Forecast | None = None, again: str = "") -> None:
    """Write the page, all of it or nothing; folders are made as needed."""
    write_whole(path, report_html(forecast, before, again))


def _header(forecast: Forecast) -> Html:
    race = forecast.race
    in_classes = tr(" in {classes}", classes=plural(len(forecast.classes), "class", "classes"))
    facts: list[Html] = [
        _counted(plural(forecast.simulated, "simulated race")),
        _counted(plural(len(forecast.cars), "car") + in_classes),
    ]
    if forecast.neutralisations is not None and forecast.neutral_s is not None:
        facts.append(_fact(decimals(f"{forecast.neutralisations:.1f}"), tr("neutralisations expected")))
        facts.append(_fact(f"{forecast.neutral_s / 60:.0f} min", tr("under yellow")))
    links = [tag("a", f.name, href=f"#class-{n}") for n, f in enumerate(forecast.classes)]
    links += [tag("a", tr("Line-ups"), href="#line-ups"), tag("a", tr("Method"), href="#method")]
    return tag(
        "header",
        tag("p", tr("What-if forecast" if forecast.changes else "Race forecast"), cls="eyebrow"),
        tag("h1", race.name),
        tag("p", race_line(forecast)),
        tag("p", message(forecast), cls="message"),
        tag("ul", *facts, cls="facts"),
        tag("nav", *links),
    )


def _notes(forecast: Forecast) -> Html:
    """What the odds rest on that is not known for sure: before the odds, not after."""
    if not forecast.notes:
        return Html("")
    notes = tag("ul", *(tag("li", note) for note in forecast.notes))
    return tag("div", tag("strong", tr("Not known for sure")), notes, cls="change")


def _fact(figure: str, words: str) -> Html:
    return tag("li", tag("b", figure), " ", words)


def _counted(words: str) -> Html:
    return _fact(*words.split(" ", 1))


def _what_if(forecast: Forecast, before: Forecast | None) -> Html:
    if not forecast.changes:
        return Html("")
    changes = tag("ul", *(tag("li", change) for change in forecast.changes))
    compared = change_table(forecast, before) if before is not None else None
    note = tr("Both were played with the same luck, so a difference is the change's, up to the Monte-Carlo error.")
    return join(
        [
            tag("div", tag("strong", tr("Changed in the card")), changes, cls="change"),
            tag("h3", tr("What it does to the odds")) if compared else None,
            _change_figure(forecast, before) if before is not None else None,
            compared,
            tag("p", note, cls="muted") if compared else None,
        ]
    )


def _change_figure(forecast: Forecast, before: Forecast) -> Html:
    """The class that the change moves most."""
    old = {car.car: car.win for car in before.cars}
    moved = {
        figures.name: sum(abs(car.win - old.get(car.car, 0.0)) for car in forecast.in_class(figures.name))
        for figures in forecast.classes
    }
    most = max(moved, key=lambda name: moved[name])
    return _figure(
        forecast,
        "changes",
        win_changes(before, forecast, most),
        tr("Chances of winning {name} before and after", name=most),
    )


def _headline(forecast: Forecast) -> Html:
    tiles = [_tile(forecast, figures) for figures in forecast.classes]
    figure = _figure(forecast, "overall", overall_bars(forecast), tr("Chances of winning overall"), cls="bars")
    title = tag("h2", tr("The odds"), cls="flow")
    # With one class the overall winner is the class winner: one figure less.
    columns = next(n for n in (3, 4, 2) if len(tiles) % n != 1) if len(tiles) > 3 else len(tiles)  # none stands alone
    return join([title, tag("div", *tiles, cls=f"tiles of{columns}"), figure if len(forecast.classes) > 1 else None])


def _tile(forecast: Forecast, figures: ClassForecast) -> Html:
    ranked = forecast.in_class(figures.name)
    best = ranked[0]
    chase = ", ".join(f"#{car.car} {percent(car.win, forecast.simulated)}" for car in ranked[1:3])
    really: Child = None
    if figures.actual_winner is not None:
        winner = forecast.car(figures.actual_winner)
        odds = percent(winner.win, forecast.simulated)
        given = tag("span", tr("({odds} here)", odds=odds), cls="whole")
        really = tag("p", tr("Won by #{car} {team} ", car=winner.car, team=winner.team), given, cls="really")
    return tag(
        "div",
        tag("h3", f"{figures.name} · {plural(len(ranked), 'car')}"),
        tag("div", percent(best.win, forecast.simulated, unit=False), tag("small", tr(" % to win")), cls="odds"),
        tag("p", tag("strong", f"#{best.car} {best.team}")),
        tag("p", crew(best), cls="muted"),
        tag("p", tr("then {chase}", chase=chase), cls="muted") if chase else None,
        really,
        cls="tile",
    )


def _class_section(forecast: Forecast, number: int, figures: ClassForecast) -> Html:
    name = figures.name
    facts = [plural(len(forecast.in_class(name)), "car"), distance(figures)]
    if figures.margin_s is not None and figures.lead_lap is not None:
        lead, margin = decimals(f"{figures.lead_lap:.1f}"), f"{figures.margin_s:.0f}"
        facts.append(tr("{cars} cars on the lead lap, won by {seconds} s in the median", cars=lead, seconds=margin))
    head = [
        tag("h2", name, id=f"class-{number}"),
        tag("p", " · ".join(f for f in facts if f), cls="sum"),
    ]
    if len(forecast.in_class(name)) == 1:
        alone = "One car is all of this class: it wins in every race it is classified in, so no figure is drawn."
        return join([*head, tag("p", tr(alone), cls="muted"), class_table(forecast, name)])
    winning, places = tr("Chances of winning {name}", name=name), tr("Places in {name}", name=name)
    distances = tr("Distance in {name}", name=name)
    return join(
        [
            *head,
            _figure(forecast, f"win-{number}", win_bars(forecast, name), winning, cls="bars"),
            class_table(forecast, name),
            tag("p", tr(LAPS_DIFFER), cls="muted"),
            _figure(forecast, f"places-{number}", position_heatmap(forecast, name), places),
            _figure(forecast, f"laps-{number}", laps_and_retirement(forecast, name), distances),
        ]
    )


def _figure(forecast: Forecast, name: str, figure: Figure, title: str, cls: str = "") -> Html:
    return tag("figure", Html(to_svg(figure, name, f"{title}, {forecast.race.name}")), cls=cls)


def _line_up_section(forecast: Forecast) -> Html:
    drivers = [d for car in forecast.cars for d in car.drivers]
    counts = {kind: sum(d.evidence == kind for d in drivers) for kind in EVIDENCE}
    known = ", ".join(f"{count} {tr(EVIDENCE[kind])}" for kind, count in counts.items() if count)
    legend = [tag("span", tr(words), cls=f"badge {kind}") for kind, words in EVIDENCE.items() if counts[kind]]
    return join(
        [
            tag("h2", tr("Line-ups and what is known of them"), id="line-ups"),
            tag("p", tr(LICENCES, drivers=plural(len(drivers), "driver"), known=known)),
            tag("p", *legend),
            line_ups(forecast),
        ]
    )


def _method_section(forecast: Forecast) -> Html:
    race = forecast.race
    return join(
        [
            tag("h2", tr("Method"), id="method", cls="flow"),
            tag("ol", *(tag("li", tr(sentence)) for sentence in METHOD), cls="method"),
            tag("p", tag("strong", tr("The card knows ")), tr(KNOWLEDGE.get(race.knowledge, race.knowledge)), "."),
            tag("p", race.note) if race.note else None,
        ]
    )


def _footer(forecast: Forecast, again: str) -> Html:
    made = tr("Langstrecke {version}, seed {seed}. ", version=forecast.version, seed=forecast.seed)
    made += f"{NOT_TRANSLATED} " if german() else ""
    if again:
        return tag("footer", tag("p", made, tr("The same again: "), tag("code", again)))
    card = ", its card changed as above" if forecast.changes else ""
    return tag("footer", tag("p", f"{made}Played from the card {forecast.race.id}{card}, in Python."))
