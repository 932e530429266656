"""Requests: defaults and bounds stand once, and nobody from elsewhere names a file."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from langstrecke import services
from langstrecke.forecast import forecast_what_if
from langstrecke.forecast.evaluation.backtest import CUTOFFS, backtest
from langstrecke.forecast.race import forecast
from langstrecke.forecast.scenario import run_scenario
from langstrecke.forecast.season import season_forecast, title_race
from langstrecke.services.requests.common import FROM_SHELL, Ask
from langstrecke.services.requests.data import ImportPathsAsk
from langstrecke.services.requests.news import NewsAsk, NewsPatchAsk
from langstrecke.services.requests.odds import BacktestAsk, ForecastAsk, ScenarioAsk, SeasonAsk, TitleRaceAsk
from langstrecke.services.requests.paddock import RulesAsk
from langstrecke.services.requests.strategy import AuditAsk, OptimiseAsk, PlanAsk, WhatIfAsk, WhatIfThenAsk
from langstrecke.strategy.audit import audit
from langstrecke.strategy.counterfactual.before_race import what_if
from langstrecke.strategy.counterfactual.during_race import what_if_then
from langstrecke.strategy.plan import make_plan
from langstrecke.strategy.search import optimise

CARD = "imsa-2021-sebring"


@pytest.mark.parametrize(
    ("ask", "function", "renamed"),
    [
        (ForecastAsk, forecast, {}),
        (ForecastAsk, forecast_what_if, {}),
        (SeasonAsk, season_forecast, {}),
        (TitleRaceAsk, title_race, {}),
        (ScenarioAsk, run_scenario, {}),
        (BacktestAsk, backtest, {}),
        (PlanAsk, make_plan, {}),
        (OptimiseAsk, optimise, {"candidates": "count"}),
        (WhatIfAsk, what_if, {}),
        (WhatIfThenAsk, what_if_then, {}),
        (AuditAsk, audit, {}),
    ],
)
def test_the_shell_the_web_and_python_have_the_same_defaults(
    ask: type[Ask], function: Callable[..., Any], renamed: dict[str, str]
) -> None:
    theirs = inspect.signature(function).parameters
    compared = 0
    for name, field in ask.model_fields.items():
        other = theirs.get(renamed.get(name, name))
        if other is None or other.default is inspect.Parameter.empty or not isinstance(field.default, int | float):
            continue
        assert field.default == other.default, name
        compared += 1
    assert compared


def test_the_cutoffs_of_a_backtest_are_the_same() -> None:
    assert tuple(map(float, BacktestAsk.model_fields["cutoffs"].default.split(","))) == CUTOFFS


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a.toml", "A", "", "x" * 200, "a\n", "C:\\x"])
def test_a_name_from_elsewhere_is_never_a_path(name: str) -> None:
    with pytest.raises(ValidationError):
        ForecastAsk(card=name)
    if name:
        assert ForecastAsk.model_validate({"card": name}, context=FROM_SHELL).card == name


@pytest.mark.parametrize(
    ("ask", "values"),
    [
        (ForecastAsk, {"card": CARD, "patch_files": ["/etc/passwd"]}),
        (PlanAsk, {"card": CARD, "car": "01", "drivers_file": "/etc/passwd"}),
        (NewsAsk, {"sources": ["/etc/passwd"]}),
        (NewsPatchAsk, {"card": CARD, "texts": [{"text": "x"}], "weights": "/etc/passwd"}),
        (ImportPathsAsk, {"paths": ["/etc"]}),
        (RulesAsk, {"book": "../imsa.toml"}),
    ],
)
def test_files_are_the_shells_own(ask: type[Ask], values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ask.model_validate(values)
    ask.model_validate(values, context=FROM_SHELL)
    shown = ask.model_json_schema()["properties"]
    assert not {"patch_files", "drivers_file", "sources", "weights", "paths"} & set(shown)


def test_who_sits_at_the_machine_may_ask_for_more() -> None:
    with pytest.raises(ValidationError, match="at most 1,000,000"):
        ForecastAsk(card=CARD, races=2_000_000)
    assert ForecastAsk.model_validate({"card": CARD, "races": 2_000_000}, context=FROM_SHELL).races == 2_000_000
    with pytest.raises(ValidationError):
        ForecastAsk.model_validate({"card": CARD, "races": 0}, context=FROM_SHELL)


def test_every_service_is_there_by_name() -> None:
    for name in services.__all__:
        assert callable(getattr(services, name)), name
    with pytest.raises(AttributeError, match="nonsense"):
        _ = services.nonsense


def test_services_need_no_web() -> None:
    folder = Path(services.__file__).parent
    names = [
        ".".join(("langstrecke.services", *p.relative_to(folder).with_suffix("").parts)).removesuffix(".__init__")
        for p in sorted(folder.rglob("*.py"))
    ]
    code = (
        f"import importlib, sys\nfor name in {names!r}:\n    importlib.import_module(name)\n"
        "print(*sorted({m.split('.')[0] for m in sys.modules}))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"fastapi", "starlette", "nicegui", "uvicorn", "websockets"} & set(ran.stdout.split())
