"""The examiner's seat of a call: sees the story, plays the customer, hands to the script and takes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from lms.domain.conversation import State, brief
from lms.domain.conversation.conditions import may_say, ready, unmet
from lms.domain.scenarios import Scenario
from lms.domain.scenarios.texts import SpokenLine
from lms.domain.values import Language
from lms.extensions import db
from lms.models.exams import Attempt
from lms.models.roleplays import Call, CallNote, Turn
from lms.services import call_log, call_results, calls
from lms.services.call_log import ENDED, locked, script_of_call, state_of
from lms.services.calls import LONGEST_TEXT, CallRefused, NotYours
from lms.services.marking_access import may_examine
from lms.services.sign_in import SignedIn
from lms.services.writing import Deed, writing

LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call that waits for somebody to play its customer; of the trainee nothing but the call's number."""

    id: int
    call_number: str
    title: str
    language: Language
    practice: bool
    since: datetime


def lobby(examiner_id: int, language: Language) -> Sequence[Waiting]:
    """Certification first, its candidates sit in an exam; then the longest waiting. Titles in ``language``."""
    rows = db.session.execute(
        select(Call)
        .where(Call.state == "waiting", Call.customer == "examiner", may_examine(examiner_id))
        .order_by(Call.attempt_id.is_(None), call_results.waits_from, Call.id)
        .execution_options(populate_existing=True)
    ).scalars()
    return [
        Waiting(
            call.id, call.call_number, script_of_call(call).title.in_(language), Language(call.language),
            call.attempt_id is None, call.rang_at or call.created_at,
        )
        for call in rows
    ]  # fmt: skip


def seats(examiner_id: int) -> Sequence[int]:
    """The ids of the calls whose customer the examiner plays just now."""
    rows = db.session.execute(
        select(Call.id).where(Call.examiner_id == examiner_id, Call.state != ENDED).order_by(Call.id)
    )
    return list(rows.scalars())


def open_to(examiner_id: int, call_id: int) -> bool:
    """Whether the examiner might have played this call's customer, had nobody else."""
    return (
        db.session.execute(
            select(Call.id).where(Call.id == call_id, Call.customer == "examiner", may_examine(examiner_id))
        ).first()
        is not None
    )


def take(examiner_id: int, call_id: int, now: datetime) -> None:
    """Play the customer of a waiting call: its telephone rings. Of two examiners the first. Raises NotYours.

    In certification the candidate's clock stood still meanwhile, and runs on from here.
    """
    with writing(examiner_id, now) as deed:
        attempt = _attempt_of(deed, call_id)
        waited_since = call_results.waiting_since(attempt.id) if attempt else None
        taken = deed.session.execute(
            update(Call)
            .where(
                Call.id == call_id, Call.state == "waiting", Call.customer == "examiner", Call.examiner_id.is_(None),
                may_examine(examiner_id),
            )
            .values(state="ringing", examiner_id=examiner_id, rang_at=now)
            .returning(Call.id)
            .execution_options(synchronize_session=False)
        ).first()  # fmt: skip
        if taken is None:
            raise NotYours
        told = call_results.examiner_came(deed, attempt, waited_since) if attempt and waited_since else {}
        deed.note("call.taken", f"call:{call_id}", **told)


