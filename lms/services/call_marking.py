"""The marking desk of calls: one call under one's lease, its sheet saved as one marks, submitted once and for good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from lms.domain.call_marks import Overall, Round
from lms.domain.call_sheets import Sheet, read_sheet
from lms.domain.scenarios import Scenario
from lms.extensions import db
from lms.models.exams import Attempt
from lms.models.people import Person
from lms.models.roleplays import Call, CallSheet, CallTask
from lms.services import call_log, call_results, hidden_benchmarks
from lms.services.call_margin import MarginTurn, margin
from lms.services.call_marking_queue import LEASE, is_practice
from lms.services.call_proposals import Proposal, proposal_for
from lms.services.marking_desk import AlreadySubmitted, NotForYou
from lms.services.writing import Deed, writing

__all__ = ["AlreadySubmitted", "NotForYou"]


@dataclass(frozen=True, slots=True)
class SheetDraft:
    sheet: Sheet
    version: int
    saved_at: datetime


class TakenByAnother(Exception):
    """The lease ran out and another examiner took the call, or it no longer counts; ``draft`` is what one saved."""

    def __init__(self, draft: SheetDraft) -> None:
        self.draft = draft
        super().__init__()


class DraftConflict(Exception):
    """Another window of the same examiner saved meanwhile; ``theirs`` is what it saved."""

    def __init__(self, theirs: SheetDraft) -> None:
        self.theirs = theirs
        super().__init__()


@dataclass(frozen=True, slots=True)
class OtherSheet:
    """What another examiner gave for the same call; nobody is named."""

    round: int
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class Proposals:
    """What the engine noticed, as ids of the script: needs that were met, traps, critical failures."""

    needs: Mapping[str, bool]
    traps: Sequence[str]
    critical: Sequence[str]


@dataclass(frozen=True, slots=True)
class CallDesk:
    """All that the desk shows. Of the trainee nothing but the call's number; others' sheets and what the engine
    proposes only once one's own sheet is in (contract 7)."""

    task_id: int
    call_number: str
    practice: bool  # sent by a trainee who wants to hear an examiner's opinion
    script: Scenario
    language: str
    customer: str
    mixed: bool
    alias: str
    end: str
    turns: Sequence[MarginTurn]
    not_evaluated: Sequence[str]
    draft: SheetDraft
    due_at: datetime | None
    submitted_at: datetime | None
    others: Sequence[OtherSheet]
    proposals: Proposals | None
    suggested: Proposal | None  # an LLM's; None: nobody asks one


_MINE = (
    select(CallTask, CallSheet, Call)
    .join(CallSheet, CallSheet.task_id == CallTask.id)
    .join(Call, Call.id == CallTask.call_id)
)


def _load(examiner_id: int, task_id: int) -> Any:
    """(task, own sheet, call); raises :class:`NotForYou`."""
    row = db.session.execute(
        _MINE.where(CallTask.id == task_id, CallSheet.marker_id == examiner_id).execution_options(
            populate_existing=True
        )
    ).one_or_none()
    if row is None:
        raise NotForYou
    return row


def desk(examiner_id: int, task_id: int) -> CallDesk:
    """Raises :class:`NotForYou`, or :class:`TakenByAnother` where one lost the lease."""
    task, row, call = _load(examiner_id, task_id)
    submitted = row.submitted_at is not None
    if not submitted and (task.lease_holder_id != examiner_id or task.state != "open"):
        raise TakenByAnother(draft_of(row))
    person = db.session.get_one(Person, call.person_id) if call.person_id is not None else None
    turns, not_evaluated = margin(call, person)
    return CallDesk(
        task_id=task.id,
        call_number=call.call_number,
        practice=is_practice(call.attempt_id, call.person_id),
        script=call_log.script_of_call(call),
        language=call.language,
        customer=call.customer,
        mixed=call.mixed,
        alias=call.alias,
        end=call.end or "",
        turns=turns,
        not_evaluated=not_evaluated,
        draft=draft_of(row),
        due_at=task.due_at,
        submitted_at=row.submitted_at,
        others=_others(task, examiner_id) if submitted else [],
        proposals=_proposals(call) if submitted else None,
        suggested=proposal_for(call) if submitted else None,
    )


def sheet_of(row: CallSheet) -> Sheet:
    overall = Overall(row.overall) if row.overall else None
    return Sheet(dict(row.levels), dict(row.pins), dict(row.comments), dict(row.critical), overall)


def draft_of(row: CallSheet) -> SheetDraft:
    return SheetDraft(sheet_of(row), row.version, row.saved_at)


def _others(task: CallTask, examiner_id: int) -> list[OtherSheet]:
    rows = db.session.execute(
        select(CallTask.round, CallSheet)
        .join(CallSheet, CallSheet.task_id == CallTask.id)
        .where(
            CallTask.call_id == task.call_id,
            CallSheet.marker_id != examiner_id,
            CallSheet.submitted_at.is_not(None),
        )
        .order_by(CallTask.round)
    )
    return [OtherSheet(round_, sheet_of(row)) for round_, row in rows]


