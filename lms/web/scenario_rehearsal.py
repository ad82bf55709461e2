"""A trainer plays the agent: the lines sent are played against the scripted customer from the start, every time."""

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any

from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from lms.domain.conversation import Deed, Said, Silence, Step, rehearsed, turn_adapter
from lms.domain.evidence import Label, explain
from lms.domain.scenarios import Ending, Scenario
from lms.domain.values import Language
from lms.web.call_words import ends
from lms.web.language import language as language_of_page

MOST_LINES = 80
LONGEST_LINE = 2000
LONGEST_WAIT = 600  # seconds


class RehearsalRefused(ValueError):
    """What was sent cannot be played; the text says why."""


class RehearsedLine(BaseModel):
    """``@hold``, ``@ticket``, ``@transfer`` or ``@hang-up`` instead of words is a deed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Annotated[str, StringConstraints(max_length=LONGEST_LINE)]
    seconds: Annotated[float, Field(ge=0, le=LONGEST_WAIT, allow_inf_nan=False)] = 4

    def turn(self) -> Said | Deed:
        words = self.text.strip()
        if not words.startswith("@"):
            return Said(text=words, seconds=self.seconds)
        turn = turn_adapter.validate_python({"kind": "deed", "do": words[1:], "seconds": self.seconds})
        assert isinstance(turn, Deed)
        return turn


class Rehearsal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1, le=1_000_000)]
    language: Language
    seed: Annotated[int, Field(ge=0, le=2**53)]
    lines: Annotated[list[RehearsedLine], Field(max_length=MOST_LINES)]


def rehearsal(script_of: Callable[[int], Scenario], sent: object) -> dict[str, Any]:
    """``{version, language, seed, lines: [{text, seconds}]}`` → turns and the end. Raises :class:`RehearsalRefused`."""
    try:
        wanted = Rehearsal.model_validate(sent)
        turns = [line.turn() for line in wanted.lines]
    except ValidationError as error:
        raise RehearsalRefused(_why(error)) from error
    scenario = script_of(wanted.version)
    steps = rehearsed(scenario, wanted.language, wanted.seed, turns)
    return _told(scenario, wanted.language, steps)


def _why(error: ValidationError) -> str:
    place = [part for part in error.errors()[0]["loc"] if isinstance(part, str)]
    kind = error.errors()[0]["type"]
    if kind == "too_long":
        return _("一次试演最多 %(lines)s 句。", lines=MOST_LINES)
    if kind == "string_too_long":
        return _("一句最多 %(count)s 字。", count=LONGEST_LINE)
    if "do" in place:
        return _("没有这个动作；可用：@hold @ticket @transfer @hang-up")
    return _("请求格式不对：%(place)s", place=place[-1] if place else "JSON")


def _told(scenario: Scenario, language: Language, steps: Iterable[Step]) -> dict[str, Any]:
    turns = list(_turns(language, steps))
    end = turns[-1]["end"]
    words = scenario.ends.of(Ending(end)) if end else None
    return {
        "turns": turns,
        "end": end and {"word": ends()[end], "text": words.text.in_(language) if words else ""},
        "facts": {fact.id: fact.text.in_(language) for fact in scenario.facts},
        "means": _meanings(scenario),
    }


def _meanings(scenario: Scenario) -> dict[str, str]:
    """What the names beside a turn mean, for who reads the page: intents, what moved the emotion, evidence."""
    shown = language_of_page()
    named = {name: intent.meaning.in_(shown) for name, intent in scenario.intents.items()}
    named |= {trigger.id: trigger.text.in_(shown) for trigger in scenario.emotion.triggers}
    named |= {trap.id: trap.text.in_(shown) for trap in scenario.traps}
    return named | {label.value: words for label, words in _evidence().items()}


def _evidence() -> dict[Label, str]:
    return {
        Label.ABS: _("绝对化承诺"),
        Label.EMP: _("具体共情"),
        Label.EMP0: _("套话共情"),
        Label.DISM: _("推诿或指责"),
        Label.PII: _("说出完整个人信息"),
    }


def _turns(language: Language, steps: Iterable[Step]) -> Iterator[dict[str, Any]]:
    """Every turn with what is new in it; ``line`` counts what the trainer typed, silences between them not."""
    told: tuple[str, ...] = ()
    line = 0
    for turn, state, reply in ((step.turn, step.state, step.reply) for step in steps):
        line += isinstance(turn, Said | Deed)
        said = turn.text if isinstance(turn, Said) else None
        yield {
            "line": line if isinstance(turn, Said | Deed) else None,
            "seconds": turn.seconds if turn else 0,
            "agent": said,
            "deed": turn.do if isinstance(turn, Deed) else "silence" if isinstance(turn, Silence) else None,
            "customer": reply.line.in_(language) if reply.line else None,
            "beat": state.beat,
            "emotion": state.emotion,
            "revealed": [fact for fact in state.revealed if fact not in told],
            "heard": list(reply.heard),
            "felt": [{"id": one.id, "delta": one.delta} for one in reply.felt],
            "evidence": [label.value for label in explain(said, language).labels] if said else [],
            "traps": list(state.traps),
            "critical": list(state.critical),
            "end": state.end.value if state.end else None,
        }
        told = state.revealed
