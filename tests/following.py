"""What tests of live sources share: following until something holds, and the independent count of the samples."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from conftest import PATIENCE_S
from langstrecke.live import FeedState
from langstrecke.services.follow import Following


async def follow_until(following: Following, done: Callable[[FeedState], bool], limit_s: float = PATIENCE_S) -> None:
    async def listen() -> None:
        async for message in following.source.messages():
            following.state.apply(message)
            if following.log is not None:
                following.log.append(message)
            if done(following.state):
                return

    await asyncio.wait_for(listen(), limit_s)


def live_samples() -> ModuleType:
    """scripts/validate/live_samples.py, which shares nothing with the readers."""
    script = Path(__file__).parents[1] / "scripts" / "validate" / "live_samples.py"
    spec = importlib.util.spec_from_file_location("live_samples", script)
    assert spec is not None
    assert spec.loader is not None
    counting = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(counting)
    return counting
