"""The ledger of a run in words: every error with what was seen and what was right, when, and how quick the desk was.

Codes that a person cannot read (a customer's place, an article's id, a choice) are said as the desk says them. Kinds
of errors and names of the desk's own fields stay codes; pages word them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from statistics import median

from lms.domain.crm.knowledge import read_article
from lms.domain.drills.journal import Action
from lms.domain.drills.ledger import CUSTOMER, CriticalKind
from lms.domain.drills.replay import ARTICLE, NOBODY, NOTICE
from lms.domain.drills.tasks import FieldKind, Task
from lms.domain.values import Language
from lms.models.drills import Run
from lms.services import crm_worlds
from lms.services.run_desk import DeskView, label_of
from lms.services.run_scores import journal_of, plan_of_set, score_of, share_of, task_of, waived_of
from lms.services.runs import desk_view


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One error or critical failure. ``at``: since the cue; ``waived``: why it was struck.

    ``cost``: the points that it takes from a workflow; a lookup is shown the same figure, and charged nothing.
    """

    key: str
    critical: bool
    kind: str
    field: str
    label: str  # the asked field's own name; empty where ``field`` is one of the desk's
    seen: str
    right: str
    rule: str
    at: timedelta | None
    at_seq: int
    cost: int
    waived: str | None


@dataclass(frozen=True, slots=True)
class Moment:
    """One action of the journal with its server time, since the cue, and how long the desk took before it."""

    seq: int
    kind: str
    at: datetime
    since: timedelta | None
    lag_ms: int | None


@dataclass(frozen=True, slots=True)
class RunLedger:
    """One task of a set as results and appeals show it; ``lag_ms`` is the desk's median, ``worst_lag_ms`` its worst.

    ``evidence``: reference that a line names → what stands in its row. ``subjects``: key of a disclosure → what was
    looked at too early.
    """

    run_id: int
    position: int
    kind: str
    template: str
    skill: str
    cue: str
    state: str
    ended_by: str | None
    milliseconds: int | None
    points: Fraction
    accuracy: Fraction
    efficiency: Fraction
    counted: bool
    lines: Sequence[LedgerLine]
    journal: Sequence[Moment]
    lag_ms: int | None
    worst_lag_ms: int | None
    evidence: dict[str, str]
    subjects: dict[str, str]

    @property
    def standing(self) -> Sequence[LedgerLine]:
        return [line for line in self.lines if line.waived is None]

    @property
    def errors(self) -> Sequence[LedgerLine]:
        return [line for line in self.standing if not line.critical]

    @property
    def critical(self) -> Sequence[LedgerLine]:
        return [line for line in self.standing if line.critical]


def ledger_of(run: Run, language: Language) -> RunLedger:
    """An ended run, or one that was never begun, in the reader's language."""
    task, journal = task_of(run), journal_of(run.id)
    lags = [one.lag_ms for one in journal if one.lag_ms is not None]
    share = share_of(run)
    lines = _lines(run, task, journal, language) if run.begun_at else []
    desk = desk_view(run) if lines else None
    return RunLedger(
        run_id=run.id,
        position=run.position,
        kind=task.kind.value,
        template=run.template,
        skill=run.skill,
        cue=task.cue if run.begun_at else "",
        state=run.state,
        ended_by=run.ended_by,
        milliseconds=run.milliseconds,
        points=run.points or Fraction(0),
        accuracy=share.accuracy,
        efficiency=share.efficiency,
        counted=share.counted,
        lines=lines,
        journal=[Moment(one.seq, one.kind.value, one.at, _since(run, one.at), one.lag_ms) for one in journal],
        lag_ms=int(median(lags)) if lags else None,
        worst_lag_ms=max(lags, default=None),
        evidence=_evidence(desk, lines) if desk else {},
        subjects=_subjects(desk, lines) if desk else {},
    )


def _evidence(desk: DeskView, lines: Sequence[LedgerLine]) -> dict[str, str]:
    about = [line for line in lines if line.field == "evidence"]
    refs = {ref for line in about for ref in (*line.seen.split("+"), *line.right.split("+")) if ref}
    return {ref: label_of(desk, NOBODY if ref.startswith(NOTICE) else desk.task.customer, ref) for ref in refs}


def _subjects(desk: DeskView, lines: Sequence[LedgerLine]) -> dict[str, str]:
    """Its key names what was looked at: ``disclosure:panel:bills``, ``disclosure:unmask:contact:1``."""
    families = {"panel": "panel", "unmask": "column"}
    named = {}
    for line in lines:
        _kind, _, rest = line.key.partition(":")
        what, _, code = rest.partition(":")
        if line.critical and what in families:
            named[line.key] = desk.look.say(families[what], code.split(":")[0])
    return named


def _since(run: Run, at: datetime) -> timedelta | None:
    return at - run.begun_at if run.begun_at else None


def _lines(run: Run, task: Task, journal: Sequence[Action], language: Language) -> list[LedgerLine]:
    whole, waived = score_of(run, frozenset()), waived_of(run.id)
    moments = {one.seq: _since(run, one.at) for one in journal}
    plan = plan_of_set(run.drill_set)
    rules = plan.lookup or plan.workflow
    cost = rules.error_cost if rules else 0
    labels = {asked.field: asked.label.in_(language) for asked in task.fields}
    failures = [
        LedgerLine(
            one.key, True, one.kind.value, _whose(one.kind), "",
            _said(task, _whose(one.kind), one.seen, language), _said(task, _whose(one.kind), one.right, language),
            one.rule, moments.get(one.at_seq), one.at_seq, 0, waived.get(one.key),
        )
        for one in whole.critical
    ]  # fmt: skip
    errors = [
        LedgerLine(
            one.key, False, one.kind.value, one.field, labels.get(one.field, ""),
            _said(task, one.field, one.seen, language), _said(task, one.field, one.right, language),
            one.rule, moments.get(one.at_seq), one.at_seq, cost, waived.get(one.key),
        )
        for one in whole.errors
    ]  # fmt: skip
    return [*failures, *errors]


def _whose(kind: CriticalKind) -> str:
    """The field that a critical failure is about."""
    return CUSTOMER if kind is CriticalKind.WRONG_CUSTOMER_WRITE else ""


def _said(task: Task, field: str, value: str, language: Language) -> str:
    """A canonical value as a person reads it; itself where it needs no wording."""
    if not value:
        return ""
    if field == CUSTOMER and value.isdecimal() and int(value) < task.world_size:
        head = crm_worlds.customers(task.world_seed, task.world_size).head(int(value))
        return f"{head.name.in_(language)} {head.number}"
    if field == ARTICLE:
        found = read_article(crm_worlds.catalogue().articles, value, language)
        return f"{found.rule} {found.title}" if found else value
    asked = next((one for one in task.fields if one.field == field), None)
    if asked is None:
        return value
    labels = {choice.code: choice.label.in_(language) for choice in asked.choices}
    if asked.choices and "+" in value:
        return " + ".join(labels.get(code, code) for code in value.split("+"))
    return labels.get(value, value.replace("T", " ") if asked.kind is FieldKind.MOMENT else value)
