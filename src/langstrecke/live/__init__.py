"""A race under way: the timing feed, the state put together from it, and the timing table.

    state = FeedState()
    async for message in FeedClient("ws://127.0.0.1:8790/feed").messages():
        state.apply(message)
        table = timing_table(state, card)

docs/feed.md describes the messages.
"""

from langstrecke.live.feed_state import FeedState
from langstrecke.live.messages import (
    DataMessage,
    FeedEntry,
    FeedMessage,
    FinishMessage,
    FlagMessage,
    HeartbeatMessage,
    HelloMessage,
    LapMessage,
    ResumeMessage,
    lap_message,
    read_message,
    write_message,
)
from langstrecke.live.table import TimingRow, TimingTable, timing_table

__all__ = [
    "DataMessage",
    "FeedEntry",
    "FeedMessage",
    "FeedState",
    "FinishMessage",
    "FlagMessage",
    "HeartbeatMessage",
    "HelloMessage",
    "LapMessage",
    "ResumeMessage",
    "TimingRow",
    "TimingTable",
    "lap_message",
    "read_message",
    "timing_table",
    "write_message",
]
