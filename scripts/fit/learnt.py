"""What relation a pair of names stands in, and how sure the text is of it: fits data/learnt.npz to gold claims.

Usage: pip install scikit-learn && python -m scripts.fit.learnt [--write]

Texts: tests/news/taught (by writers who had seen no rule, for this purpose) and the sets of tests/news that rules
were developed on; never the sealed ones. One logistic regression a relation, on the pairs of the kinds it was seen
with. Of a claim that the gold has at another place of the text the pair is left out, neither right nor wrong.

How sure is one more regression, on the clues of claims (`relations/signs.py`), what the rules say among them.

Printed, each taught text read by weights of which its fold had no part: precision / recall / F without how sure, of
the rules alone and with what examples add, by threshold on how likely they are, calibrated; how often how sure is
right, by the rules and as told.
"""

from __future__ import annotations

import argparse
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from scripts.fit.trust import ALWAYS, Row, trust_table, write_trust
from sklearn.linear_model import LogisticRegression

from langstrecke.news.claims.scoring import claim_key, gold_key, same_id
from langstrecke.news.model import BY_EXAMPLE, CERTAINTIES, SYMMETRIC
from langstrecke.news.reader import read_article
from langstrecke.news.relations.learnt import sign_of
from langstrecke.news.relations.pairs import Pair
from langstrecke.news.sources.files import article_from_text

NEWS = Path(__file__).resolve().parents[2] / "tests" / "news"
WEIGHTS = Path(__file__).resolve().parents[2] / "src" / "langstrecke" / "news" / "data" / "learnt.npz"
ARTICLES = Path(__file__).resolve().parents[3] / "shared" / "articles"
ARTICLE_WEIGHT = 10.0
"""A claim of the articles counts so much; 3 to 30 move precision and recall of others by less than 0.01."""
DEVELOPED_ON = ("known", "third", "fourth", "fifth", "sixth", "eighth", "ninth", "tenth", "eleventh")
PRIOR = 3.0
"""Inverse variance of a weight; 1 to 10 differ by less than 0.01 of F."""
RARE = 4
"""A feature of fewer pairs has no weight."""
LEAST = 6
"""A relation of fewer pairs is not learnt."""
SMALL = 0.02
"""Smaller weights are left out of the file."""
THRESHOLD = 0.5
"""So likely a claim must be to be told: rather right than wrong. Less has the better F and the worse precision."""
SHOWN_FROM = 0.35
"""From here to the threshold it is withheld, and shown as such."""
FOLDS = 4
SHOWN = (0.3, 0.4, 0.5, 0.6, 0.7)


@dataclass
class Text:
    """A text with its gold, its pairs, and what the rules read."""

    group: str
    gold: list[tuple[str, str, str, int]]
    pairs: list[tuple[str, str, frozenset[str], str, int, int, bool]] = field(default_factory=list)
    """Ids, what is seen, kinds, the sentence, and whether both are named in it."""
    read: set[tuple[str, str, str]] = field(default_factory=set)
    ruled: list[tuple[tuple[str, str, str], int, frozenset[str]]] = field(default_factory=list)
    """What rules read: the claim, 2 right, 1 right but for how sure, 0 wrong, and its signs."""
    sure: list[tuple[frozenset[str], str, str, bool]] = field(default_factory=list)
    """Of claims that are right: clues, how sure by the gold and by the rules, whether a rule read it."""


def sources() -> Iterator[tuple[str, str, str, list[dict[str, Any]]]]:
    """Set, text, date and gold of every text to learn from."""
    for file in sorted((NEWS / "taught").glob("*.txt")):
        for one in file.read_text("utf-8").split("\n=== ")[1:]:
            head, _, rest = one.partition("\n")
            text, _, lines = rest.partition("\n--- \n")
            gold = []
            for line in lines.strip().splitlines():
                cells = [c.strip() for c in line.split("|")]
                at = text.find(cells[4])
                gold.append(
                    {**dict(zip(("subject", "relation", "object", "certainty"), cells, strict=False)), "at": [at]}
                )
            yield "taught", text, head.split()[1], gold
    for name in DEVELOPED_ON:
        for file in sorted((NEWS / "gold" / name).glob("*.toml")):
            table = tomllib.loads(file.read_text("utf-8"))
            place = NEWS / "texts" / name / str(table.get("file", file.stem + ".txt"))
            yield name, place.read_text("utf-8"), str(table.get("date", "")), table.get("claim", [])


