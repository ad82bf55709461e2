"""What an LLM proposes to examiners: quotations and yes/no checks of a call, once a sheet of it is in (contract 7).

Asked by the worker, once a call, never while a page waits. What comes back is kept whole for questions, and shown to
examiners whose own sheet is in; no sheet, no result and no trainee's page knows of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from lms.customers.llm.endpoint import Endpoint
from lms.customers.llm.prompt import Message, digest
from lms.customers.llm.proposing import TEMPLATE, Proposed, TranscriptTurn, mark_of, messages, propose
from lms.domain.call_checks import Check, Checked, checks_of
from lms.domain.scenarios import Scenario
from lms.domain.values import Language
from lms.extensions import db
from lms.models.people import Person
from lms.models.roleplays import Call, CallProposal, CallSheet, CallTask, Turn
from lms.services import call_log, llm
from lms.services.writing import Deed, writing

MOST_A_DAY = 500  # calls
MOST_A_SWEEP = 20
ENOUGH_MS = 20_000  # after so long no further call is begun: the worker has other work each minute
ASKING = "asking"  # taken up by a worker that has not come back yet
INTERRUPTED = "interrupted"  # and never will
LOST_AFTER = timedelta(minutes=5)
SHOWN_DEEDS = ("transfer", "ticket")  # of what is done, what has words


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the desk shows. ``checks`` None: not evaluated (``refused`` says why), or still ``awaited``."""

    awaited: bool
    refused: str | None
    model: str
    checks: Sequence[tuple[Check, Checked | None]] | None


def sweep(now: datetime) -> int:
    """Ask about calls that somebody has marked and nobody has asked about; how many were. Safe to run twice at once."""
    _give_up(now)
    whom = llm.endpoint_for_proposals()
    if whom is None:
        return 0
    today = select(func.count()).select_from(CallProposal).where(CallProposal.at > now - timedelta(days=1))
    left = min(MOST_A_SWEEP, MOST_A_DAY - db.session.execute(today).scalar_one())
    asked, spent_ms = 0, 0
    for call_id in _waiting(max(0, left)):
        if spent_ms >= ENOUGH_MS or llm.tokens_spent(now) >= llm.MOST_TOKENS:
            break
        found = _ask_about(call_id, whom, now)
        asked, spent_ms = asked + (found is not None), spent_ms + (found.milliseconds if found else 0)
    return asked


def _waiting(most: int) -> Sequence[int]:
    marked = select(CallTask.call_id).join(CallSheet, CallSheet.task_id == CallTask.id)
    return (
        db.session.execute(
            select(Call.id)
            .where(
                Call.id.in_(marked.where(CallSheet.submitted_at.is_not(None))),
                Call.id.not_in(select(CallProposal.call_id)),
            )
            .order_by(Call.id)
            .limit(most)
        )
        .scalars()
        .all()
    )


def _ask_about(call_id: int, whom: Endpoint, now: datetime) -> Proposed | None:
    """None where another worker was quicker."""
    call = db.session.get_one(Call, call_id, populate_existing=True)
    person = db.session.get(Person, call.person_id) if call.person_id else None  # None: a hidden benchmark's copy
    script, language = call_log.script_of_call(call), Language(call.language)
    name, number = (person.name, person.number) if person else ("", "")
    turns = [
        TranscriptTurn(turn.seq, turn.speaker, llm.scrubbed(_words(turn), name, number, call.alias))
        for turn in call_log.turns_of(call_id)
        if turn.speaker != "system" and (turn.kind == "say" or turn.kind in SHOWN_DEEDS)
    ]
    checks = checks_of(script)
    sent = messages(script, language, turns, checks, mark_of(f"{call.seed}:{call.call_number}"))
    if not _taken_up(call_id, whom, sent, now):
        return None
    said = {turn.seq: turn.text for turn in turns if turn.speaker == "agent"}
    found = propose(whom, sent, checks, said)  # nothing is held while a server is waited for
    with writing(None, now) as deed:
        _keep(deed, call_id, found)
    return found


def _words(turn: Turn) -> str:
    """What was said, or the fields of a ticket or a transfer as the agent filled them in."""
    if turn.kind == "say":
        return turn.text
    return f"[{turn.kind}] " + " · ".join(str(value) for value in (turn.data or {}).values() if value)


def _taken_up(call_id: int, whom: Endpoint, sent: Sequence[Message], now: datetime) -> bool:
    """False where another worker was quicker: a call is asked about once."""
    try:
        with writing(None, now) as deed:
            deed.session.add(
                CallProposal(
                    call_id=call_id, template=TEMPLATE, model_asked=whom.model, prompt={"messages": list(sent)},
                    prompt_sha256=digest(sent), milliseconds=0, refused=ASKING, at=now,
                )
            )  # fmt: skip
    except IntegrityError:
        return False
    return True


def _keep(deed: Deed, call_id: int, found: Proposed) -> None:
    answer = found.answer
    values: dict[str, Any] = {
        "milliseconds": found.milliseconds,
        "refused": found.refused,
        "checks": {"checks": [one.model_dump(mode="json") for one in found.checks]} if found.checks else None,
    }
    if answer is not None:
        values |= {"answer": answer.text, "model_answered": answer.model}
        values |= {"tokens_in": answer.tokens_in, "tokens_out": answer.tokens_out}
    deed.session.execute(
        update(CallProposal)
        .where(CallProposal.call_id == call_id, CallProposal.refused == ASKING)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _give_up(now: datetime) -> None:
    """A worker that died in between leaves a call not evaluated; it is not asked about again."""
    lost = CallProposal.refused == ASKING, CallProposal.at < now - LOST_AFTER
    if db.session.execute(select(CallProposal.id).where(*lost).limit(1)).first() is not None:
        with writing(None, now) as deed:
            deed.session.execute(update(CallProposal).where(*lost).values(refused=INTERRUPTED))


def proposal_for(call: Call) -> Proposal | None:
    """What may be shown of a call to an examiner whose own sheet is in, which is for the caller to see to.

    None: nobody has asked, and nobody will.
    """
    row = db.session.execute(
        select(CallProposal).where(CallProposal.call_id == call.id).execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        whom = llm.endpoint_for_proposals()
        return Proposal(True, None, whom.model, None) if whom else None
    if row.checks is None:
        return Proposal(row.refused == ASKING, row.refused, row.model_asked, None)
    taken = {one.id: one for one in map(Checked.model_validate, row.checks["checks"])}
    shown = [(check, taken.get(check.id)) for check in checks_of(call_log.script_of_call(call))]
    return Proposal(False, None, row.model_answered or row.model_asked, shown)


def what_is_sent(script: Scenario, language: Language) -> list[Message]:
    """Exactly what a model would get for a call of a scenario that ended after its first line: for the page."""
    first = script.beats[0].say[0].in_(language)
    return messages(script, language, [TranscriptTurn(1, "customer", first)], checks_of(script), mark_of("page"))
