"""The agent's knowledge base 知识库: articles found by what stands in their title, keywords or text."""

import unicodedata
from collections.abc import Sequence

from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.desk import ArticleHit, ArticleText, NoticeLine
from lms.domain.crm.terms import folded
from lms.domain.crm.texts import Article
from lms.domain.values import Language

MOST_ARTICLES = 20
TITLE, KEYWORD, BODY = 8, 4, 1  # what a word found there is worth
SUPERSEDED = 2  # what a superseded article loses, so that it follows the one in force


def find_articles(articles: Sequence[Article], query: str, language: Language) -> tuple[ArticleHit, ...]:
    """The articles that hold every word of the query somewhere, the best first; superseded ones are among them.

    An empty query lists all current ones. Of equals, the current article stands before the superseded one.
    """
    words = [word for word in map(folded, unicodedata.normalize("NFKC", query).split()) if word]
    ranked = []
    for place, article in enumerate(articles):
        worth = _worth(article, words, language)
        if worth is not None and (words or not article.superseded):
            ranked.append((-worth, article.superseded, place, article))
    ranked.sort(key=lambda one: one[:3])
    return tuple(_hit(article, language) for *_, article in (ranked[:MOST_ARTICLES] if words else ranked))


def _worth(article: Article, words: Sequence[str], language: Language) -> int | None:
    """What the words are worth in this article; None where one of them does not stand in it."""
    title = folded(article.title.in_(language) + article.rule + article.id)
    keywords = [folded(word) for word in getattr(article.keywords, language.value)]
    body = folded(article.body.in_(language))
    worth = 0
    for word in words:
        found = (
            TITLE * (word in title)
            + KEYWORD * any(word in keyword or (len(keyword) > 1 and keyword in word) for keyword in keywords)
            + BODY * (word in body)
        )
        if not found:
            return None
        worth += found
    return worth - SUPERSEDED * article.superseded


def _hit(article: Article, language: Language) -> ArticleHit:
    title = article.title.in_(language)
    return ArticleHit(article.id, title, article.rule, article.version, article.superseded)


def read_article(articles: Sequence[Article], article: str, language: Language) -> ArticleText | None:
    """The article to read; None where there is none of that id."""
    found = next((one for one in articles if one.id == article), None)
    if found is None:
        return None
    title, body = found.title.in_(language), found.body.in_(language)
    return ArticleText(found.id, title, found.rule, found.version, found.superseded, body)


def notices(catalogue: Catalogue, language: Language) -> tuple[NoticeLine, ...]:
    """The outage notices, those in force first."""
    areas = {area.slug: area.name.in_(language) for area in catalogue.areas}
    lines = [
        NoticeLine(
            ref=f"notice:{one.id}",
            title=one.title.in_(language),
            area=areas.get(one.area, one.area),
            started=f"{one.started:%Y-%m-%d %H:%M}",
            expected=f"{one.ended or one.expected_end:%Y-%m-%d %H:%M}",
            past=one.ended is not None,
            body=one.body.in_(language),
        )
        for one in catalogue.notices
    ]
    return tuple(sorted(lines, key=lambda line: line.past))
