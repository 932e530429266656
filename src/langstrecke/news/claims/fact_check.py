"""Fact check: every claim against the registry, with the rows that say so.

What was told of the past is checked; what was reported, expected or wished for is resolved the same way by what
came to be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from langstrecke.formatting import plural
from langstrecke.news.claims.evidence import (
    Scope,
    as_row,
    covered,
    matches,
    programme_rows,
    rows_of,
    scope_of,
    team_rows,
)
from langstrecke.news.lexicon.gazetteer import gazetteer
from langstrecke.news.model import Claim
from langstrecke.paddock.careers import CareerRow
from langstrecke.paddock.registry import Registry

SUPPORTED, CONTRADICTED, NOT_CHECKABLE = "supported", "contradicted", "not_checkable"
MAX_ROWS = 40


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
        if self.claim.relation in ("won", "finished", "beat"):
            return row.event.race_day.isoformat()[: len(self.claim.date)] <= self.claim.date
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
    return _turned(finding) if claim.certainty == "denied" else finding


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
    if scope is None or (not scope.circuit and scope.series not in ("le-mans", "spa-24h")):
        return _finding(case, NOT_CHECKABLE, note="titles are not in the registry")
    starts = [r for r in case.rows if scope.holds(r) and case.in_time(r)]
    if claim.car_class:
        starts = [r for r in starts if Scope(car_class=claim.car_class).holds(r)] or starts
    by_class = claim.scope == "class" or bool(claim.car_class)
    wins = [r for r in starts if r.entry.class_win] if by_class else [r for r in starts if r.entry.position == 1]
    years = ", ".join(str(r.event.year) for r in wins)
    if claim.count is not None and by_class:
        verdict = SUPPORTED if len(wins) == claim.count else CONTRADICTED
        return _finding(case, verdict, wins, f"{plural(len(wins), 'class win')}: {years}")
    if wins and len(wins) >= len(claim.seasons):
        return _finding(case, SUPPORTED, wins, f"won {years}")
    if not by_class and any(r.entry.class_win for r in starts):
        found = [r for r in starts if r.entry.class_win]
        return _finding(case, SUPPORTED, found, "won the class, not overall")
    if starts:
        return _finding(case, CONTRADICTED, starts, "no win among these")
    return _absent(case, scope, "was not there")


def _finished(case: _Case) -> Finding:
    claim = case.claim
    scope = scope_of(claim.object if claim.object != "podium" else claim.series, case.registry, claim.series)
    if scope is None:
        return _finding(case, NOT_CHECKABLE, note="no race is named")
    starts = [r for r in case.rows if scope.holds(r) and case.in_time(r)]
    if not starts:
        return _absent(case, scope, "was not there")
    if claim.object == "podium":
        found = [r for r in starts if (r.entry.class_position or 99) <= 3]
        known = [r for r in starts if r.entry.class_position or r.entry.status == "dnf"]
        if found:
            return _finding(case, SUPPORTED, found, "on the podium here")
        return _finding(case, CONTRADICTED if known else NOT_CHECKABLE, starts, "no podium among the known results")
    wanted = claim.place
    if wanted == "dnf":
        found = [r for r in starts if r.entry.status == "dnf"]
    else:
        found = [r for r in starts if wanted in (str(r.entry.position), str(r.entry.class_position))]
    return _finding(case, SUPPORTED if found else CONTRADICTED, found or starts, f"place {wanted}")


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
    if rows and claim.series:
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
    if scope is None or not case.years:
        return _finding(case, NOT_CHECKABLE, note="no race is named")
    events = [
        e
        for e in registry.events.values()
        if e.year in case.years
        and (not scope.series or e.counts_for(scope.series))
        and (not scope.circuit or e.circuit == scope.circuit)
    ]
    for event in events:
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
            return Finding(claim, SUPPORTED if ahead else CONTRADICTED, rows, event.id)
    return _finding(case, NOT_CHECKABLE, note="both are not in one race of the registry")


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
