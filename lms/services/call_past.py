"""Calls that are over: one's own list, and what practice tells of one: turns with times, evidence at its turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import select

from lms.domain.conversation import State
from lms.domain.evidence import FAULTS, Evidence, Verdict
from lms.domain.values import Language
from lms.extensions import db
from lms.models.roleplays import Call
from lms.services import call_evidence, call_log, practice_marks
from lms.services.call_log import ENDED, title_of
from lms.services.call_view import CallView, SpokenTurn
from lms.services.practice_marks import Opinion

MOST_PAST = 20
# What every call needs, in its order: rulebook 1.9 and the first rubric criteria.
EXPECTED = (
    "greeting.salutation", "greeting.brand", "greeting.agent-number", "greeting.surname", "empathy.specific",
    "verification.asked", "question.open", "confirmation.problem", "confirmation.responsibility", "confirmation.plan",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastCall:
    id: int
    title: str
    language: str
    customer: str
    end: str
    ended_at: datetime
    turns: int
    opinion: Opinion  # an examiner's


def own_calls(person_id: int, language: Language) -> Sequence[PastCall]:
    """One's practice calls that were answered, the newest first."""
    of_list = (Call.id, Call.script_sha256, Call.language, Call.customer, Call.end, Call.ended_at, Call.turns_count)
    rows = db.session.execute(
        select(*of_list)
        .where(
            Call.person_id == person_id, Call.state == ENDED, Call.attempt_id.is_(None), Call.answered_at.is_not(None)
        )
        .order_by(Call.ended_at.desc(), Call.id.desc())
        .limit(MOST_PAST)
    ).all()
    opinions = practice_marks.opinions([row.id for row in rows])
    return [
        PastCall(
            row.id, title_of(row.script_sha256).in_(language), row.language, row.customer, row.end or "",
            row.ended_at, row.turns_count, opinions.get(row.id, Opinion.UNASKED),
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of evidence; ``seq``: the turn it stands at, with the stretch of its text that was meant."""

    found: Evidence
    seq: int | None
    quote: str


@dataclass(frozen=True, slots=True)
class Noticed:
    """A trap or a critical failure in words; ``seq``: the turn at which the engine noticed it."""

    text: str
    seq: int


@dataclass(frozen=True, slots=True)
class Past:
    """``findings`` by turn, the rest under None; times in seconds."""

    turns: Sequence[SpokenTurn]
    by_turn: dict[int, list[Finding]]
    faults: Sequence[Finding]
    suspected: Sequence[Finding]
    done: Sequence[Finding]
    unheard: Sequence[str]  # of EXPECTED, the rules that looked and found nothing
    not_evaluated: Sequence[str]
    answers: int  # replies with substance; those that only asked for patience are counted apart
    in_time: int
    median_seconds: float | None
    holding: int
    substance_seconds: float | None  # median, of what came after such
    emotions: Sequence[tuple[int, int]]  # (seq, degree)
    needs: Sequence[tuple[str, bool]]  # what a good end needs, and whether it was said
    traps: Sequence[Noticed]
    critical: Sequence[Noticed]
    path: str


def past(view: CallView, now: datetime) -> Past:
    """What a practice call tells afterwards."""
    call = db.session.get_one(Call, view.id)
    script, language = view.script, view.language
    rows = call_log.turns_of(call.id)
    text = {turn.seq: turn.text for turn in rows}
    found, places = call_evidence.found_in(call)
    findings = [_finding(one, places, text) for one in found]
    clear = {one.rule for one in found if one.verdict is Verdict.CLEAR}
    state, noticed = call_log.state_of(call), call_log.noticed_at(call, rows)
    latencies = [one.figure for one in found if _is_reply(one) and one.note != "holding" and one.figure is not None]
    delayed = [one.figure for one in found if one.rule == "response.substance" and one.figure is not None]
    return Past(
        turns=view.turns,
        by_turn=_by_turn(findings),
        faults=[one for one in findings if one.found.verdict is Verdict.HIT and one.found.rule in FAULTS],
        suspected=[one for one in findings if one.found.verdict is Verdict.SUSPECTED],
        done=[one for one in findings if one.found.verdict is Verdict.HIT and one.found.rule not in FAULTS],
        unheard=[rule for rule in EXPECTED if rule in clear],
        not_evaluated=sorted({one.found.rule for one in findings if one.found.verdict is Verdict.NOT_EVALUATED}),
        answers=len(latencies),
        in_time=sum(seconds <= 10 for seconds in latencies),
        median_seconds=median(latencies) if latencies else None,
        holding=sum(_is_reply(one) and one.note == "holding" for one in found),
        substance_seconds=median(delayed) if delayed else None,
        emotions=[(turn.seq, turn.emotion) for turn in rows if turn.emotion is not None],
        needs=[(need.text.in_(language), _said(need.heard, state)) for need in script.needs],
        traps=[Noticed(one.text.in_(language), noticed[one.id]) for one in script.traps if one.id in noticed],
        critical=[Noticed(one.text.in_(language), noticed[one.id]) for one in script.critical if one.id in noticed],
        path=script.path.in_(language),
    )


def _said(heard: Sequence[str], state: State | None) -> bool:
    return state is not None and any(name in state.ever for name in heard)


def _finding(one: Evidence, places: dict[int, int], text: dict[int, str]) -> Finding:
    seq = places.get(one.turn) if one.turn is not None else None
    quote = text.get(seq, "")[one.start : one.end] if seq is not None and one.start is not None else ""
    return Finding(one, seq, quote)


def _by_turn(findings: Sequence[Finding]) -> dict[int, list[Finding]]:
    """What is worth a mark in the margin: nothing that is merely clear."""
    placed: dict[int, list[Finding]] = {}
    for one in findings:
        if one.seq is not None and one.found.verdict in (Verdict.HIT, Verdict.SUSPECTED):
            placed.setdefault(one.seq, []).append(one)
    return placed


def _is_reply(one: Evidence) -> bool:
    """Whether it is the time of one reply: holds and pauses are no part of it."""
    return one.rule == "response.late" and one.figure is not None