def seen(name: str, text: str, date: str, gold: list[dict[str, Any]]) -> Text:
    """Read a text, and keep its pairs."""
    made = Text(name, [])
    certainties: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for entry in gold:
        one, relation, other, sure = gold_key(entry)
        made.gold.append((one, relation, other, entry.get("at", [-1])[0]))
        certainties[one, relation, other].add(sure)

    def judge(found: Sequence[Pair]) -> list[list[tuple[str, float]]]:
        for p in found:
            ids = same_id(p.one.name.id), same_id(p.other.name.id)
            named = p.one.at >= 0 and p.other.at >= 0
            made.pairs.append((*ids, frozenset(p.seen), p.kinds, p.start, p.end, named))
        here = labels(Text(name, made.gold, made.pairs[len(made.pairs) - len(found) :])) if found else []
        return [[(relation, 1.0) for relation in sorted(told)] for told, _ in here]

    reading = read_article(article_from_text(text, id="text", date=date), judge)
    both = (*reading.claims, *reading.withheld)
    made.read = {claim_key(c)[:3] for c in both if c.rule != BY_EXAMPLE}
    wanted_keys = {gold_key(entry) for entry in gold}
    for claim in both:
        key = claim_key(claim)
        if claim.rule != BY_EXAMPLE and key not in {(*k, claim.certainty) for k, _, _ in made.ruled}:
            right_by = 2 if key in wanted_keys else int(key[:3] in certainties)
            made.ruled.append((key[:3], right_by, claim.signs))
        wanted = certainties.get(claim_key(claim)[:3], set())
        if len(wanted) == 1:
            (right,) = wanted
            by_rule = next(c for c in CERTAINTIES if f"= {c}" in claim.clues) if claim.clues else claim.certainty
            made.sure.append((claim.clues, right, by_rule, claim.rule != BY_EXAMPLE))
    return made


def labels(text: Text) -> list[tuple[set[str], set[str]]]:
    """Of each pair of a text the relations it stands in there, and those only told of it elsewhere."""
    told: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for one, relation, other, at in text.gold:
        told[one, other].append((relation, at))
        if relation in SYMMETRIC:
            told[other, one].append((relation, at))
    found = []
    for one, other, _, _, start, end, named in text.pairs:
        here: set[str] = set()
        elsewhere: set[str] = set()
        for relation, at in told.get((one, other), ()):
            (here if start <= at < end or (at < 0 and named) else elsewhere).add(relation)
        found.append((here, elsewhere - here))
    return found


@dataclass
class Fit:
    """Weights by relation."""

    features: dict[str, int]
    weights: dict[str, Any]
    kinds: dict[str, set[str]]

    def matrix(self, texts: list[Text]) -> sp.csr_matrix:
        """Pairs by features."""
        cells, ends = [], [0]
        for text in texts:
            for pair in text.pairs:
                cells += [self.features[f] for f in pair[2] if f in self.features]
                ends.append(len(cells))
        return sp.csr_matrix((np.ones(len(cells)), cells, ends), shape=(len(ends) - 1, len(self.features)))


def fit(texts: list[Text]) -> Fit:
    """One regression a relation."""
    count = Counter(f for t in texts for p in t.pairs for f in p[2])
    made = Fit({f: n for n, f in enumerate(sorted(f for f, k in count.items() if k >= RARE))}, {}, {})
    table = made.matrix(texts)
    kinds = np.array([p[3] for t in texts for p in t.pairs])
    told = [one for t in texts for one in labels(t)]
    for relation, n in sorted(Counter(r for here, _ in told for r in here).items()):
        if n < LEAST:
            continue
        right = np.array([relation in here for here, _ in told])
        often = Counter(kinds[right])
        made.kinds[relation] = {str(k) for k, c in often.items() if c >= max(2, 0.02 * n)}
        fits = np.array([k in made.kinds[relation] for k in kinds]) & np.array([relation not in e for _, e in told])
        model = LogisticRegression(
            C=1 / PRIOR, solver="liblinear", fit_intercept=False, dual=True, tol=0.01, max_iter=300
        )
        model.fit(table[fits], right[fits])
        made.weights[relation] = np.where(abs(model.coef_[0]) < SMALL, 0, model.coef_[0])
    return made


