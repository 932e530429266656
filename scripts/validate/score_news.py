"""Score the newsroom against hand-made gold claims and print what it misses.

python -m scripts.validate.score_news                  # the articles (where present) and the texts developed on
python -m scripts.validate.score_news --held-out       # what was set aside (tests/news/README.md); totals only
python -m scripts.validate.score_news --set fifth      # one folder of texts alone, totals only
python -m scripts.validate.score_news --json
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from langstrecke.news.claims.scoring import CREWS, Score, only, score_folder, total, without_certainty

ROOT = Path(__file__).resolve().parents[2]
NEWS = ROOT / "tests" / "news"
ARTICLES = ROOT.parent / "shared" / "articles"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--held-out", action="store_true", help="the texts that chose no rule, totals only")
    parser.add_argument("--set", metavar="NAME", help="one folder of tests/news/texts alone, totals only")
    parser.add_argument("--misses", action="store_true", help="with --held-out or --set: print the misses too")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    groups: dict[str, list[Score]] = {}
    if not given.held_out and not given.set and ARTICLES.is_dir():
        groups["articles"] = score_folder(NEWS / "gold" / "articles", ARTICLES)
    for name in [given.set] if given.set else ["held_out"] if given.held_out else ["known", "third", "fourth"]:
        groups[name] = score_folder(NEWS / "gold" / name, NEWS / "texts" / name)
    if given.json:
        told = {name: [s.to_json() for s in [*scores, total(scores)]] for name, scores in groups.items()}
        print(json.dumps(told, indent=1, ensure_ascii=False))
        return
    for name, scores in groups.items():
        for score in scores if not (given.held_out or given.set) or given.misses else []:
            _print(score)
            for key in score.missed:
                print("    missed", " | ".join(key))
            for key in score.wrong:
                print("    wrong ", " | ".join(key))
        _print(total(scores, name))
        _print(total([without_certainty(s) for s in scores], f"{name}, not how sure"))
        _print(total([only(s, CREWS) for s in scores], f"{name}, crews"))


def _print(score: Score) -> None:
    counts = f"{len(score.right)} right, {len(score.missed)} missed, {len(score.wrong)} wrong"
    print(f"{score.text:28} precision {score.precision:.2f}  recall {score.recall:.2f}  ({counts})")


if __name__ == "__main__":
    main()
