"""What a table of points rests on, told where it is read: what is partial, what is off, what shares mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from langstrecke.forecast.season.result import Contender, class_key
from langstrecke.forecast.season.rounds import Plan
from langstrecke.forecast.season.standings import Round, class_known, fact_table, pole_known
from langstrecke.formatting import plural
from langstrecke.paddock.registry import Registry
from langstrecke.paddock.season_lists import season_entries


def plan_notes(
    plans: Sequence[Plan], rounds: Sequence[Round], after: int, line_ups: str, best: int | None
) -> Iterator[str]:
    """Sentences on what the rounds still to be played rest on."""
    first = plans[0]
    known = f"The card of {first.card.race.id} is used as it stands; later rounds know" if not first.stand_in else ""
    yield f"{known or 'Rounds know'} nothing of their weekend."
    yield "Titles come from the races as played, without the last layer of a race's odds (docs, Seasons, says why)."
    told = "as they were entered in each round" if line_ups == "entered" else "those of the next round"
    yield f"Line-ups: {told}."
    yield from _announced_notes(plans)
    yield from (f"{p.round.id} has no card: {p.stand_in} stands in." for p in plans if p.stand_in)
    played = {p.round.id for p in plans}
    unplayed = [r.id for r in rounds if r.number > after and r.id not in played]
    if unplayed:
        yield f"Nobody is known to be entered, and nothing is played: {', '.join(unplayed)}."
    raced = {
        p.round.book.class_named(name).name
        for p in plans
        for name in p.card.classes
        if class_known(p.round.book, name)
    }
    absent = [
        name
        for name in dict.fromkeys(c.name for p in plans for c in p.round.book.classes if _runs(p.round, [c.name]))
        if name not in raced
    ]
    if absent:
        yield f"Nobody is known to be entered in {', '.join(absent)}: not played, nor in the others' way."
    hand = sum(p.card.race.knowledge == "hand" for p in plans)
    if hand:
        yield f"{plural(hand, 'card')} made by hand: pace is estimated."
    if best is not None:
        yield f"The best {best} results count."


def _announced_notes(plans: Sequence[Plan]) -> Iterator[str]:
    """What a season known by its entry list rests on."""
    first = plans[0].round
    announced = season_entries(first.series, first.season)
    if not announced or all(not p.stand_in for p in plans):
        return
    sources = "; ".join(dict.fromkeys(e.source for e in announced))
    yield (
        f"Entries are those of the season's list, {plural(len(announced), 'car')} ({sources}). No car of it was "
        "timed: each is taken to be as fast as its class, drivers as cards of earlier seasons have them."
    )


def points_notes(
    registry: Registry,
    rounds: Sequence[Round],
    after: int,
    titles: Mapping[tuple[str, str], Sequence[Contender]],
    *,
    classless: Sequence[str],
    gaps: Sequence[str],
    absent: Mapping[str, Sequence[str]],
) -> Iterator[str]:
    """Sentences on the points up to a round. `absent`: race -> classes without a result (`classes_absent`)."""
    run = [r for r in rounds if r.number <= after]
    if not after:
        held = any(c.points for lines in titles.values() for c in lines)
        whose = "the points are those of the race that sets the grid of round 1" if held else "nobody has points"
        yield f"No round has been run: {whose}."
    unheld = [race for race in gaps if not registry.entries(race)]
    if unheld:
        chances = any(c.title for lines in titles.values() for c in lines)
        yield f"No results are held, and their points are missing: {', '.join(unheld)}." + (
            " Chances are those of the other rounds' points, not of the title." if chances else ""
        )
    if partial := [race for race in gaps if race not in unheld]:
        yield f"Results are known in part only, points with them: {', '.join(partial)}."
    for names in dict.fromkeys(tuple(n) for n in absent.values()):
        where = [race for race, missing in absent.items() if tuple(missing) == names]
        yield f"No results of {', '.join(names)} are held, and their points are missing: {', '.join(where)}."
    if classless:
        yield f"Classes are not known, and no points by class: {', '.join(classless)}."
    poleless = [r.id for r in run if r.book.points.pole and not pole_known(r.id) and r.id not in unheld]
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
    if any(sum(c.title for c in lines) > 1.02 and any(0 < c.title < 1 for c in lines) for lines in titles.values()):
        yield (
            "Chances of a table can add up to more than 100 %: those who are level on points, a crew above all, "
            "share a title and count as champions each. Divided among them (`shared` in the JSON) they make 100 %."
        )


def classes_absent(registry: Registry, run: Sequence[Round]) -> dict[str, tuple[str, ...]]:
    """Race -> classes that nobody is held to have run in there, though most races of the season have them.

    Races whose classes are not told at all are left to `classes_unknown`.
    """
    held = {r.id: {_named(r, e.car_class) for e in registry.entries(r.id)} - {""} for r in run}
    held = {race: names for race, names in held.items() if names}
    seen = Counter(name for names in held.values() for name in names)
    found = {
        r.id: tuple(
            c.name
            for c in r.book.classes
            if c.name not in held[r.id] and 2 * seen[c.name] > len(held) and _runs(r, [c.name])
        )
        for r in run
        if r.id in held
    }
    return {race: names for race, names in found.items() if names}


def _named(rnd: Round, car_class: str) -> str:
    return rnd.book.class_named(car_class).name if class_known(rnd.book, car_class) else ""


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
