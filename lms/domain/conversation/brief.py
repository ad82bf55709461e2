"""What whoever plays the customer may be told now, and no more (contract 8). For people and models alike."""

from lms.domain.conversation.conditions import may_say
from lms.domain.conversation.reply import Reply
from lms.domain.conversation.state import State
from lms.domain.scenarios.scenario import Scenario
from lms.domain.values import Language, Value

# The emotion from 0 to 10 in words, by its upper bound.
_MOODS = {
    2: ("心平气和", "at ease"),
    4: ("有些不快，但还听得进去", "a little displeased, but listening"),
    6: ("不满，话里带刺", "displeased, with an edge in the voice"),
    8: ("很生气，容易打断对方", "angry, quick to interrupt"),
    10: ("怒不可遏，随时会挂断", "furious, about to hang up"),
}


class Listening(Value):
    """An intent that may be named as heard, and what it means."""

    id: str
    meaning: str


class Brief(Value):
    """``acts`` is what the customer is about now, ``line`` the scripted line to be worded, if one is due.

    ``facts`` are all that may be spoken of; of anything else the customer knows nothing.
    """

    language: Language
    name: str
    persona: str
    wants: str
    acts: str
    emotion: int
    mood: str
    facts: tuple[str, ...]
    line: str | None
    over: bool
    intents: tuple[Listening, ...]


def brief(scenario: Scenario, state: State, reply: Reply) -> Brief:
    """The brief for wording ``reply`` in ``state`` (the state after the turn)."""
    language, customer = state.language, scenario.customer
    facts = [fact.text.in_(language) for fact in scenario.facts if may_say(fact, scenario, state)]
    return Brief(
        language=language,
        name=customer.name.in_(language),
        persona=customer.persona.in_(language),
        wants=customer.wants.in_(language),
        acts=scenario.beat_by_id[state.beat].acts.in_(language),
        emotion=state.emotion,
        mood=mood(state.emotion, language),
        facts=tuple(facts),
        line=reply.line.in_(language) if reply.line else None,
        over=state.end is not None,
        intents=tuple(
            Listening(id=name, meaning=intent.meaning.in_(language)) for name, intent in scenario.intents.items()
        ),
    )


def mood(emotion: int, language: Language) -> str:
    zh, en = next(words for bound, words in _MOODS.items() if emotion <= bound)
    return zh if language is Language.ZH else en


def unsaid_words(scenario: Scenario, state: State) -> tuple[str, ...]:
    """Words of facts that may not be spoken of yet: a wording that has one of them leaks. Never part of a prompt."""
    closed = [fact for fact in scenario.facts if not may_say(fact, scenario, state)]
    return tuple(word for fact in closed for word in fact.words.in_(state.language))
