"""Fact check: every claim against the registry, with the rows that say so.

What was told of the past is checked against the race it means (`race_meant`) and against nothing else. What was
announced, reported, expected or wished for is resolved by what came to be, but never contradicted by it: a plan that
came to nothing is "not borne out". Nor is what only examples read contradicted: the reading is as likely at fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from langstrecke.formatting import plural
from langstrecke.news.claims.evidence import (
    Scope,
    as_row,
    covered,
    known_by_name,
    matches,
    programme_rows,
    rows_of,
    scope_of,
    team_rows,
)
from langstrecke.news.claims.race_meant import ONE_RACE, Meant, races_meant
from langstrecke.news.lexicon.gazetteer import gazetteer
from langstrecke.news.model import BY_EXAMPLE, Claim
from langstrecke.paddock.careers import CareerRow
from langstrecke.paddock.registry import Registry

SUPPORTED, CONTRADICTED, NOT_CHECKABLE = "supported", "contradicted", "not_checkable"
NOT_BORNE_OUT = "not_borne_out"
"""A plan, wish or rumour that did not come true: no error of the text."""
VERDICTS = (SUPPORTED, CONTRADICTED, NOT_BORNE_OUT, NOT_CHECKABLE)
MAX_ROWS = 40
PODIUM = 3


@dataclass(frozen=True)
class Finding:
    """A claim, what became of it, and the rows that say so."""

    claim: Claim
    verdict: str
    evidence: tuple[dict[str, Any], ...] = ()
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "claim": self.claim.to_json(),
            "verdict": self.verdict,
            "evidence": list(self.evidence),
            "note": self.note,
        }


@dataclass(frozen=True)
class _Case:
    claim: Claim
    registry: Registry
    rows: tuple[CareerRow, ...]
    years: tuple[int, ...]
    """Years the claim is about; empty: any year in its tense."""
    year: int | None

    def in_time(self, row: CareerRow) -> bool:
        """Whether a race falls into the time the claim speaks of."""
        if self.years:
            return row.event.year in self.years
        if self.year is None:
            return True
        if self.claim.tense == "past":
            return row.event.year <= self.year
        if self.claim.tense == "future" or self.claim.certainty in ("wished", "possible", "expected", "reported"):
            return row.event.race_day.isoformat() >= self.claim.date
        return row.event.year == self.year


def check_claims(claims: Iterable[Claim], registry: Registry | None = None) -> list[Finding]:
    """Every claim with its verdict."""
    known = registry or gazetteer().registry
    return [check_claim(claim, known) for claim in claims]


def check_claim(claim: Claim, registry: Registry) -> Finding:
    """One claim against the registry."""
    checker = _CHECKS.get(claim.relation)
    if checker is None:
        return Finding(claim, NOT_CHECKABLE, note="the registry holds nothing about this")
    year = int(claim.date[:4]) if claim.date else None
    rows = rows_of(registry, claim.subject)
    if not rows and claim.relation != "beat":
        rows = team_rows(registry, claim.subject, (claim.seasons or ((year, year + 1) if year else ())))
    case = _Case(claim, registry, rows, claim.seasons, year)
    if not rows and claim.subject not in registry.drivers and claim.relation != "beat":
        return Finding(claim, NOT_CHECKABLE, note=f"{claim.subject_name or claim.subject} is not in the registry")
    if claim.certainty == "denied" and claim.tense == "past" and not claim.seasons:
        return Finding(claim, NOT_CHECKABLE, note="denied without saying for when")
    finding = checker(case)
    if claim.certainty == "denied":
        finding = _turned(finding)
    if finding.verdict == CONTRADICTED and claim.rule == BY_EXAMPLE:
        return replace(finding, verdict=NOT_CHECKABLE, note=f"only examples read the text so; {finding.note}")
    told_as_fact = claim.certainty in ("confirmed", "denied") and claim.tense != "future"
    if finding.verdict == CONTRADICTED and not told_as_fact:
        return replace(finding, verdict=NOT_BORNE_OUT)
    return finding


def _turned(finding: Finding) -> Finding:
    """What is denied is supported where the thing itself is contradicted."""
    swap = {SUPPORTED: CONTRADICTED, CONTRADICTED: SUPPORTED, NOT_CHECKABLE: NOT_CHECKABLE}
    return Finding(finding.claim, swap[finding.verdict], finding.evidence, finding.note)


def _finding(case: _Case, verdict: str, rows: Iterable[CareerRow] = (), note: str = "") -> Finding:
    return Finding(case.claim, verdict, tuple(as_row(r) for r in list(rows)[:MAX_ROWS]), note)


def _absent(case: _Case, scope: Scope, note: str) -> Finding:
    """Nothing found: contradicted only where the registry knows all entries of the races in question."""
    years = case.years or ((case.year,) if case.year and case.claim.tense == "present" else ())
    if case.claim.tense == "future" and not years and case.year:
        years = (case.year,)
    if covered(case.registry, scope, years):
        return _finding(case, CONTRADICTED, [r for r in case.rows if r.event.year in years], note)
    return _finding(case, NOT_CHECKABLE, note="the registry does not hold all entries of these races")


def _enters(case: _Case) -> Finding:
    claim = case.claim
    scope = scope_of(claim.object, case.registry, claim.series)
    if scope is None:
        return _finding(case, NOT_CHECKABLE, note=f"the registry holds no races of {claim.object_name}")
    found = [r for r in case.rows if scope.holds(r) and case.in_time(r)]
    if found:
        started = sum(r.entry.started for r in found)
        when = f", {found[0].event.year} to {found[-1].event.year}" if len(found) > 1 else ""
        return _finding(case, SUPPORTED, found, f"entered {len(found)}, started {started}{when}")
    programmes = [
        p
        for p in programme_rows(case.registry, claim.subject, case.years)
        if p["series"] == claim.object and (case.years or _in_tense(case, str(p["season"])))
    ]
    if programmes:
        return Finding(claim, SUPPORTED, tuple(programmes), "a season's programme")
    return _absent(case, scope, f"not among the entries of {claim.object_name}")


def _in_tense(case: _Case, season: str) -> bool:
    first = int(season[:4])
    if case.year is None:
        return True
    return first <= case.year if case.claim.tense == "past" else first >= case.year


def _won(case: _Case) -> Finding:
    claim = case.claim
    scope = scope_of(claim.object, case.registry, claim.series)
    if scope is None or (not scope.circuit and scope.series not in ONE_RACE):
        return _finding(case, NOT_CHECKABLE, note="titles and wins without a race named are not in the registry")
    if claim.count is not None or (claim.rule.startswith("title") and not claim.seasons):
        return _won_ever(case, scope)
    meant = races_meant(claim, scope, case.registry)
    starts = _starts(case, scope, meant)
    if meant.why_not:
        return _finding(case, NOT_CHECKABLE, note=meant.why_not)
    by_class = claim.scope == "class" or bool(claim.car_class)
    wins = [r for r in starts if (r.entry.class_win if by_class else r.entry.position == 1)]
    if {r.event.id for r in wins} >= {e.id for e in meant.events}:
        return _finding(case, SUPPORTED, wins, f"won: {meant.words}")
    class_wins = [r for r in starts if r.entry.class_win]
    if not by_class and {r.event.id for r in class_wins} >= {e.id for e in meant.events}:
        return _finding(case, SUPPORTED, class_wins, f"won the class, not overall: {meant.words}")
    return _judged(case, meant, starts, "did not win")


def _won_ever(case: _Case, scope: Scope) -> Finding:
    """Wins counted ("vier Siege"), or borne as an epithet ("der Le-Mans-Sieger"), up to the text's date.

    A count is checked only of a race whose every edition the registry holds.
    """
    claim = case.claim
    until = claim.date or "9999"
    rows = [r for r in case.rows if scope.holds(r) and r.event.race_day.isoformat()[: len(until)] <= until]
    if claim.car_class:
        rows = [r for r in rows if Scope(car_class=claim.car_class).holds(r)] or rows
    by_class = claim.scope == "class" or bool(claim.car_class)
    wins = [r for r in rows if (r.entry.class_win if by_class else r.entry.position == 1)]
    if not by_class and len(wins) < (claim.count or 1):
        wins = [r for r in rows if r.entry.class_win] or wins
    years = ", ".join(str(r.event.year) for r in wins)
    note = f"{plural(len(wins), 'class win' if by_class else 'win')} until then" + (f": {years}" if years else "")
    if claim.count is None and wins:
        return _finding(case, SUPPORTED, wins, note)
    if scope.series != "le-mans":
        short = claim.count is not None and len(wins) >= claim.count
        why = "" if short else "; the registry does not hold every edition of this race"
        return _finding(case, SUPPORTED if short else NOT_CHECKABLE, wins, note + why)
    return _finding(case, SUPPORTED if len(wins) == (claim.count or 0) else CONTRADICTED, wins or rows, note)


def _starts(case: _Case, scope: Scope, meant: Meant) -> list[CareerRow]:
    """The subject's entries in the races meant, in the class told where one is."""
    ids = {e.id for e in meant.events}
    rows = case.rows or team_rows(case.registry, case.claim.subject, tuple({e.year for e in meant.events}))
    found = [r for r in rows if r.event.id in ids and scope.holds(r)]
    told = case.claim.car_class
    return ([r for r in found if Scope(car_class=told).holds(r)] or found) if told else found