def _attempt_of(deed: Deed, call_id: int) -> Attempt | None:
    """The attempt that the call belongs to, read anew and held; None of a practice call."""
    return deed.session.execute(
        select(Attempt)
        .join(Call, Call.attempt_id == Attempt.id)
        .where(Call.id == call_id)
        .with_for_update(of=Attempt)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def speak(
    examiner: SignedIn, call_id: int, message_id: str, text: str, now: datetime, *, line_id: str | None = None
) -> None:
    """The customer's words: free text, or with ``line_id`` one of the lines that may be said now as it is written.

    Raises NotYours, CallRefused (empty, too-long, not-live, not-in-hand, unknown; of certification over, paused),
    MessageReused.
    """
    said = text.strip()
    if line_id is None and not said:
        raise CallRefused("empty")
    if len(said) > LONGEST_TEXT:
        raise CallRefused("too-long")
    with writing(examiner.person_id, now) as deed:
        call = _in_seat(deed, examiner, call_id)
        script, state = script_of_call(call), state_of(call)
        if line_id is not None:
            if call_log.spoken_before(call_id, message_id):
                return
            line = _lines(call, script, state).get(line_id) if state else None
            if line is None:
                raise CallRefused("unknown")
            said = line.in_(Language(call.language))
        if call_log.same_message(call_id, message_id, said):
            return
        if call.state != "live":
            raise CallRefused("not-live")
        if call.hand != "examiner":
            raise CallRefused("not-in-hand")
        _goes_on(call, now)
        due = call_log.due_of(call)
        revealed = line.reveals if line_id is not None and line is not None else ()
        call.due = None
        call_log.append(
            deed, call, speaker="customer", kind="say", by="examiner", at=now, text=said, message_id=message_id,
            data={"line": line_id, "due": due.line.id if due and due.line else None}, revealed=revealed,
        )  # fmt: skip
        call_log.finish_if_over(deed, call, now)


def hand_over(examiner: SignedIn, call_id: int, to: str, now: datetime) -> None:
    """``script``: the script goes on from the same beat, at once if something is due; ``examiner``: take it back.

    Raises NotYours, CallRefused (unknown, not-live; of certification over, paused).
    """
    if to not in ("script", "examiner"):
        raise CallRefused("unknown")
    with writing(examiner.person_id, now) as deed:
        call = _in_seat(deed, examiner, call_id)
        if call.state == ENDED:
            raise CallRefused("not-live")
        if call.hand == to:
            return
        _goes_on(call, now)
        if to == "script":
            calls.go_on_by_script(deed, call, by="examiner")
        else:
            call.hand = to
            call_log.append(deed, call, speaker="system", kind="hand", by="examiner", at=now, data={"to": to})


def hang_up(examiner: SignedIn, call_id: int, now: datetime) -> None:
    """The customer ends the call; one that was never answered goes back to the lobby. Raises as :func:`hand_over`."""
    with writing(examiner.person_id, now) as deed:
        call = _in_seat(deed, examiner, call_id)
        if call.state == "live":
            _goes_on(call, now)
        if call.state == "ringing":
            call.state, call.examiner_id, call.rang_at = "waiting", None, now
            deed.note("call.put-back", f"call:{call_id}")
        elif call.state == "live":
            call_log.finish(deed, call, "walked-out", now)


def note(examiner: SignedIn, call_id: int, text: str, now: datetime) -> None:
    """A private note with its place in the call. Raises NotYours, CallRefused."""
    said = text.strip()
    if not said or len(said) > LONGEST_NOTE:
        raise CallRefused("too-long" if said else "empty")
    with writing(examiner.person_id, now) as deed:
        call = _in_seat(deed, examiner, call_id)
        deed.session.add(
            CallNote(call_id=call_id, person_id=examiner.person_id, seq=call.turns_count, text=said, at=now)
        )


def _goes_on(call: Call, now: datetime) -> None:
    """While a certification is paused or over, its customer is silent too."""
    if (barred := call_results.stands_still(call, now)) is not None:
        raise CallRefused(barred)


def _in_seat(deed: Deed, examiner: SignedIn, call_id: int) -> Call:
    call = locked(deed, call_id)
    if call is None or call.examiner_id != examiner.person_id:
        raise NotYours
    return call


def _sayable(script: Scenario, state: State) -> list[SpokenLine]:
    """The lines of the present beat, of side questions and of what is still needed, whose facts may be told."""
    facts = script.fact_by_id
    beat = script.beat_by_id[state.beat]
    needs = [line for need in unmet(script, state) for line in need.ask]
    answers = [line for answer in script.answers for line in answer.say]
    every = [*beat.say, *beat.otherwise.say, *needs, *answers, *script.emotion.leaves.say, *script.silence.say]
    return [line for line in every if all(may_say(facts[name], script, state) for name in line.reveals)]


def _lines(call: Call, script: Scenario, state: State) -> dict[str, SpokenLine]:
    """What may be said now by the line's id, what is due first."""
    due = call_log.due_of(call)
    first = [due.line] if due and due.line else []
    return {line.id: line for line in (*first, *_sayable(script, state))}


# --- looking ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BeatCue:
    id: str
    acts: str
    expects: str
    here: bool
    visited: bool


@dataclass(frozen=True, slots=True)
class FactCue:
    """``locked``: the customer may not speak of it yet; ``told``: a line has given it away."""

    id: str
    text: str
    known_by: str
    locked: bool
    told: bool


@dataclass(frozen=True, slots=True)
class LineCue:
    id: str
    text: str
    due: bool


@dataclass(frozen=True, slots=True)
class SeatTurn:
    seq: int
    speaker: str
    kind: str
    text: str
    by: str
    at: datetime
    beat: str | None
    emotion: int | None


@dataclass(frozen=True, slots=True)
class SeatView:
    """Everything that whoever plays the customer needs; nothing of who the trainee is."""

    id: int
    call_number: str
    title: str
    persona: str
    wants: str
    language: Language
    state: str
    end: str | None
    hand: str
    due: bool  # words of the customer that nobody has said yet
    turns: tuple[SeatTurn, ...]
    turns_count: int
    emotion: int
    emotion_good: int
    mood: str
    ready: bool
    beats: tuple[BeatCue, ...]
    facts: tuple[FactCue, ...]
    lines: tuple[LineCue, ...]
    notes: tuple[tuple[int, str], ...]
    waiting_ms: int | None


def view(examiner: SignedIn, call_id: int, now: datetime, after: int = 0) -> SeatView:
    """Raises NotYours."""
    call = calls.catch_up(call_id, now, examiner.person_id)
    if call is None or call.examiner_id != examiner.person_id:
        raise NotYours
    script, language = script_of_call(call), Language(call.language)
    state = state_of(call) or call_log.first_state(call)
    due = call_log.due_of(call)
    told = brief(script, state, due or call_log.NOTHING)
    due_id = due.line.id if due and due.line else None
    lines = _lines(call, script, state)
    notes = db.session.execute(
        select(CallNote.seq, CallNote.text)
        .where(CallNote.call_id == call_id, CallNote.person_id == examiner.person_id)
        .order_by(CallNote.id)
    )
    revealed = db.session.execute(select(Turn.revealed).where(Turn.call_id == call_id)).scalars()
    spoken_of = {name for told_then in revealed for name in (told_then or {}).get("facts", ())}
    return SeatView(
        id=call.id,
        call_number=call.call_number,
        title=script.title.in_(language),
        persona=told.persona,
        wants=told.wants,
        language=language,
        state=call.state,
        end=call.end,
        hand=call.hand,
        due=call.due is not None,
        turns=tuple(_seat_turn(turn) for turn in call_log.turns_of(call_id, after)),
        turns_count=call.turns_count,
        emotion=state.emotion,
        emotion_good=script.emotion.good,
        mood=told.mood,
        ready=ready(script, state),
        beats=tuple(
            BeatCue(
                beat.id, beat.acts.in_(language), beat.expects.in_(language), beat.id == state.beat,
                bool(state.visits.get(beat.id)),
            )
            for beat in script.beats
        ),
        facts=tuple(
            FactCue(
                fact.id, fact.text.in_(language), fact.known_by.value, not may_say(fact, script, state),
                fact.id in spoken_of,
            )
            for fact in script.facts
        ),
        lines=tuple(LineCue(line.id, line.in_(language), line.id == due_id) for line in lines.values()),
        notes=tuple((seq, text) for seq, text in notes),
        waiting_ms=round(call_log.since_last(call, now) * 1000) if call.state == "live" else None,
    )  # fmt: skip


def _seat_turn(turn: Turn) -> SeatTurn:
    return SeatTurn(turn.seq, turn.speaker, turn.kind, turn.text, turn.by, turn.at, turn.beat, turn.emotion)
