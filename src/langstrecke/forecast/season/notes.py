"""What a table of points rests on, told where it is read: what is partial, what is off, what shares mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from langstrecke.forecast.season.result import Contender, class_key
from langstrecke.forecast.season.standings import Round, fact_table, pole_known
from langstrecke.paddock.registry import Registry


def points_notes(
    registry: Registry,
    rounds: Sequence[Round],
    after: int,
    titles: Mapping[tuple[str, str], Sequence[Contender]],
    *,
    classless: Sequence[str],
    gaps: Sequence[str],
) -> Iterator[str]:
    """Sentences on the points up to a round."""
    run = [r for r in rounds if r.number <= after]
    if not after:
        yield "No round has been run: nobody has points."
    if gaps:
        yield f"Results are known in part only, points with them: {', '.join(gaps)}."
    if classless:
        yield f"Classes are not known, and no points by class: {', '.join(classless)}."
    poleless = [r.id for r in run if r.book.points.pole and not pole_known(r.id)]
    if poleless:
        yield f"Points for the pole are not known: {', '.join(poleless)}."
    for said in dict.fromkeys(r.book.points.partial for r in rounds if r.book.points.partial):
        yield f"{said[0].upper()}{said[1:]}."
    cups = dict.fromkeys(cup for r in run for cup in marks_missing(registry, r))
    for cup in cups:
        where = [r.id for r in run if cup in marks_missing(registry, r)]
        yield f"The {cup} cup lacks marks, so its table has too few points: {', '.join(where)}."
    pointless = [
        f"{title} of {table}" for (title, table), lines in titles.items() if not any(c.expected for c in lines)
    ]
    if pointless and after:
        yield f"No points have been scored for: {', '.join(pointless)}."
    if any(sum(c.title for c in lines) > 1.02 for lines in titles.values()):
        yield (
            "Chances of a table can add up to more than 100 %: those who are level on points, a crew above all, "
            "share a title and count as champions each."
        )


def marks_missing(registry: Registry, rnd: Round) -> set[str]:
    """Cups whose marks before the flag are not known for some class of a race that was run."""
    missing: set[str] = set()
    if not registry.entries(rnd.id):
        return missing
    known = {
        (class_key(row["class"]), int(row["at_s"]))
        for name in ("segments", "segments_extra")
        for row in fact_table(name)
        if row["event"] == rnd.id
    }
    for mark in rnd.book.points.intermediate:
        if not mark.cup or mark.at_s >= rnd.book.race.duration_s:
            continue
        for title in rnd.book.titles():
            if (class_key(title.table), int(mark.at_s)) not in known and _runs(rnd, title.classes):
                missing.add(mark.cup)
    return missing


def _runs(rnd: Round, classes: Sequence[str]) -> bool:
    here = rnd.book.race.classes
    return not here or any(name in here for name in classes)


def differences(rounds: Sequence[Round], after: int) -> tuple[tuple[str, str], ...]:
    """(class, difference) of the totals of this season that pages give otherwise, the latest of each."""
    series, season = rounds[0].series, rounds[0].season
    latest: dict[tuple[str, str, str], dict[str, str]] = {}
    for row in fact_table("published"):
        if (row["series"], row["season"]) == (series, season) and int(row["after"]) <= after and float(row["off"]):
            latest[(row["class"], row["title"], row["name"])] = row
    return tuple(
        (
            row["class"],
            f"{row['class']} {row['title']}, {row['name']}: {abs(float(row['off'])):g} "
            f"{'too many' if float(row['off']) > 0 else 'too few'} after round {row['after']}",
        )
        for row in latest.values()
    )
