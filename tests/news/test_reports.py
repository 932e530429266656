"""Reports of real results: what is true is never contradicted, planted errors are found."""

from __future__ import annotations

import pytest

pytest.importorskip("spacy")

from langstrecke.news import article_from_text, check_claims, read_article
from news.reports import reports

RESULTS = ("won", "finished")


def test_no_true_report_is_contradicted_and_planted_errors_are_found() -> None:
    missed, false_alarms, planted = [], [], 0
    for n, report in enumerate(reports(240, seed=11)):
        claims = read_article(article_from_text(report.text, id=str(n), date=report.date)).claims
        verdicts = {f.verdict for f in check_claims(claims) if f.claim.relation in RESULTS}
        if report.true and "contradicted" in verdicts:
            false_alarms.append((report.text, report.date))
        if not report.true:
            planted += 1
            if "contradicted" not in verdicts:
                missed.append((report.text, report.date, verdicts))
    assert planted >= 100
    assert false_alarms == []
    assert len(missed) <= 0.1 * planted, missed
