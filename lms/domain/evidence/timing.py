"""Clocks of a call: how soon the agent replied, how long holds were, how the talking was shared."""

from collections.abc import Iterator

from lms.domain.evidence.patterns import Pattern
from lms.domain.evidence.reading import Line, Reading, unheard
from lms.domain.evidence.transcript import Kind, Speaker
from lms.domain.evidence.values import Evidence, Verdict
from lms.domain.values import Language

RESPONSE = 10.0  # seconds to the first reply
HOLD = 60.0  # seconds a hold may last (rulebook 1.9)
HOLDING = Pattern(
    "稍等|稍候|等一下|等一等|请稍|等我(?:一下|看看)|(?:我)?(?:马上|这就)?(?:查|看)一下$|不要挂(?:机|断)|嗯|好的$|"
    "^(?:好的?|嗯嗯?|是的?|收到)$",
    r"\b(?:one (?:moment|second|sec|minute)|just a (?:moment|second|sec|minute)|a moment|bear with me|hold on|"
    r"hang on|let me (?:see|check|have a look)|please (?:wait|hold))\b",
    r"^ ?(?:ok|okay|right|yes|mm+|uh[- ]?huh|sure|hmm+)\.? ?$",
)  # fmt: skip
SHORT = 24  # characters; a longer line has substance besides "one moment"


def is_holding(text: str) -> bool:
    """Whether a plain line only asks for patience: 稍等, "one moment"."""
    return len(text.strip()) <= (SHORT if text.isascii() is False else 2 * SHORT) and HOLDING.within(text)


def timing(call: Reading) -> Iterator[Evidence]:
    yield from _responses(call)
    yield from _holds(call)
    yield _talk_share(call)


def _responses(call: Reading) -> Iterator[Evidence]:
    """For each time the customer has spoken: the first reply against 10 s, and the wait for one with substance.

    What the call was on hold meanwhile is no part of either: holds have a limit of their own.
    """
    answered = False
    for before, line in zip(call.lines, call.lines[1:], strict=False):
        if before.turn.speaker is Speaker.CUSTOMER and line.turn.speaker is Speaker.AGENT:
            answered = True
            yield from _response(call, before, line)
    if not answered:
        yield unheard("response.late", "no-reply")


def _response(call: Reading, asked: Line, reply: Line) -> Iterator[Evidence]:
    waited = _waited(call, asked, reply)
    holding = is_holding(reply.plain.text)
    late = Verdict.HIT if waited > RESPONSE else Verdict.CLEAR
    yield Evidence("response.late", late, reply.at, note="holding" if holding else "", figure=waited)
    if not holding:
        return
    substance = next((line for line in call.agent if line.at > reply.at and not is_holding(line.plain.text)), None)
    if substance is None:
        yield unheard("response.substance", "only-holding")
    else:
        yield Evidence("response.substance", Verdict.HIT, substance.at, figure=_waited(call, asked, substance))


def _waited(call: Reading, asked: Line, reply: Line) -> float:
    """Seconds from the customer's words to the agent's, the time on hold between them left out."""
    first, last = asked.turn.seconds, reply.turn.seconds
    spans = [(max(first, start), min(last, last if end is None else end)) for _at, start, end in _held(call)]
    return last - first - sum(end - start for start, end in spans if end > start)


def _held(call: Reading) -> Iterator[tuple[int, float, float | None]]:
    """Each hold: its turn, and from when until when; the agent's next turn ends it, None: nothing does."""
    for at, turn in enumerate(call.turns):
        if turn.kind is Kind.HOLD:
            back = next((later for later in call.turns[at + 1 :] if later.speaker is Speaker.AGENT), None)
            yield at, turn.seconds, back.seconds if back else None


def _holds(call: Reading) -> Iterator[Evidence]:
    """Each hold against a minute; one that nothing ends cannot be measured."""
    holds = list(_held(call))
    if not holds:
        yield unheard("hold.too-long", "no-hold")
    for at, start, end in holds:
        if end is None:
            yield Evidence("hold.too-long", Verdict.NOT_EVALUATED, at, note="never-ended")
            continue
        lasted = end - start
        yield Evidence("hold.too-long", Verdict.HIT if lasted > HOLD else Verdict.CLEAR, at, figure=lasted)


def _talk_share(call: Reading) -> Evidence:
    """The agent's part of all that was said, 0 to 1: by characters in Chinese, by words in English."""
    agent, both = (sum(_amount(line, call.language) for line in lines) for lines in (call.agent, call.lines))
    if not both:
        return unheard("talk.share")
    return Evidence("talk.share", Verdict.HIT, figure=agent / both)


def _amount(line: Line, language: Language) -> int:
    if language is Language.EN:
        return len(line.plain.text.split())
    return sum(character.isalnum() for character in line.plain.text)