def _judged(case: _Case, meant: Meant, starts: list[CareerRow], note: str) -> Finding:
    """Not so in the races meant: contradicted where the registry tells the result of a start, or all entries."""
    known = [r for r in starts if r.entry.class_position is not None or r.entry.status not in ("", "classified")]
    if known:
        first = "".join(_winner(case.registry, e.id) for e in meant.events)
        return _finding(case, CONTRADICTED, known, f"{note}: {meant.words}{first}")
    if starts:
        return _finding(case, NOT_CHECKABLE, starts, f"the registry does not know the place: {meant.words}")
    if all(any(e.position == 1 for e in case.registry.entries(event.id)) for event in meant.events):
        complete = all(len(case.registry.entries(event.id)) >= FULL_FIELD for event in meant.events)
        if complete:
            return _finding(case, CONTRADICTED, note=f"was not among the entries: {meant.words}")
    return _finding(case, NOT_CHECKABLE, note=f"the registry does not hold all entries of {meant.words}")


FULL_FIELD = 15
"""Entries from which a race's list is taken to be whole (default: the smallest endurance grids held have 18)."""


def _winner(registry: Registry, event: str) -> str:
    first = next((e for e in registry.entries(event) if e.position == 1), None)
    if first is None:
        return ""
    names = [registry.drivers[d].name.split()[-1] for d in first.drivers if d in registry.drivers]
    return f"; overall #{first.car} {'/'.join(names)}" if names else ""


