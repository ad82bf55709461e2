"""The ledger of a run: every retrieval error 信息调取错误, one by one, and every critical failure (rulebook 4)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms.domain.crm.desk import NEEDS, PanelName
from lms.domain.drills.answers import Verdict, folded, verdict
from lms.domain.drills.identity import PUBLIC, level_of
from lms.domain.drills.journal import ActionKind, RunState
from lms.domain.drills.plans import DrillKind
from lms.domain.drills.replay import ARTICLE, NOBODY, Step
from lms.domain.drills.tasks import Asked, Task

NOTE = "ticket.note"
VERIFICATION = "verification"
CUSTOMER = "customer"
IDENTITY_RULE, DRILL_RULE = "1.8", "4"

# A whole mobile number or identity number, once the spaces and hyphens inside it are gone.
_IDENTIFIER = re.compile(r"(?<!\d)(1\d{10}|\d{17}[\dx])(?!\d)")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s\-·.]+(?=[\dx])")


class ErrorKind(StrEnum):
    WRONG_CUSTOMER = "wrong-customer"  # somebody else's record was opened
    WRONG_RECORD = "wrong-record"  # handed in with another record open, or none
    UNMASKED = "unmasked"  # a sensitive field that the matter did not need
    VERIFICATION = "verification"
    MISSING = "missing"
    WRONG = "wrong"
    STALE = "stale"
    WRONG_ARTICLE = "wrong-article"
    SUPERSEDED = "superseded"
    EVIDENCE_MISSING = "evidence-missing"
    EVIDENCE_WRONG = "evidence-wrong"
    NOTE_UNMASKED = "note-unmasked"


class CriticalKind(StrEnum):
    DISCLOSURE = "disclosure"  # a detail before verification
    WRONG_CUSTOMER_WRITE = "wrong-customer-write"


@dataclass(frozen=True, slots=True)
class RetrievalError:
    """One wrong item, 一处. ``key`` is the same whenever the run is scored again; ``at_seq`` is the action at which
    it happened, for something left out the last one. ``seen`` and ``right`` are canonical values, not wording."""

    key: str
    kind: ErrorKind
    field: str
    seen: str
    right: str
    rule: str
    at_seq: int


@dataclass(frozen=True, slots=True)
class CriticalFailure:
    key: str
    kind: CriticalKind
    seen: str
    right: str
    rule: str
    at_seq: int


def critical_failures(task: Task, film: Sequence[Step]) -> tuple[CriticalFailure, ...]:
    """Each once, in the order in which they happened."""
    found: dict[str, CriticalFailure] = {}
    for step, granted in _with_level(task, film):
        for failure in _critical_in(task, step, granted):
            found.setdefault(failure.key, failure)
    return tuple(found.values())


def _with_level(task: Task, film: Sequence[Step]) -> Iterator[tuple[Step, int]]:
    """Obeyed steps with the level that the caller's own proofs had earned before them."""
    granted = task.verified
    for step in film:
        if step.obeyed:
            yield step, granted
            if step.action.kind == ActionKind.VERIFY:
                granted = max(task.verified, earned(task, step.after))


def earned(task: Task, state: RunState) -> int:
    """The level that was set, as far as what the caller really showed carries it."""
    return min(state.level, level_of(set(state.proofs) & set(task.caller.proofs)))


