"""A call as people judge it: its turns with times, and in the margin the facts that the rules found there."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.domain.evidence import Evidence, Verdict
from lms.models.people import Person
from lms.models.roleplays import Call, Turn
from lms.services import call_evidence, call_log, llm

IN_MARGIN = (Verdict.HIT, Verdict.SUSPECTED)


@dataclass(frozen=True, slots=True)
class Fact:
    """One finding at its turn; ``quote``: the words that were meant."""

    found: Evidence
    quote: str


@dataclass(frozen=True, slots=True)
class MarginTurn:
    """``at``: seconds since the call was answered; ``waited``: since the turn before, of an agent's first answer."""

    seq: int
    speaker: str
    kind: str
    by: str
    text: str
    data: dict[str, str]
    at: float
    waited: float | None
    facts: Sequence[Fact]


def margin(call: Call, person: Person | None) -> tuple[list[MarginTurn], list[str]]:
    """The turns of a call that has ended, and the rules that could not be evaluated.

    The trainee's own name and number, where spoken, are the call's alias here; the call of nobody has neither.
    """
    turns = call_log.turns_of(call.id)
    found, places = call_evidence.found_in(call)
    begun = call.answered_at or call.created_at

    def hidden(text: str) -> str:
        return text if person is None else llm.scrubbed(text, person.name, person.number, call.alias)

    facts: dict[int, list[Fact]] = {}
    spoken = {turn.seq: turn.text for turn in turns}
    for one in found:
        seq = places.get(one.turn) if one.turn is not None else None
        if seq is not None and one.verdict in IN_MARGIN:
            quote = spoken[seq][one.start : one.end] if one.start is not None else ""
            facts.setdefault(seq, []).append(Fact(one, hidden(quote)))
    listed = [
        MarginTurn(
            turn.seq, turn.speaker, turn.kind, turn.by, hidden(turn.text) if turn.kind == "say" else "",
            {name: hidden(str(value)) for name, value in (turn.data or {}).items() if value and name != "hint"},
            (turn.at - begun).total_seconds(), _waited(turns, number), facts.get(turn.seq, []),
        )
        for number, turn in enumerate(turns)
    ]  # fmt: skip
    return listed, sorted({one.rule for one in found if one.verdict is Verdict.NOT_EVALUATED})


def _waited(turns: Sequence[Turn], number: int) -> float | None:
    """How long the customer waited for these words of the agent."""
    turn = turns[number]
    if number == 0 or turn.speaker != "agent" or turn.kind != "say" or turns[number - 1].speaker != "customer":
        return None
    return (turn.at - turns[number - 1].at).total_seconds()