def _finished(case: _Case) -> Finding:
    claim = case.claim
    scope = scope_of(claim.object if claim.object != "podium" else claim.series, case.registry, claim.series)
    if scope is None:
        return _finding(case, NOT_CHECKABLE, note="no race is named")
    meant = races_meant(claim, scope, case.registry)
    if meant.why_not:
        return _finding(case, NOT_CHECKABLE, note=meant.why_not)
    starts = _starts(case, scope, meant)
    if claim.object == "podium":
        found = [r for r in starts if (r.entry.class_position or 99) <= PODIUM]
        told = "on the podium"
    elif claim.place == "dnf":
        found = [r for r in starts if r.entry.status == "dnf"]
        told = "did not finish"
    else:
        found = [r for r in starts if claim.place in (str(r.entry.position), str(r.entry.class_position))]
        told = f"place {claim.place}"
    if found:
        return _finding(case, SUPPORTED, found, f"{told}: {meant.words}")
    return _judged(case, meant, starts, f"not {told}")


def _since(case: _Case) -> Finding:
    claim = case.claim
    if claim.since is None or case.year is None:
        return _finding(case, NOT_CHECKABLE, note="no year to count from")
    span = range(claim.since, case.year + 1)
    scope = scope_of(claim.object, case.registry)
    if scope is not None:
        found = [r for r in case.rows if scope.holds(r) and r.event.year in span]
        missing = [y for y in span if y not in {r.event.year for r in found}]
        idle = [str(r.event.year) for r in found if not r.entry.started]
        note = f"entered {len(found)} from {claim.since} to {case.year}"
        note += f", not started {', '.join(idle)}" if idle else ", all started"
        note += f"; not there {', '.join(map(str, missing))}" if missing else ""
        return _finding(
            case,
            CONTRADICTED if missing and covered(case.registry, scope, tuple(missing)) else SUPPORTED,
            found,
            note,
        )
    series = scope_of(claim.series, case.registry) if claim.series else None
    rows = [r for r in case.rows if r.event.year in span and (series is None or series.holds(r))]
    others = [r for r in rows if not matches(claim.object, r)]
    ours = [r for r in rows if matches(claim.object, r)]
    if not rows:
        return _finding(case, NOT_CHECKABLE, note="no races of that time in the registry")
    if others:
        first = f"first with {claim.object_name} {ours[0].event.year}; " if ours else ""
        note = first + "for others: " + ", ".join(f"{r.event.year} {r.vehicle}" for r in others)
        return _finding(case, CONTRADICTED, others + ours[:1], note)
    return _finding(
        case, SUPPORTED, ours, f"{plural(len(ours), 'race')} from {ours[0].event.year}, none for anybody else"
    )


