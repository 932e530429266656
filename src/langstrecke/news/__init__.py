"""The newsroom: German racing news in, checked claims and what-ifs out.

    for article in read_articles(["article.txt"]):
        for claim in read_article(article).claims:
            print(claim.words())

The language libraries come with the extra: pip install "langstrecke[news]".
"""

from langstrecke.news.claims.fact_check import Finding, check_claims
from langstrecke.news.claims.what_if import LineUpPatch, what_if
from langstrecke.news.model import Article, Claim, NewsError
from langstrecke.news.reader import Reading, read_article
from langstrecke.news.sources.files import article_from_text, read_articles

__all__ = [
    "Article",
    "Claim",
    "Finding",
    "LineUpPatch",
    "NewsError",
    "Reading",
    "article_from_text",
    "check_claims",
    "read_article",
    "read_articles",
    "what_if",
]