def _critical_in(task: Task, step: Step, granted: int) -> Iterator[CriticalFailure]:
    data, seq = step.action.data, step.action.seq
    if step.action.kind == ActionKind.VERIFY:
        for proof in step.after.proofs:
            if proof not in task.caller.proofs:
                yield _disclosure(f"proof:{proof}", proof, "+".join(task.caller.proofs), seq)
    elif step.action.kind == ActionKind.PANEL:
        needed = NEEDS[PanelName(data["panel"])]
        if granted < needed:
            yield _disclosure(f"panel:{data['panel']}", f"V{granted}", f"V{needed}", seq)
    elif step.action.kind == ActionKind.UNMASK:
        if granted == PUBLIC and not (_level_needed(task) == PUBLIC and data["field"] in task.may_unmask):
            yield _disclosure(f"unmask:{data['field']}", "V0", "V1", seq)
    elif step.action.kind == ActionKind.SUBMIT and task.kind is DrillKind.WORKFLOW:
        there = step.after.customer
        if there is not None and there != task.customer:
            key = kind = CriticalKind.WRONG_CUSTOMER_WRITE
            yield CriticalFailure(key.value, kind, str(there), str(task.customer), DRILL_RULE, seq)


def _disclosure(what: str, seen: str, right: str, seq: int) -> CriticalFailure:
    kind = CriticalKind.DISCLOSURE
    return CriticalFailure(f"{kind.value}:{what}", kind, seen, right, IDENTITY_RULE, seq)


def _level_needed(task: Task) -> int:
    return task.workflow.level if task.workflow else task.verified


def retrieval_errors(task: Task, film: Sequence[Step]) -> tuple[RetrievalError, ...]:
    """Each field once, by the action at which it happened; what was changed before the end costs nothing."""
    state = film[-1].after if film else RunState()
    seqs = _Moments(film)
    errors = [
        *_wrong_customers(task, state, seqs),
        *_unneeded_unmasks(task, state, seqs),
        *_verification(task, state, seqs),
        *(error for asked in task.fields if (error := _field_error(task, asked, state, seqs))),
        *_article_error(task, state, seqs),
        *_evidence(task, state, seqs),
    ]
    return tuple(sorted(errors, key=lambda error: error.at_seq))


class _Moments:
    """When something last came to be as it is: the sequence number of the action."""

    def __init__(self, film: Sequence[Step]) -> None:
        self.end = film[-1].action.seq if film else 0
        self._of: dict[tuple[str, object], int] = {}
        self._first: dict[tuple[str, object], int] = {}
        for step in film:
            if step.obeyed:
                where = _subject(step)
                self._of[where] = step.action.seq
                self._first.setdefault(where, step.action.seq)

    def last(self, kind: ActionKind, what: object = None) -> int:
        return self._of.get((kind, what), self.end)

    def first(self, kind: ActionKind, what: object = None) -> int:
        return self._first.get((kind, what), self.end)


def _subject(step: Step) -> tuple[str, object]:
    """What an action is about, so that it can be found again."""
    action = step.action
    names: Mapping[str, object] = {
        ActionKind.OPEN: action.data.get("customer"),
        ActionKind.UNMASK: (step.before.customer, action.data.get("field")),
        ActionKind.PIN: action.data.get("ref"),
        ActionKind.ANSWER: action.data.get("field"),
    }
    return action.kind, names.get(action.kind)


def _wrong_customers(task: Task, state: RunState, seqs: _Moments) -> Iterator[RetrievalError]:
    for other in state.opened:
        if other not in (task.customer, *task.may_open):
            kind = ErrorKind.WRONG_CUSTOMER
            seq = seqs.first(ActionKind.OPEN, other)
            yield RetrievalError(
                f"{kind.value}:{other}", kind, CUSTOMER, str(other), str(task.customer), DRILL_RULE, seq
            )
    there = state.customer
    if there is None or (task.kind is DrillKind.LOOKUP and there != task.customer):
        kind = ErrorKind.WRONG_RECORD
        seen = "" if there is None else str(there)
        yield RetrievalError(kind.value, kind, CUSTOMER, seen, str(task.customer), DRILL_RULE, seqs.end)


def _unneeded_unmasks(task: Task, state: RunState, seqs: _Moments) -> Iterator[RetrievalError]:
    for customer, field in state.unmasked:
        if customer != task.customer or field not in task.may_unmask:
            kind, seq = ErrorKind.UNMASKED, seqs.first(ActionKind.UNMASK, (customer, field))
            yield RetrievalError(f"{kind.value}:{customer}:{field}", kind, field, field, "", IDENTITY_RULE, seq)