def _drives(case: _Case) -> Finding:
    claim = case.claim
    scope = scope_of(claim.series, case.registry) if claim.series else None
    rows = [r for r in case.rows if case.in_time(r) and (scope is None or scope.holds(r))]
    found = [r for r in rows if matches(claim.object, r)]
    if found:
        return _finding(case, SUPPORTED, found, plural(len(found), "race"))
    programmes = [
        p
        for p in programme_rows(
            case.registry, claim.subject, case.years or ((case.year,) if case.year and claim.tense != "past" else ())
        )
        if claim.object in f"{p['team']} {p['vehicle']}".lower().replace(" ", "-")
    ]
    if programmes:
        return Finding(claim, SUPPORTED, tuple(programmes), "a season's programme")
    if rows and claim.series and known_by_name(case.registry, claim.object, rows):
        return _finding(case, CONTRADICTED, rows, f"not with {claim.object_name}")
    return _finding(case, NOT_CHECKABLE, note="no such races in the registry")


def _shares(case: _Case) -> Finding:
    claim = case.claim
    scope = scope_of(claim.series, case.registry) if claim.series else None
    shared = [r for r in case.rows if claim.object in r.entry.drivers]
    found = [r for r in shared if case.in_time(r) and (scope is None or scope.holds(r) or bool(case.years))]
    if not found and claim.certainty == "confirmed" and not case.years and case.year:  # told of team mates in winter
        found = [r for r in shared if r.event.year == case.year - 1]
    theirs = tuple(r for r in rows_of(case.registry, claim.object) if claim.subject not in r.entry.drivers)
    if found:
        cars = ", ".join(dict.fromkeys(f"{r.entry.car_class} {r.vehicle}" for r in found))
        note = f"shared a car in {plural(len(found), 'race')} ({cars})"
        own = [r for r in case.rows if claim.object not in r.entry.drivers]
        series = {r.event.series for r in found}
        apart = [r.event.id for r in (*own, *theirs) if case.years and case.in_time(r) and r.event.series in series]
        note += f"; one without the other: {', '.join(sorted(set(apart)))}" if apart else ""
        return _finding(case, SUPPORTED, found, note)
    if claim.object not in case.registry.drivers:
        return _finding(case, NOT_CHECKABLE, note=f"{claim.object_name} is no driver of the registry")
    alone = [r for r in (*case.rows, *theirs) if case.in_time(r) and (scope is None or scope.holds(r))]
    if alone and (case.years or scope is not None or claim.tense == "present"):
        return _finding(case, CONTRADICTED, alone, "drove, but not together")
    if scope is not None and case.years:
        return _absent(case, scope, "not there together")
    return _finding(case, NOT_CHECKABLE, note="never shared a car in the registry's races of that time")