def added(made: Fit, texts: list[Text]) -> list[dict[tuple[str, str, str], float]]:
    """What examples say of texts: a claim -> how likely."""
    table = made.matrix(texts)
    odds = {r: 1 / (1 + np.exp(-(table @ w))) for r, w in made.weights.items()}
    found: list[dict[tuple[str, str, str], float]] = []
    n = 0
    for text in texts:
        told: dict[tuple[str, str, str], float] = {}
        for one, other, _, kinds, *_ in text.pairs:
            for relation, p in odds.items():
                if kinds in made.kinds[relation]:
                    a, b = sorted((one, other)) if relation in SYMMETRIC else (one, other)
                    likely = min(max(float(p[n]), 1e-6), 1 - 1e-6)
                    told[a, relation, b] = max(told.get((a, relation, b), 0.0), likely)
            n += 1
        found.append(told)
    return found


CLUE_PRIOR = 10.0
"""Inverse variance of the weight of a clue."""


@dataclass
class SureFit:
    """Weights of clues by certainty."""

    clues: dict[str, int]
    model: LogisticRegression

    def matrix(self, rows: list[frozenset[str]]) -> sp.csr_matrix:
        """Claims by clues."""
        cells, ends = [], [0]
        for clues in rows:
            cells += [self.clues[c] for c in clues if c in self.clues]
            ends.append(len(cells))
        return sp.csr_matrix((np.ones(len(cells)), cells, ends), shape=(len(rows), len(self.clues)))


def fit_sure(texts: list[Text]) -> SureFit:
    """One regression for all certainties."""
    claims = [c for t in texts for c in t.sure if c[0]]
    count = Counter(f for c in claims for f in c[0])
    made = SureFit(
        {f: n for n, f in enumerate(sorted(f for f, k in count.items() if k >= RARE))},
        LogisticRegression(C=1 / CLUE_PRIOR, max_iter=300),
    )
    made.model.fit(made.matrix([c[0] for c in claims]), [c[1] for c in claims])
    return made


def hits(made: SureFit, texts: list[Text]) -> Counter[str]:
    """How often how sure is right: by the rules, and as it is told."""
    count: Counter[str] = Counter()
    claims = [c for t in texts for c in t.sure if c[0]]
    best = made.model.predict(made.matrix([c[0] for c in claims]))
    for (_, gold, by_rule, ruled), likeliest in zip(claims, best, strict=True):
        told = by_rule if ruled else str(likeliest)
        sort = "rules" if ruled else "examples"
        count[sort] += 1
        count[sort + " right by the rules"] += by_rule == gold
        count[sort + " right as told"] += told == gold
    return count


def score(texts: list[Text], read: list[set[tuple[str, str, str]]]) -> str:
    """Precision, recall and F without how sure."""
    right = wrong = gold = 0
    for text, told in zip(texts, read, strict=True):
        wanted = {g[:3] for g in text.gold}
        right, wrong, gold = right + len(told & wanted), wrong + len(told - wanted), gold + len(wanted)
    return f"{right / (right + wrong):.3f}/{right / gold:.3f}/{2 * right / (right + wrong + gold):.3f}"


