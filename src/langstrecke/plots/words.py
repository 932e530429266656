"""What figures call cars, and the cars they are asked for."""

from __future__ import annotations

from collections.abc import Sequence

from langstrecke.errors import NotFoundError
from langstrecke.forecast import CarForecast, Forecast
from langstrecke.formatting import printable
from langstrecke.plots.class_colours import class_colour


def label(car: CarForecast) -> tuple[str, str]:
    """Number and team."""
    return printable(car.car), printable(car.team)


def class_stripes(forecast: Forecast, cars: Sequence[CarForecast]) -> list[str]:
    """The colours of the cars' classes."""
    classes = [facts.name for facts in forecast.classes]
    return [class_colour(car.car_class, classes) for car in cars]


def cars_of(forecast: Forecast, car_class: str) -> tuple[CarForecast, ...]:
    """The cars of a class, best chances first. NotFoundError names the classes there are."""
    found = forecast.in_class(car_class)
    if not found:
        raise NotFoundError.nearest(f"class of {forecast.race.id}", car_class, [c.name for c in forecast.classes])
    return found
