"""The messages of a timing feed: JSON, one message a WebSocket frame, told apart by `kind`.

Times are race seconds since the green flag (`_s`), car numbers are text. A data message (lap, flag, finish and what
stands beside them) carries a `seq` that rises by one from 1, so that whoever listens knows what is missing; `hello`
and `heartbeat` say how far the feed has come. docs/feed.md is the description for people.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from langstrecke.errors import LangstreckeError
from langstrecke.timing.schema import FLAGS, LAPS

FlagName = Literal["green", "fcy", "safety_car", "red", "slow_zone", "finish"]
assert set(FLAGS) == set(FlagName.__args__)  # type: ignore[attr-defined]

LONGEST_S = 30 * 3600.0
"""No race lasts longer; a later time is a misprint (the readers' own figure)."""
LAST_SEQ = 10_000_000
"""More messages than any race has; a higher number is garbled and would tear a gap nothing can fill."""
LAST_LAP = 99_999
"""Lap numbers have up to five digits, as in the files."""

Seconds = Annotated[float, Field(ge=0.0, le=LONGEST_S)]
Positive = Annotated[float, Field(gt=0.0, le=LONGEST_S)]
Seq = Annotated[int, Field(ge=1, le=LAST_SEQ)]
SeqOrNone = Annotated[int, Field(ge=0, le=LAST_SEQ)]
CarNumber = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,6}$")]
Text = Annotated[str, Field(max_length=200)]


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class FeedEntry(_Message):
    """One car, as far as the feed knows it."""

    car: CarNumber
    car_class: Text = ""
    team: Text = ""
    drivers: tuple[Text, ...] = ()


class HelloMessage(_Message):
    """The first message of every connection: which feed this is and what it is about."""

    kind: Literal["hello"] = "hello"
    feed: Text
    """Id of this run of messages: the same id promises the same message under the same seq."""
    race_id: Text
    card: Text | None = None
    """Name of the shipped card, or id of the race in the store, where the sender knows one."""
    duration_s: Positive | None = None
    start_clock: dt.time | None = None
    """Local time of the green flag."""
    entries: tuple[FeedEntry, ...] = ()
    untold: tuple[Text, ...] = ()
    """What this source never tells ("pit stops"): a listener must not take silence for knowledge."""
    last_seq: SeqOrNone = 0
    """The newest message sent so far to anybody."""


class LapMessage(_Message):
    """One crossing of the line, with the columns of `timing.schema.LAPS`.

    For one (car, lap) the higher revision holds: a later one is a correction, or takes the lap back (`withdrawn`).
    """

    kind: Literal["lap"] = "lap"
    seq: Seq
    revision: Annotated[int, Field(ge=1)] = 1
    withdrawn: bool = False
    race_id: Text = ""
    car: CarNumber
    car_class: Text = ""
    lap: Annotated[int, Field(ge=1, le=LAST_LAP)]
    driver: Text | None = None
    lap_time_s: Positive
    elapsed_s: Positive
    s1_s: Seconds | None = None
    s2_s: Seconds | None = None
    s3_s: Seconds | None = None
    in_pit: bool = False
    pit_time_s: Seconds | None = None
    flag: FlagName | None = None
    kph: float | None = None
    team: Text | None = None
    manufacturer: Text | None = None
    clock_time: dt.time | None = None
    estimated: bool = False
    """The source gave no times that fit: `elapsed_s` is when the crossing was seen, good to some seconds, or
    `lap_time_s` is the car's mean lap so far."""


class FlagMessage(_Message):
    """The flag changed at this race time."""

    kind: Literal["flag"] = "flag"
    seq: Seq
    race_s: Seconds
    flag: FlagName


class FinishMessage(_Message):
    """The race is over and the feed complete: nothing but corrections follows."""

    kind: Literal["finish"] = "finish"
    seq: Seq
    race_s: Seconds
    order: tuple[CarNumber, ...] = ()
    """The cars as the source classifies them in the end, where it does; penalties after the flag change the order."""


class PitMessage(_Message):
    """A car came into the pit lane, or left it; often before the line, so earlier than the lap tells."""

    kind: Literal["pit"] = "pit"
    seq: Seq
    race_s: Seconds
    car: CarNumber
    entering: bool


class ControlMessage(_Message):
    """What race control told everybody, word for word."""

    kind: Literal["control"] = "control"
    seq: Seq
    race_s: Seconds
    text: Annotated[str, Field(max_length=1000)]


class WeatherMessage(_Message):
    """A reading of the weather; what the source does not measure is left out."""

    kind: Literal["weather"] = "weather"
    seq: Seq
    race_s: Seconds
    air_c: float | None = None
    track_c: float | None = None
    humidity: Annotated[float, Field(ge=0.0, le=100.0)] | None = None
    """Per cent."""
    wind_kph: Annotated[float, Field(ge=0.0)] | None = None
    sky: Text | None = None
    """In the source's own word, such as "Cloudy"."""


class EnergyMessage(_Message):
    """What a car had left of its energy for the stint, where a series publishes it."""

    kind: Literal["energy"] = "energy"
    seq: Seq
    race_s: Seconds
    car: CarNumber
    left: Annotated[float, Field(ge=0.0, le=100.0)]
    """Per cent of a full load."""


class HeartbeatMessage(_Message):
    """Still here: the race clock, the newest seq sent, the sender's wall clock. Carries no seq of its own."""

    kind: Literal["heartbeat"] = "heartbeat"
    race_s: Seconds
    last_seq: SeqOrNone
    wall: dt.datetime


class ResumeMessage(_Message):
    """From the client: send everything after this seq again; 0 is everything."""

    kind: Literal["resume"] = "resume"
    after: SeqOrNone


Aside = PitMessage | ControlMessage | WeatherMessage | EnergyMessage
"""What a source may tell beside laps and flags."""
DataMessage = LapMessage | FlagMessage | FinishMessage | Aside
FeedMessage = Annotated[
    HelloMessage
    | LapMessage
    | FlagMessage
    | FinishMessage
    | PitMessage
    | ControlMessage
    | WeatherMessage
    | EnergyMessage
    | HeartbeatMessage
    | ResumeMessage,
    Field(discriminator="kind"),
]
_ADAPTER: TypeAdapter[HelloMessage | DataMessage | HeartbeatMessage | ResumeMessage] = TypeAdapter(FeedMessage)


def read_message(text: str | bytes) -> HelloMessage | DataMessage | HeartbeatMessage | ResumeMessage:
    """A message from one frame. LangstreckeError, naming the field, for anything that is none."""
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or None
        raise LangstreckeError(f"no message of a timing feed: {first['msg']}", key=key) from None


def write_message(message: BaseModel) -> str:
    """One line of JSON; what is not known is left out."""
    return message.model_dump_json(exclude_none=True)


def lap_message(
    row: Mapping[str, Any], seq: int, revision: int = 1, *, withdrawn: bool = False, estimated: bool = False
) -> LapMessage:
    """A row of a canonical lap table as a message."""
    known = {name: row[name] for name in LAPS.names()}
    known["race_id"] = known["race_id"] or ""
    known["car_class"] = known["car_class"] or ""
    known["in_pit"] = bool(known["in_pit"])
    return LapMessage(seq=seq, revision=revision, withdrawn=withdrawn, estimated=estimated, **known)


def feed_schema() -> dict[str, Any]:
    """JSON schema of all messages."""
    return _ADAPTER.json_schema()