def main() -> None:
    """Judge by folds, then fit to everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write data/learnt.npz")
    options = parser.parse_args()
    texts = [seen(*one) for one in sources()]
    taught = [t for t in texts if t.group == "taught"]
    others = [t for t in texts if t.group != "taught"]
    print(f"{len(taught)} taught texts, {len(others)} developed on, {sum(len(t.gold) for t in texts)} claims")
    judged: list[Text] = []
    said: list[dict[tuple[str, str, str], float]] = []
    count: Counter[str] = Counter()
    for fold in range(FOLDS):
        rest = others + [t for n, t in enumerate(taught) if n % FOLDS != fold]
        made, left = fit(rest), taught[fold::FOLDS]
        count += hits(fit_sure(rest), left)
        judged += left
        said += added(made, left)
    print("rules alone", score(judged, [t.read for t in judged]))
    slope, base = calibrated(judged, said)
    print(f"calibrated by {slope:.2f} times the odds {base:+.2f}")
    said = [{k: float(1 / (1 + np.exp(-slope * np.log(p / (1 - p)) - base))) for k, p in s.items()} for s in said]
    for threshold in SHOWN:
        read = [t.read | unread(t.read, s, threshold) for t, s in zip(judged, said, strict=True)]
        print(f"with examples from {threshold}", score(judged, read))
    print(", ".join(f"{k} {v}" for k, v in sorted(count.items())))
    rows = [*trust_rows(judged, said), *article_rows()]
    print("what rules read, by how likely it is: precision/recall with how sure, then without")
    print(trust_table(rows, sum(len({g[:3] for g in t.gold}) for t in judged)))
    if options.write:
        write_trust(rows)
        write(fit(texts), fit_sure(texts), (slope, base))


def trust_rows(judged: list[Text], said: list[dict[tuple[str, str, str], float]]) -> list[Row]:
    """What the rules read of texts they had not seen, with what examples of other texts say of it among the signs."""
    rows = []
    for n, (text, told) in enumerate(zip(judged, said, strict=True)):
        asked = {pair[:2] for pair in text.pairs}
        for key, right, signs in text.ruled:
            ways = [(key[0], key[2]), *([(key[2], key[0])] if key[1] in SYMMETRIC else [])]
            likely = told.get(key, 0.0) if asked.intersection(ways) else None
            rows.append(Row(n % FOLDS, right, signs | {sign_of(likely)}))
    return rows


def article_rows() -> list[Row]:
    """The claims of the three articles that rules read rightly, where the articles are."""
    rows = []
    for file in sorted((NEWS / "gold" / "articles").glob("*.toml")):
        table = tomllib.loads(file.read_text("utf-8"))
        place = ARTICLES / str(table["file"])
        if not place.exists():
            print(f"{place} is not here: its claims have no say in how likely others are")
            continue
        article = article_from_text(place.read_text("utf-8"), id=file.stem, date=str(table.get("date", "")))
        reading = read_article(article)
        wanted = {gold_key(entry) for entry in table["claim"]}
        told = (c for c in (*reading.claims, *reading.withheld) if c.rule != BY_EXAMPLE)
        rows += [Row(ALWAYS, 2, c.signs, ARTICLE_WEIGHT) for c in told if claim_key(c) in wanted]
    return rows


def unread(
    read: set[tuple[str, str, str]], said: dict[tuple[str, str, str], float], threshold: float
) -> set[tuple[str, str, str]]:
    """What is added, as `relations.collect.unsaid` does."""
    pairs = {frozenset((a, b)) for a, _, b in read}
    filled = {(a, r) for a, r, _ in read if r not in SYMMETRIC}
    return {
        k for k, p in said.items() if p >= threshold and frozenset((k[0], k[2])) not in pairs and k[:2] not in filled
    }


def calibrated(texts: list[Text], said: list[dict[tuple[str, str, str], float]]) -> tuple[float, float]:
    """Slope and base that turn the odds of left-out texts into what was right of them (Platt 1999)."""
    odds, right = [], []
    for text, told in zip(texts, said, strict=True):
        wanted = {g[:3] for g in text.gold}
        for key in unread(text.read, told, 0.05):
            odds.append([np.log(told[key] / (1 - told[key]))])
            right.append(key in wanted)
    line = LogisticRegression(C=1e6).fit(odds, right)
    return float(line.coef_[0][0]), float(line.intercept_[0])


def write(made: Fit, sure: SureFit, calibration: tuple[float, float]) -> None:
    """Keep the weights: words and numbers, nothing that runs."""
    relations = list(made.weights)
    table = np.array([made.weights[r] for r in relations]).T
    how = np.vstack([sure.model.coef_.T, sure.model.intercept_])
    how[abs(how) < SMALL] = 0
    held: dict[str, Any] = {
        "threshold": np.float64(THRESHOLD),
        "shown": np.float64(SHOWN_FROM),
        "calibration": np.array(calibration),
    }
    words = {
        "features": [w for w, n in made.features.items() if table[n].any()],
        "relations": relations,
        "kinds": [" ".join(sorted(made.kinds[r])) for r in relations],
        "clues": [w for w, n in sure.clues.items() if how[n].any()],
        "certainties": list(sure.model.classes_),
    }
    for key, lines in words.items():
        held[key] = np.frombuffer("\n".join(lines).encode(), np.uint8)
    base = how[-1:]
    for key, cells in (
        ("weights", table[table.any(axis=1)]),
        ("sure", np.vstack([how[:-1][how[:-1].any(axis=1)], base])),
    ):
        row, column = np.nonzero(cells)
        held |= {f"{key}_row": row.astype(np.int32), f"{key}_column": column.astype(np.int8)}
        held[f"{key}_value"] = cells[row, column].astype(np.float16)
    np.savez_compressed(WEIGHTS, **held)
    size = WEIGHTS.stat().st_size / 1e3
    print(f"{WEIGHTS.name}: {len(words['features'])} features, {len(words['clues'])} clues, {size:.0f} kB")


if __name__ == "__main__":
    main()
