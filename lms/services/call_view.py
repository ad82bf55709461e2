"""A call 模拟通话 as its trainee sees it: the words, the clocks, nothing of what the script knows (contract 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.domain.scenarios import Scenario
from lms.domain.values import Language
from lms.models.roleplays import Call, Turn
from lms.services import call_log, call_results
from lms.services.call_log import script_of_call, since_last, state_of
from lms.services.calls import CallRefused, NotYours, catch_up
from lms.services.sign_in import SignedIn


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """A turn as the trainee may see it: nothing of beats, emotions or facts (contract 4)."""

    seq: int
    speaker: str
    kind: str
    text: str
    at: datetime
    seconds: float  # since the turn before


@dataclass(frozen=True, slots=True)
class CallView:
    """``waiting_ms``: how long the customer has waited for an answer by now; None: it is not the trainee's turn.

    ``nobody_in``: while it waits for an examiner, how long until its trainee is told that nobody comes.
    """

    id: int
    state: str
    end: str | None
    practice: bool
    customer: str
    mixed: bool
    alias: str
    language: Language
    attempt_id: int | None
    script: Scenario
    turns: tuple[SpokenTurn, ...]
    turns_count: int
    answered_at: datetime | None
    ended_at: datetime | None
    waiting_ms: int | None
    silence_ms: int | None  # until the customer asks whether anybody is there
    on_hold: bool
    composing: bool  # the customer's words are on their way
    nobody_in: timedelta | None


def view(person: SignedIn, call_id: int, now: datetime, after: int = 0) -> CallView:
    """One's own call with its turns after ``after``. Raises :class:`NotYours`, and CallRefused (in-exam): practice
    tells what a good end needs, and a certification call may be of the same script."""
    call = catch_up(call_id, now, person.person_id)
    if call is None or call.person_id != person.person_id:
        raise NotYours
    if person.open_attempt_id not in (None, call.attempt_id):
        raise CallRefused("in-exam")
    turns = call_log.turns_of(call_id, min(after, call.turns_count) - 1)  # with the one before, and always the last
    state = state_of(call)
    waits = call.state == "live" and call.due is None and bool(turns) and turns[-1].speaker != "agent"
    return CallView(
        id=call.id,
        state=call.state,
        end=call.end,
        practice=call.attempt_id is None,
        customer=call.customer,
        mixed=call.mixed,
        alias=call.alias,
        language=Language(call.language),
        attempt_id=call.attempt_id,
        script=script_of_call(call),
        turns=tuple(_spoken(turns, after)),
        turns_count=call.turns_count,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        waiting_ms=round(since_last(call, now) * 1000) if waits else None,
        silence_ms=_until_silence(call, now),
        on_hold=state is not None and state.on_hold and not call_log.taken_up_again(call_id),
        composing=call.due is not None,
        nobody_in=call_results.nobody_in(call, now) if call.state == call_results.WAITING else None,
    )


def _until_silence(call: Call, now: datetime) -> int | None:
    state = state_of(call)
    if call.state != "live" or call.hand == "examiner" or call.due is not None or state is None:
        return None
    limit = call_log.silence_seconds(call.id, script_of_call(call), state)
    return max(0, round((limit - since_last(call, now)) * 1000))


def _spoken(turns: Sequence[Turn], after: int) -> list[SpokenTurn]:
    before = [*turns[:1], *turns]  # the first turn follows nothing
    return [
        SpokenTurn(turn.seq, turn.speaker, turn.kind, turn.text, turn.at, (turn.at - last.at).total_seconds())
        for last, turn in zip(before, turns, strict=False)
        if turn.seq > after
    ]
