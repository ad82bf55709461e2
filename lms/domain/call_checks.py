"""Yes/no checks of a call that an LLM may propose to examiners, with quotations: never a level (contract 7).

What comes back is read strictly: an answer that holds anything but checks is refused as a whole, a quotation that is
not in the transcript word for word is dropped, and a "yes" that nothing supports is no "yes".
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from pydantic import StrictInt, StrictStr, ValidationError

from lms.domain.evidence.plain import plain
from lms.domain.scenarios import Scenario
from lms.domain.scenarios.texts import Both
from lms.domain.values import Value

MOST_QUOTES = 4  # a check
SHORTEST_QUOTE = 2  # characters; one alone points at nothing


class Subject(StrEnum):
    """What a check is about."""

    NEED = "need"  # of the resolution path
    WORDING = "wording"  # required by rulebook 1.9
    TRAP = "trap"
    CRITERION = "criterion"  # only: which words bear on it


class Reply(StrEnum):
    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


class Check(Value):
    id: str
    subject: Subject
    question: Both


class Quote(Value):
    """``text`` as it stands in the agent's turn ``seq``."""

    seq: int
    text: str


class Checked(Value):
    id: str
    answer: Reply
    quotes: tuple[Quote, ...]


class AnswerRefused(ValueError):
    """Nothing of the answer is taken; ``reason``: fenced, shape, extra-field, repeated or nothing."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


# Rulebook 1.9, as far as every call needs it; the five tariff elements belong to offers, which are the script's needs.
WORDING = {
    "brand": Both(zh="开场报出了品牌（澄湾通信）吗？", en="Did the opening name the brand (Chengwan Telecom)?"),
    "agent-number": Both(zh="开场报出了坐席工号吗？", en="Did the opening give the agent number?"),
    "surname": Both(zh="用姓氏称呼了客户吗？", en="Was the customer addressed by surname?"),
    "verification-reason": Both(zh="核验身份时说明了原因吗？", en="Was the reason for verifying identity given?"),
    "closing": Both(
        zh="收尾告知了以后可拨打 8090 或通过澄湾 APP 联系吗？",
        en="Did the closing say that the customer can call 8090 or use the Chengwan app?",
    ),
}


def checks_of(script: Scenario) -> tuple[Check, ...]:
    """All checks of a script: its needs, the required wording, its traps, and one for each criterion's quotations."""
    asked = [(Subject.NEED, one.id, _need(one.text)) for one in script.needs]
    asked += [(Subject.WORDING, name, question) for name, question in WORDING.items()]
    asked += [(Subject.TRAP, one.id, _trap(one.text)) for one in script.traps]
    asked += [(Subject.CRITERION, one.id, _criterion(one.title)) for one in script.rubric.own]
    return tuple(Check(id=f"{subject}:{name}", subject=subject, question=question) for subject, name, question in asked)


def _need(text: Both) -> Both:
    return Both(zh=f"坐席是否做到：{text.zh}？", en=f"Did the agent cover “{text.en}”?")


def _trap(text: Both) -> Both:
    return Both(zh=f"坐席是否出现：{text.zh}？", en=f"Did the agent do this: “{text.en}”?")


def _criterion(title: Both) -> Both:
    return Both(zh=f"坐席有没有与“{title.zh}”有关的话？", en=f"Did the agent say anything to do with “{title.en}”?")


class _Quoted(Value):
    seq: StrictInt
    text: StrictStr


class _Answered(Value):
    id: StrictStr
    answer: Reply
    quotes: list[_Quoted]


class _Answer(Value):
    checks: list[_Answered]


def read_answer(text: str, asked: Sequence[Check], said: Mapping[int, str]) -> tuple[Checked, ...]:
    """What may be shown of a model's answer, in the order in which it was asked; a check it left out is left out.

    ``said``: the agent's turns by number, as the model saw them. A level, a score or any other field that was not
    asked for means that the model has overstepped: nothing of it is taken. Raises :class:`AnswerRefused`.
    """
    if text.strip().startswith("```"):
        raise AnswerRefused("fenced")
    try:
        answer = _Answer.model_validate_json(text)
    except (ValidationError, RecursionError) as error:
        extra = isinstance(error, ValidationError) and any(one["type"] == "extra_forbidden" for one in error.errors())
        raise AnswerRefused("extra-field" if extra else "shape") from error
    given = {one.id: one for one in answer.checks}
    if len(given) < len(answer.checks):
        raise AnswerRefused("repeated")
    taken = tuple(_checked(given[check.id], said) for check in asked if check.id in given)
    if not taken:
        raise AnswerRefused("nothing")
    return taken


def _checked(one: _Answered, said: Mapping[int, str]) -> Checked:
    found = [_found(quote, said) for quote in one.quotes]
    quotes = tuple(dict.fromkeys(quote for quote in found if quote is not None))[:MOST_QUOTES]
    unsupported = one.answer is Reply.YES and not quotes
    return Checked(id=one.id, answer=Reply.UNCLEAR if unsupported else one.answer, quotes=quotes)


def _found(quote: _Quoted, said: Mapping[int, str]) -> Quote | None:
    """The quotation as the turn has it; None where it does not stand there (width, case and spacing aside)."""
    turn, wanted = plain(said.get(quote.seq, "")), plain(quote.text).text.strip()
    at = turn.text.find(wanted) if len(wanted) >= SHORTEST_QUOTE else -1
    if at < 0:
        return None
    start, end = turn.original(at, at + len(wanted))
    return Quote(seq=quote.seq, text=said[quote.seq][start:end])
