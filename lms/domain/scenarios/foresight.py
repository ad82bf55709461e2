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
        what = "every line here gives away a fact that may not be said yet"
        yield Flaw(place, what, "add a line that gives nothing away")


def _given_away(scenario: Scenario, place: Place, line: SpokenLine) -> Iterator[Flaw]:
    for language in Language:
        for fact in scenario.facts:
            found = words_in(fact, line.in_(language), language)
            if found and fact.id not in line.reveals:
                what = f"{found[0]!r} gives away {fact.id}"
                yield Flaw((*place, language.value), what, f"add {fact.id} to the line's reveals, or say it otherwise")
            if not found and fact.id in line.reveals and fact.words.in_(language):
                what = f"the line reveals {fact.id}, but has none of its words in {language.value}"
                yield Flaw((*place, language.value), what, "say one of the fact's words, or delete it from reveals")


def _reveals(scenario: Scenario) -> Iterator[Flaw]:
    told = {fact for _, say in scenario.spoken() for line in say for fact in line.reveals}
    for number, fact in enumerate(scenario.facts):
        at: Place = ("facts", number)
        if fact.known_by is KnownBy.CUSTOMER and not fact.reveal:
            yield Flaw(
                (*at, "reveal"), "the customer would never say it", "write when: [{start: true}], or ever, visited"
            )
        elif fact.known_by is KnownBy.CUSTOMER and fact.id not in told:
            yield Flaw(
                (*at, "id"), "no line reveals this fact", f"write a line with reveals: [{fact.id}], or delete it"
            )
        if fact.known_by is KnownBy.CRM and any(not condition.ever for condition in fact.reveal):
            what = "the customer learns it only from the agent"
            yield Flaw((*at, "reveal"), what, "write [] or ever: [the intents by which the agent tells it]")
        if fact.known_by is KnownBy.CRM and not (fact.words.zh and fact.words.en):
            yield Flaw((*at, "words"), "nothing tells whether a line gives it away", "name its words in zh and en")
    for place, condition in conditions(scenario):
        if place[0] == "facts" and (condition.heard or condition.ready):
            yield Flaw(place, "a fact is revealed by what happened before", "write start, ever, visited, calm or upset")