def _leaves(case: _Case) -> Finding:
    claim = case.claim
    after = (case.year or 0) + 1
    if claim.object == "motorsport" or not case.year:
        later = [r for r in case.rows if case.year and r.event.year >= after]
        return _finding(case, CONTRADICTED if later else NOT_CHECKABLE, later, "raced again" if later else "")
    scope = scope_of(claim.object, case.registry)
    before = programme_rows(case.registry, claim.subject, (case.year,))
    mine = [p for p in before if claim.object in (p["series"], str(p["team"]).lower().replace(" ", "-"))]
    next_one = [
        p
        for p in programme_rows(case.registry, claim.subject)
        if claim.object in (p["series"], str(p["team"]).lower().replace(" ", "-")) and int(p["season"][:4]) >= after
    ]
    if mine:
        gone = not any(int(p["season"][:4]) == after for p in next_one)
        note = f"none in {after}" + (f"; back in {next_one[0]['season']}" if next_one else "")
        return Finding(claim, SUPPORTED if gone else CONTRADICTED, tuple(mine + next_one), note)
    rows = [r for r in case.rows if r.event.year == after and (scope.holds(r) if scope else matches(claim.object, r))]
    was = [
        r
        for r in case.rows
        if r.event.year in (case.year, case.year - 1) and (scope.holds(r) if scope else matches(claim.object, r))
    ]
    if rows:
        return _finding(case, CONTRADICTED, rows, f"still there in {after}")
    if was and any(r.event.year == after for r in case.rows):
        return _finding(case, SUPPORTED, was, f"not there in {after}")
    return _finding(case, NOT_CHECKABLE, note="nothing to compare in the registry")


def _beat(case: _Case) -> Finding:
    claim, registry = case.claim, case.registry
    scope = scope_of(claim.series, registry) if claim.series else None
    if scope is None:
        return _finding(case, NOT_CHECKABLE, note="no race is named")
    meant = races_meant(claim, scope, registry)
    if meant.why_not:
        return _finding(case, NOT_CHECKABLE, note=meant.why_not)
    for event in meant.events:
        entries = registry.entries(event.id)
        ours = [e for e in entries if _is(claim.subject, e.car, e.team, e.drivers) and e.position]
        theirs = [e for e in entries if _is(claim.object, e.car, e.team, e.drivers) and e.position]
        if ours and theirs:
            ahead = min(e.position or 999 for e in ours) < min(e.position or 999 for e in theirs)
            rows = tuple(
                {
                    "race": event.id,
                    "car": e.car,
                    "class": e.car_class,
                    "team": e.team,
                    "position": e.position,
                    "drivers": list(e.drivers),
                }
                for e in (ours + theirs)
            )
            return Finding(claim, SUPPORTED if ahead else CONTRADICTED, rows, meant.words)
    return _finding(case, NOT_CHECKABLE, note=f"both are not in the results held of {meant.words}")


def _is(who: str, car: str, team: str, drivers: tuple[str, ...]) -> bool:
    return who in drivers or who in (car, team) or (len(who) > 3 and team.startswith(who))


_CHECKS: dict[str, Callable[[_Case], Finding]] = {
    "enters": _enters,
    "enters_only": _enters,
    "won": _won,
    "finished": _finished,
    "driven_since": _since,
    "drives_for": _drives,
    "drives": _drives,
    "shares_car": _shares,
    "leaves": _leaves,
    "beat": _beat,
}
