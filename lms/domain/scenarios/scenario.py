"""A scenario 情景: one story with a difficult customer. Structure once, every text in both languages."""

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property

from pydantic import Field

from lms.domain.scenarios.beats import Answer, Beat, CriticalFailure, Ending, Ends, Move, Need, Trap
from lms.domain.scenarios.conditions import Condition
from lms.domain.scenarios.customer import Customer, Emotion, Fact, Silence
from lms.domain.scenarios.intents import Intent
from lms.domain.scenarios.own_tests import OwnTest
from lms.domain.scenarios.record import CrmRecord
from lms.domain.scenarios.rubric import Criterion, Rubric
from lms.domain.scenarios.texts import Both, Id, Sentence, SpokenLine
from lms.domain.values import Value

# Where something stands in a scenario, by keys and indexes from the root: ("beats", 2, "else", "go").
Place = tuple[str | int, ...]


class Level(Value):
    """The level 定级 1 to 3. At level 3 the need for a hand-over shows once all of ``shows`` hold;

    one of the intents ``told_by`` tells the customer of it (rulebook 1.7: within ten minutes; a pretext caller is
    never told).
    """

    of: int = Field(ge=1, le=3)
    shows: tuple[Condition, ...]
    told_by: tuple[Id, ...]


class Scenario(Value):
    """``rules`` are the sections of the rulebook that the story rests on; ``path`` is the right way through it.

    ``anywhere`` moves are tried after a beat's own, ``answers`` after those, ``else`` last.
    """

    id: Id
    title: Both
    brief: Both
    level: Level
    tickets: tuple[Sentence, ...]
    rules: tuple[Sentence, ...] = Field(min_length=1)
    path: Both
    customer: Customer
    facts: tuple[Fact, ...] = Field(min_length=1)
    record: CrmRecord | None = None  # None only in calls begun before records were written
    emotion: Emotion
    silence: Silence
    intents: dict[Id, Intent]
    beats: tuple[Beat, ...] = Field(min_length=1)
    anywhere: tuple[Move, ...]
    answers: tuple[Answer, ...]
    needs: tuple[Need, ...] = Field(min_length=1)
    traps: tuple[Trap, ...] = Field(min_length=1)
    critical: tuple[CriticalFailure, ...] = Field(min_length=1)
    ends: Ends
    rubric: Rubric
    tests: tuple[OwnTest, ...] = Field(min_length=1)

    @cached_property
    def beat_by_id(self) -> dict[str, Beat]:
        return {beat.id: beat for beat in self.beats}

    @cached_property
    def fact_by_id(self) -> dict[str, Fact]:
        return {fact.id: fact for fact in self.facts}

    @cached_property
    def sha256(self) -> str:
        """The scenario's content hash; a role-play keeps it with the copy that it was begun with."""
        plain = json.dumps(self.model_dump(mode="json", by_alias=True), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()

    def spoken(self) -> Iterator[tuple[Place, tuple[SpokenLine, ...]]]:
        """Every choice of lines that the customer has, with its place in the scenario."""
        for number, beat in enumerate(self.beats):
            yield ("beats", number, "say"), beat.say
            yield ("beats", number, "else", "say"), beat.otherwise.say
        for number, answer in enumerate(self.answers):
            yield ("answers", number, "say"), answer.say
        for number, need in enumerate(self.needs):
            yield ("needs", number, "ask"), need.ask
        for ending in Ending:
            if end := self.ends.of(ending):
                yield ("ends", ending.value, "say"), end.say
        yield ("silence", "say"), self.silence.say
        yield ("emotion", "leaves", "say"), self.emotion.leaves.say


class SharedParts(Value):
    """What all scenarios share: intents that mean the same in any call, and criteria of opening and closing."""

    intents: dict[Id, Intent]
    criteria: tuple[Criterion, ...]

    def criterion(self, name: str) -> Criterion | None:
        return next((one for one in self.criteria if one.id == name), None)


def complete(scenario: Scenario, shared: SharedParts) -> Scenario:
    """``scenario`` with the shared intents it does not name itself, and all six criteria in order."""
    rubric = scenario.rubric
    opening, closing = (shared.criterion(name) if name else None for name in (rubric.opening, rubric.closing))
    criteria = tuple(one for one in (opening, *rubric.own, closing) if one is not None)
    whole = Rubric(opening=None, own=criteria, closing=None)
    written = {name: getattr(scenario, name) for name in Scenario.model_fields}
    return Scenario(**{**written, "intents": {**shared.intents, **scenario.intents}, "rubric": whole})
