"""Every verb of the command line: its words, its group, its module and its line in `--help`.

A module is loaded when one of its verbs is called or asked for help, so that `langstrecke --help` waits for none of
them. The verb `card list` is the function `list_verb` of its module, and its line here is the first of its docstring
(tests/cli/test_verbs.py). docs/verbs.md names them all.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """One verb: `words` as they are typed, `module` below `langstrecke.cli`."""

    words: str
    module: str
    line: str

    @property
    def group(self) -> str:
        """The panel of `langstrecke --help` it stands in: the folder of its module."""
        return self.module.split(".")[0]

    @property
    def function(self) -> str:
        """The name of its function."""
        return self.words.split()[-1].replace("-", "_") + "_verb"


GROUPS = ("data", "cards", "odds", "strategy", "paddock", "news", "serve")
"""Panels of `langstrecke --help`, in order."""

FAMILIES = {
    "card": "Race cards: list, show, check, build.",
    "scenario": "Questions as files: each is played and answered.",
    "paddock": "Who and what the registry knows.",
    "ratings": "Ratings: drivers and cars, with intervals.",
    "news": "German racing news: claims with their certainty, checked against the results, turned into what-ifs.",
}
"""First words that several verbs share -> their line."""

VERBS = (
    Verb("import", "data.store", "Import timing files into the store; what is there already is left alone."),
    Verb(
        "fetch",
        "data.fetch",
        "Fetch an event from a public archive into the store; fetch calendar SERIES SEASON lists a season.",
    ),
    Verb("races", "data.store", "List the races in the store, or tell what decided where a race's files were filed."),
    Verb("races remove", "data.store", "Take a race, with all sessions of its event, out of the store again."),
    Verb("card list", "cards.card", "Name all shipped cards."),
    Verb("card show", "cards.card", "Show what a card holds."),
    Verb("card check", "cards.card", "Say everything that is wrong with a card; exit code 1 if anything is."),
    Verb("card build", "cards.build", "Build a race card from timing data in the store."),
    Verb("card from", "cards.build", "Make a race card from result files of simulators: practice, qualifying, race."),
    Verb(
        "forecast", "odds.forecast", "Simulate a race many times and print who wins, how often, and with what spread."
    ),
    Verb(
        "season",
        "odds.season",
        "Title odds of a season: the points so far, and the remaining rounds played many times.",
    ),
    Verb("scenario list", "odds.scenario", "The scenarios that come with the package."),
    Verb("scenario run", "odds.scenario", "Play a scenario and print its answer."),
    Verb(
        "simulate",
        "odds.simulate",
        "Play one race and show how it ended; --laps keeps every lap, as real timing data would look.",
    ),
    Verb("bench", "odds.simulate", "Car-laps per second on shipped cards, compilation left out."),
    Verb(
        "backtest",
        "odds.backtest",
        "Forecast every race of a period from what was known by then; an interrupted run goes on where it stopped.",
    ),
    Verb("score", "odds.backtest", "Score forecasts against the official class results, beside the baselines."),
    Verb(
        "ledger",
        "odds.ledger",
        "List the forecasts on record: when each was made, of what, and who was likeliest to win.",
    ),
    Verb(
        "ledger export",
        "odds.ledger",
        "Write the ledger to a file: .jsonl is the chain itself, for a sceptic; .parquet a table of all odds.",
    ),
    Verb(
        "ledger score",
        "odds.ledger",
        "Score the forecasts on record whose races have a result in the store by now.",
    ),
    Verb(
        "ledger verify",
        "odds.ledger",
        "Say whether a ledger is as it was written, the store's or an exported one; exit code 1 if it is not.",
    ),
    Verb(
        "plan",
        "strategy.plan",
        "Plan a car's stops and who drives when, under every drive-time rule of the rule book.",
    ),
    Verb(
        "remind",
        "strategy.remind",
        "Send a message to a chat's webhook before each stop of a team's plan; without --to, list the messages.",
    ),
    Verb(
        "call",
        "strategy.call",
        "Pit or stay: what each option open at a moment is worth against staying out, and why.",
    ),
    Verb(
        "window",
        "strategy.window",
        "The pit window lap by lap: worth of a stop, rejoin, traffic, yellows, undercut, fall-off, saving.",
    ),
    Verb(
        "audit",
        "strategy.call",
        "Score every stop of a real race as a decision at its time, with what was known then.",
    ),
    Verb(
        "what-if",
        "strategy.what_if",
        "Say what a change is worth: the difference in odds, with its interval, on the same luck.",
    ),
    Verb(
        "optimise",
        "strategy.what_if",
        "Search for the best plan of a car: stints, yellows, tyres, fuel, drivers; and what the second best costs.",
    ),
    Verb("career", "paddock.careers", "What a driver entered, with whom, and how it ended."),
    Verb("teammates", "paddock.careers", "With whom a driver shared a car, or the races two drivers shared."),
    Verb(
        "versus", "paddock.careers", "Races in which two drivers drove different cars, and whose car came in ahead."
    ),
    Verb(
        "calendar",
        "paddock.calendar",
        'Where calendars clash: calendar --season 2019 --driver "Kevin Magnussen" --against le-mans.',
    ),
    Verb(
        "rules",
        "paddock.rules",
        "Print a rule book, or compare two: langstrecke rules imsa --season 2021; rules diff wec-2016 wec-2024.",
    ),
    Verb("ratings drivers", "paddock.ratings", "Drivers by skill, cars set aside."),
    Verb("ratings cars", "paddock.ratings", "Cars by what lasts of their pace, drivers set aside."),
    Verb("paddock who", "paddock.registry", "Which drivers a name may stand for, with a score and the reasons."),
    Verb("paddock entries", "paddock.registry", "Who entered a race, with the result."),
    Verb(
        "paddock doubtful",
        "paddock.registry",
        "Names that may be one person; somebody has to decide, in aliases.toml.",
    ),
    Verb(
        "paddock merged",
        "paddock.registry",
        "Names of different spelling that were taken for one person, with the reasons.",
    ),
    Verb("news read", "news", "Read articles into claims and keep them in the store."),
    Verb("news show", "news", "Show the claims that stand, with contradictions side by side."),
    Verb("news timeline", "news", "Everything ever told of somebody, oldest first, with what became of it."),
    Verb("news check", "news", "Check every claim of articles against the registry of races and results."),
    Verb(
        "news patch",
        "news",
        "The what-if that articles imply for a race: langstrecke forecast CARD --what-if FILE plays it.",
    ),
    Verb(
        "warm-up",
        "serve.warm_up",
        "Compile the simulation, once for this version, so that no later verb waits for it.",
    ),
    Verb("serve", "serve.serve", "Open the pit wall: pages, REST and WebSockets over the same Python API."),
    Verb(
        "follow",
        "serve.follow",
        "Follow a race from a recording, a feed or a live service, as its timing table.",
    ),
    Verb(
        "replay",
        "serve.replay",
        "Play a recorded race as a live timing feed at ws://HOST:PORT/feed, until it is over.",
    ),
    Verb(
        "mcp",
        "serve.mcp",
        "Answer an assistant's questions (Model Context Protocol): odds, what-ifs, plans, rules, careers; read only.",
    ),
)
