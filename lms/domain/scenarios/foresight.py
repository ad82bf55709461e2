"""Who says what when: no line gives away a fact too early, and there is always something that may be said."""

import re
from collections.abc import Iterator

from lms.domain.scenarios.customer import Fact, KnownBy
from lms.domain.scenarios.flaw import Flaw
from lms.domain.scenarios.hearing import plain
from lms.domain.scenarios.references import conditions
from lms.domain.scenarios.scenario import Place, Scenario
from lms.domain.scenarios.texts import SpokenLine
from lms.domain.values import Language
from lms.domain.wording import Worded


def flaws(scenario: Scenario) -> Iterator[Flaw]:
    for place, say in scenario.spoken():
        yield from _speechless(scenario, place, say)
        for number, line in enumerate(say):
            yield from _given_away(scenario, (*place, number), line)
    yield from _reveals(scenario)


def words_in(fact: Fact, text: str, language: Language) -> list[str]:
    """The fact's words that stand in ``text``."""
    said = plain(text)
    return [word for word in fact.words.in_(language) if _stands_in(plain(word), said)]


def _stands_in(word: str, said: str) -> bool:
    """A Latin word or a number stands alone: "till" is not in "still", 60 not in 160."""
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", said) is not None


def _speechless(scenario: Scenario, place: Place, say: tuple[SpokenLine, ...]) -> Iterator[Flaw]:
    if not any(all(scenario.fact_by_id[fact].known_at_once for fact in line.reveals) for line in say):
        what = Worded("every line here gives away a fact that may not be said yet")
        yield Flaw(place, what, Worded("add a line that gives nothing away"))


def _given_away(scenario: Scenario, place: Place, line: SpokenLine) -> Iterator[Flaw]:
    for language in Language:
        for fact in scenario.facts:
            found = words_in(fact, line.in_(language), language)
            if found and fact.id not in line.reveals:
                what = Worded("%(word)r gives away %(fact)s", word=found[0], fact=fact.id)
                mend = Worded("add %(fact)s to the line's reveals, or say it otherwise", fact=fact.id)
                yield Flaw((*place, language.value), what, mend)
            if not found and fact.id in line.reveals and fact.words.in_(language):
                what = Worded("the line reveals %(fact)s, but has none of its words in %(language)s",
                              fact=fact.id, language=language.value)  # fmt: skip
                mend = Worded("say one of the fact's words, or delete it from reveals")
                yield Flaw((*place, language.value), what, mend)


def _reveals(scenario: Scenario) -> Iterator[Flaw]:
    told = {fact for _, say in scenario.spoken() for line in say for fact in line.reveals}
    for number, fact in enumerate(scenario.facts):
        at: Place = ("facts", number)
        if fact.known_by is KnownBy.CUSTOMER and not fact.reveal:
            mend = Worded("write when: [{start: true}], or ever, visited")
            yield Flaw((*at, "reveal"), Worded("the customer would never say it"), mend)
        elif fact.known_by is KnownBy.CUSTOMER and fact.id not in told:
            mend = Worded("write a line with reveals: [%(fact)s], or delete it", fact=fact.id)
            yield Flaw((*at, "id"), Worded("no line reveals this fact"), mend)
        if fact.known_by is KnownBy.CRM and any(not condition.ever for condition in fact.reveal):
            what = Worded("the customer learns it only from the agent")
            yield Flaw((*at, "reveal"), what, Worded("write [] or ever: [the intents by which the agent tells it]"))
        if fact.known_by is KnownBy.CRM and not (fact.words.zh and fact.words.en):
            what = Worded("nothing tells whether a line gives it away")
            yield Flaw((*at, "words"), what, Worded("name its words in zh and en"))
    for place, condition in conditions(scenario):
        if place[0] == "facts" and (condition.heard or condition.ready):
            what = Worded("a fact is revealed by what happened before")
            yield Flaw(place, what, Worded("write start, ever, visited, calm or upset"))
