"""How likely is a claim of the newsroom read rightly? Fits data/trust.toml to the gold claims.

Usage: python -m scripts.fit.trust [--write]

A claim of a text that rules were developed on is right far more often than one of a new text. So the texts as they
were read before anybody saw them (tests/news/first_sight.json) count in full, the others little (`DEVELOPED`).
The articles and the sets that nobody looks at are left out. Logistic regression with a Gaussian prior, base free.

Printed for each set, fitted without it, by threshold: precision/recall with how sure, then without. For the sets of
first sight that is the honest figure. The threshold is the highest that loses nothing of the three articles.
"""

from __future__ import annotations

import argparse
import json
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from langstrecke.news.claims.scoring import LATER, MULTIPLIED, WITH_LATER, claim_key, gold_key
from langstrecke.news.reader import read_article
from langstrecke.news.sources.files import article_from_text

ROOT = Path(__file__).resolve().parents[2]
NEWS = ROOT / "tests" / "news"
WEIGHTS = ROOT / "src" / "langstrecke" / "news" / "data" / "trust.toml"
DEVELOPED_ON = ("known", "third", "fourth", "fifth", "sixth", "eighth", "ninth", "tenth", "eleventh")
DEVELOPED = 0.3
"""Weight of a claim of a text developed on."""
PRIOR = 6.0
"""Inverse variance of a weight."""
RARE = 12
"""A sign of fewer claims has no weight."""
THRESHOLD = 0.55
SHOWN = (0.0, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75)


@dataclass(frozen=True)
class Row:
    """One claim."""

    set: str
    first_sight: bool
    right: int
    """2 right, 1 right but for how sure, which counts half, 0 wrong."""
    signs: frozenset[str]


def first_sight() -> tuple[list[Row], dict[str, int]]:
    """Claims of texts nobody had developed on, and how many the gold has."""
    data = json.loads((NEWS / "first_sight.json").read_text("utf-8"))
    names = data["signs"]
    rows = [
        Row(one["set"], True, right, frozenset(names[n] for n in signs))
        for one in data["sets"]
        for _, right, signs in one["claims"]
    ]
    rows = [r for r in rows if not {"enters", "rule the team's, too"} <= r.signs]  # no longer concluded
    return rows, {one["set"]: one["gold"] for one in data["sets"]}


def developed_on() -> tuple[list[Row], dict[str, int]]:
    """Claims of the texts developed on as they are read now, and how many the gold has."""
    rows: list[Row] = []
    gold: Counter[str] = Counter()
    for name in DEVELOPED_ON:
        for file in sorted((NEWS / "gold" / name).glob("*.toml")):
            table = tomllib.loads(file.read_text("utf-8"))
            text = (NEWS / "texts" / name / table.get("file", f"{file.stem}.txt")).read_text("utf-8")
            reading = read_article(article_from_text(text, id=file.stem, date=str(table.get("date", ""))))
            wanted = {gold_key(c) for c in table.get("claim", [])}
            named = {key[:3] for key in wanted}
            gold[name] += len(wanted)
            seen = set()
            for claim in (*reading.claims, *reading.withheld):
                key = claim_key(claim)
                left_out = claim.relation in LATER and name not in WITH_LATER
                left_out = left_out or (claim.implied and name not in MULTIPLIED and key not in wanted)
                if key not in seen and not left_out:
                    seen.add(key)
                    rows.append(Row(name, False, 2 if key in wanted else int(key[:3] in named), claim.signs))
    return rows, dict(gold)


def fit(rows: list[Row]) -> tuple[float, dict[str, float]]:
    """Base and weights."""
    counted = Counter(s for r in rows for s in r.signs)
    signs = sorted(s for s, n in counted.items() if n >= RARE)
    at = {s: n for n, s in enumerate(signs)}
    x = np.zeros((len(rows), len(signs)))
    for n, row in enumerate(rows):
        for sign in row.signs & at.keys():
            x[n, at[sign]] = 1
    right = np.array([r.right / 2 for r in rows])
    weight = np.array([1.0 if r.first_sight else DEVELOPED for r in rows])

    def loss(b: np.ndarray) -> tuple[float, np.ndarray]:
        odds = b[0] + x @ b[1:]
        off = weight * (1 / (1 + np.exp(-odds)) - right)
        value = (weight * (np.logaddexp(0, odds) - right * odds)).sum() + PRIOR * (b[1:] ** 2).sum() / 2
        return float(value), np.concatenate([[off.sum()], x.T @ off + PRIOR * b[1:]])

    found = minimize(loss, np.zeros(len(signs) + 1), jac=True, method="L-BFGS-B").x
    return float(found[0]), {s: float(found[at[s] + 1]) for s in signs}


def likely(row: Row, base: float, weights: dict[str, float]) -> float:
    """How likely a claim is right."""
    return float(1 / (1 + np.exp(-base - sum(weights.get(s, 0.0) for s in row.signs))))


def left_out(rows: list[Row], gold: dict[str, int], name: str, *, first: bool) -> str:
    """Precision and recall of one set by threshold, fitted without it."""
    base, weights = fit([r for r in rows if r.set != name])
    scored = [(likely(r, base, weights), r.right) for r in rows if r.set == name and r.first_sight == first]
    cells = []
    for least in SHOWN:
        kept = [right for p, right in scored if p >= least]
        sure, all_told = sum(right == 2 for right in kept), sum(right > 0 for right in kept)
        cells.append(
            f"{least:.2f}: {sure / max(1, len(kept)):.2f}/{sure / gold[name]:.2f}"
            f" {all_told / max(1, len(kept)):.2f}/{all_told / gold[name]:.2f}"
        )
    return f"{name:8}{'first sight' if first else 'as now':12}" + "  ".join(cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--write", action="store_true", help=f"write {WEIGHTS.relative_to(ROOT)}")
    given = parser.parse_args()
    fresh, gold_then = first_sight()
    known, gold = developed_on()
    rows = [*fresh, *known]
    print("precision/recall by threshold, the set left out of the fit")
    for name in gold_then:
        print(left_out(rows, gold_then, name, first=True))
    for name in gold:
        print(left_out(rows, gold, name, first=False))
    base, weights = fit(rows)
    if given.write:
        write(base, weights, f"{len(fresh)} claims of first sight and {len(known)} of texts developed on")


def write(base: float, weights: dict[str, float], source: str) -> None:
    """The file of weights; what stands under [words] is kept."""
    words = re.search(r"^\[words\]\n(?:.*\n)*?(?=\[weights\])", WEIGHTS.read_text("utf-8"), re.MULTILINE)
    lines = [
        "# Log-odds of a claim being read rightly, by its signs: `python -m scripts.fit.trust --write`, from",
        f"# {source} (weight {DEVELOPED}).",
        "# Claims less likely right than `threshold` are withheld. The words are written by hand.",
        "",
        f"base = {base:.3f}",
        f"threshold = {THRESHOLD}",
        "",
        words.group(0).rstrip() + "\n" if words else "[words]\n",
        "[weights]",
        *(f'"{s}" = {w:.3f}' for s, w in sorted(weights.items()) if abs(w) >= 0.005),
    ]
    WEIGHTS.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
