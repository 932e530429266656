"""What moved the odds is told from figures that are known at both moments, never from a gap that is not."""

from __future__ import annotations

from dataclasses import replace

from langstrecke.live import FeedState, timing_table
from langstrecke.live.sources.replay import Recording
from langstrecke.web.following.odds_moves import happened
from race_maker import make_race


def test_seconds_lost_are_told_where_both_gaps_are_known() -> None:
    recording = Recording(make_race(cars=6, length_s=2000.0), race_id="made", duration_s=2000.0)
    state = FeedState()
    for seq in range(1, recording.count_until(1500.0) + 1):
        state.apply(recording.message(seq))
    now = timing_table(state)
    second = now.of_class("DPi")[1]

    def with_gap(gap_s: float | None) -> object:
        return replace(now, rows=tuple(replace(r, gap_s=gap_s) if r.car == second.car else r for r in now.rows))

    def told(then: float | None, later: float | None) -> list[str]:
        return [text for _, _, text in happened(with_gap(then), with_gap(later))]  # type: ignore[arg-type]

    assert told(10.0, 50.0) == [f"#{second.car} lost 40 s on the leader"]
    assert told(None, 50.0) == told(50.0, None) == told(None, None) == []