def _proposals(call: Call) -> Proposals | None:
    script, state = call_log.script_of_call(call), call_log.state_of(call)
    if state is None:
        return None
    needs = {need.id: any(name in state.ever for name in need.heard) for need in script.needs}
    return Proposals(needs, list(state.traps), list(state.critical))


def _read(call: Call, sent: Mapping[str, str], *, whole: bool) -> Sheet:
    script = call_log.script_of_call(call)
    return read_sheet(
        sent,
        criteria=[one.id for one in script.rubric.own],
        failures=[one.id for one in script.critical],
        turns=range(1, call.turns_count + 1),
        whole=whole,
    )


def save_draft(examiner_id: int, task_id: int, sent: Mapping[str, str], version: int, now: datetime) -> SheetDraft:
    """Save what is marked so far and renew the lease; the draft with its new version.

    Raises SheetRejected, :class:`NotForYou`, :class:`TakenByAnother`, :class:`DraftConflict`,
    :class:`AlreadySubmitted`.
    """
    _task, _row, call = _load(examiner_id, task_id)
    sheet = _read(call, sent, whole=False)
    with writing(examiner_id, now) as deed:
        _renew(deed, examiner_id, task_id)
        return _write(deed, examiner_id, task_id, sheet, version, submitted_at=None)


def renew_lease(examiner_id: int, task_id: int, now: datetime) -> None:
    """The examiner is still at it (reads, scrolls). Raises as :func:`save_draft`."""
    _load(examiner_id, task_id)
    with writing(examiner_id, now) as deed:
        _renew(deed, examiner_id, task_id)


def submit(examiner_id: int, task_id: int, sent: Mapping[str, str], version: int, now: datetime) -> None:
    """Give the sheet for good; a second time changes nothing.

    Raises as :func:`save_draft`, save that a sheet already submitted is no error.
    """
    task, row, call = _load(examiner_id, task_id)
    if row.submitted_at is not None:
        return
    sheet = _read(call, sent, whole=True)
    try:
        with writing(examiner_id, now) as deed:
            if call.attempt_id is not None:  # before its tasks, as whoever voids or reopens it takes them
                deed.session.execute(select(Attempt.id).where(Attempt.id == call.attempt_id).with_for_update())
            _renew(deed, examiner_id, task_id, done=True)
            _write(deed, examiner_id, task_id, sheet, version, submitted_at=now)
            deed.note(
                "call.marked", f"call:{call.id}", task=task_id, round=task.round, levels=sheet.levels,
                critical=sorted(sheet.critical), overall=str(sheet.overall),
            )  # fmt: skip
            if call.attempt_id is not None:
                call_results.advance(deed, call.id)
            else:
                hidden_benchmarks.take_in(deed, examiner_id, call.id, sheet)
    except AlreadySubmitted:
        pass


def _renew(deed: Deed, examiner_id: int, task_id: int, *, done: bool = False) -> None:
    """Compare-and-set on the lease; a lapsed one that nobody took is still one's own."""
    renewed: Any = deed.session.execute(
        update(CallTask)
        .where(CallTask.id == task_id, CallTask.state == "open", CallTask.lease_holder_id == examiner_id)
        .values(lease_until=None if done else deed.now + LEASE, **({"state": "done"} if done else {}))
        .execution_options(synchronize_session=False)
    )
    if renewed.rowcount == 0:
        _task, row, _call = _load(examiner_id, task_id)
        if row.submitted_at is not None:
            raise AlreadySubmitted
        raise TakenByAnother(draft_of(row))


def _write(
    deed: Deed, examiner_id: int, task_id: int, sheet: Sheet, version: int, *, submitted_at: datetime | None
) -> SheetDraft:
    written: Any = deed.session.execute(
        update(CallSheet)
        .where(
            CallSheet.task_id == task_id,
            CallSheet.marker_id == examiner_id,
            CallSheet.version == version,
            CallSheet.submitted_at.is_(None),
        )
        .values(
            levels=sheet.levels,
            pins=sheet.pins,
            comments=sheet.comments,
            critical=sheet.critical,
            overall=sheet.overall.value if sheet.overall else None,
            version=version + 1,
            saved_at=deed.now,
            submitted_at=submitted_at,
        )
        .execution_options(synchronize_session=False)
    )
    if written.rowcount == 0:
        raise DraftConflict(draft_of(_load(examiner_id, task_id)[1]))
    return SheetDraft(sheet, version + 1, deed.now)


def give_back(examiner_id: int, task_id: int, now: datetime) -> None:
    """Let another examiner take the call; one's own draft stays. What an appeal asks for goes back with the appeal."""
    _load(examiner_id, task_id)
    with writing(examiner_id, now) as deed:
        deed.session.execute(
            update(CallTask)
            .where(CallTask.id == task_id, CallTask.state == "open", CallTask.lease_holder_id == examiner_id)
            .where(CallTask.round < Round.APPEAL)
            .values(lease_holder_id=None, lease_until=None)
            .execution_options(synchronize_session=False)
        )