def _verification(task: Task, state: RunState, seqs: _Moments) -> Iterator[RetrievalError]:
    if task.workflow is None:
        return
    needed = task.workflow.level
    if state.level != needed or earned(task, state) < needed:
        kind, seq = ErrorKind.VERIFICATION, seqs.last(ActionKind.VERIFY)
        seen = " ".join([f"V{state.level}", "+".join(state.proofs)]).strip()
        yield RetrievalError(kind.value, kind, VERIFICATION, seen, f"V{needed}", IDENTITY_RULE, seq)


def _field_error(task: Task, asked: Asked, state: RunState, seqs: _Moments) -> RetrievalError | None:
    typed = state.answers.get(asked.field)
    kind = _note_fault(task, typed) if asked.field == NOTE else _fault(verdict(asked, typed, task.now.date()))
    if kind is None:
        return None
    seq = seqs.end if kind is ErrorKind.MISSING else seqs.last(ActionKind.ANSWER, asked.field)
    return RetrievalError(f"field:{asked.field}", kind, asked.field, typed or "", asked.expected, asked.rule, seq)


def _fault(said: Verdict) -> ErrorKind | None:
    kinds = {
        Verdict.MISSING: ErrorKind.MISSING,
        Verdict.WRONG: ErrorKind.WRONG,
        Verdict.STALE: ErrorKind.STALE,
        Verdict.RIGHT: None,
    }
    return kinds[said]


def _note_fault(task: Task, typed: str | None) -> ErrorKind | None:
    if not (typed or "").strip():
        return ErrorKind.MISSING
    return ErrorKind.NOTE_UNMASKED if tells_who(typed or "", task.private) else None


def tells_who(note: str, private: Sequence[str]) -> bool:
    """Whether ``note`` holds a whole number or one of the customer's ``private`` identifiers, however spaced."""
    text = _BETWEEN_DIGITS.sub("", folded(note))
    close = re.sub(r"\s+", "", text)
    return bool(_IDENTIFIER.search(text)) or any(re.sub(r"\s+", "", folded(one)) in close for one in private if one)


def _article_error(task: Task, state: RunState, seqs: _Moments) -> Iterator[RetrievalError]:
    typed = state.answers.get(ARTICLE, "").strip()
    if typed == task.article:
        return
    kind = ErrorKind.SUPERSEDED if typed in task.superseded else ErrorKind.WRONG_ARTICLE
    seq = seqs.last(ActionKind.ANSWER, ARTICLE) if typed else seqs.end
    kind = kind if typed else ErrorKind.MISSING
    rule = task.article_rule or DRILL_RULE
    yield RetrievalError(f"field:{ARTICLE}", kind, ARTICLE, typed, task.article, rule, seq)


def _evidence(task: Task, state: RunState, seqs: _Moments) -> Iterator[RetrievalError]:
    if task.workflow is None:
        return
    wanted = task.workflow.evidence
    fitting = {*wanted, *task.workflow.related}
    pinned = {ref for customer, ref in state.pins if customer in (NOBODY, task.customer)}
    for ref in wanted:
        if ref not in pinned:
            kind = ErrorKind.EVIDENCE_MISSING
            yield RetrievalError(f"evidence:{ref}", kind, "evidence", "", ref, DRILL_RULE, seqs.end)
    for customer, ref in state.pins:
        if customer not in (NOBODY, task.customer) or ref not in fitting:
            kind, seq = ErrorKind.EVIDENCE_WRONG, seqs.last(ActionKind.PIN, ref)
            key = f"{kind.value}:{customer}:{ref}"
            yield RetrievalError(key, kind, "evidence", ref, "+".join(wanted), DRILL_RULE, seq)
