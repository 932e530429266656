"""Which series and seasons the registry has results of: what a career, a duel, a list of team mates rests on."""

from __future__ import annotations

from collections.abc import Sequence

from langstrecke.paddock.registry import Registry


def coverage(registry: Registry) -> str:
    """The series and seasons with results, in words: `24 Hours of Le Mans 1949-2026, WEC 2015-16 (part)`.

    `(part)`: not all races of the season. The longest known series first.
    """
    told = []
    for series in registry.series:
        whole: dict[str, bool] = {}
        for season in registry.seasons(series):
            races = [e for e in registry.events.values() if e.series == series and e.season == season]
            held = [e for e in races if registry.entries(e.id)]
            if held:
                whole[season] = len(held) == len(races)
        if whole:
            told.append((len(whole), f"{registry.series[series].short} {_spans(whole)}"))
    return ", ".join(text for _, text in sorted(told, key=lambda t: (-t[0], t[1])))


def _spans(seasons: dict[str, bool]) -> str:
    """Seasons one after the other as spans; those of which only some races are held apart from the rest."""
    spans: list[tuple[list[str], bool]] = []
    for season, whole in seasons.items():
        if spans and spans[-1][1] == whole and int(season[:4]) <= _last(spans[-1][0][-1]) + 1:
            spans[-1][0].append(season)
        else:
            spans.append(([season], whole))
    return " and ".join(f"{_span(span)}{'' if whole else ' (part)'}" for span, whole in spans)


def _last(season: str) -> int:
    """The calendar year a season ends in."""
    return int(season[:4]) + (1 if len(season) > 4 else 0)


def _span(seasons: Sequence[str]) -> str:
    first, last = int(seasons[0][:4]), _last(seasons[-1])
    if first == last:
        return str(first)
    return f"{first}-{last % 100:02d}" if first // 100 == last // 100 else f"{first}-{last}"
