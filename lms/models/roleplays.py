"""Role-plays 模拟通话: scripts and versions, calls with their turns, what an LLM was asked, marks, calibration."""

from datetime import datetime
from fractions import Fraction

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.extensions import Base
from lms.models.columns import Document, Exact, Id, Json, Moment
from lms.models.exams import Attempt
from lms.models.people import Person


class Scenario(Base):
    """A script; what can be played is its live version."""

    __tablename__ = "scenarios"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    loaded_digest: Mapped[str | None] = mapped_column(String(64))  # as last loaded from a file; None: made here
    newest_id: Mapped[int | None] = mapped_column(ForeignKey("scenario_versions.id", use_alter=True))
    live_id: Mapped[int | None] = mapped_column(ForeignKey("scenario_versions.id", use_alter=True))
    retired: Mapped[bool] = mapped_column(default=False)

    newest: Mapped["ScenarioVersion"] = relationship(foreign_keys=[newest_id], post_update=True)
    live: Mapped["ScenarioVersion | None"] = relationship(foreign_keys=[live_id], post_update=True)


class ScenarioVersion(Base):
    """One saved form of a script, never changed: draft → review → live → retired; a second trainer lets it live."""

    __tablename__ = "scenario_versions"
    __table_args__ = (UniqueConstraint("scenario_id", "number"),)

    id: Mapped[Id]
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id"), index=True)
    number: Mapped[int]
    body: Mapped[Json] = mapped_column(Document)  # domain.scenarios.Scenario
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: loaded from a file
    saved_at: Mapped[datetime] = mapped_column(Moment)
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(Moment)
    comment: Mapped[str] = mapped_column(String(2000), default="")  # the reviewer's

    scenario: Mapped[Scenario] = relationship(foreign_keys=[scenario_id])
    author: Mapped[Person | None] = relationship(foreign_keys=[author_id])


class CallScript(Base):
    """A script as calls were begun with it, once for all of them: with each call it would be written at every turn."""

    __tablename__ = "call_scripts"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[str] = mapped_column(Text)  # canonical JSON of the scenario


class Call(Base):
    """One performance: a trainee, a script, and whoever plays the customer. Its turns are the truth.

    waiting (for an examiner) → ringing → live → ended. ``state`` of the engine after the last turn is kept beside
    it for speed; replaying the turns gives the same ``engine_sha256``.
    """

    __tablename__ = "calls"
    __table_args__ = (
        UniqueConstraint("attempt_id", "position"),
        Index("ix_calls_state", "state", "customer"),
        Index(
            "uq_calls_one_going_on",
            "person_id",
            unique=True,
            sqlite_where=text("state != 'ended'"),
            postgresql_where=text("state != 'ended'"),
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)  # None: a benchmark's copy
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"), index=True)  # None: practice
    position: Mapped[int] = mapped_column(default=1)  # within the attempt
    scenario_version_id: Mapped[int] = mapped_column(ForeignKey("scenario_versions.id"))
    script_sha256: Mapped[str] = mapped_column(ForeignKey("call_scripts.sha256"))  # the script, frozen
    rubric_sha256: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(2))
    seed: Mapped[int] = mapped_column(BigInteger)
    customer: Mapped[str] = mapped_column(String(10))  # scripted | examiner | llm
    hand: Mapped[str] = mapped_column(String(10))  # who speaks for the customer now: script | examiner | llm
    examiner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    call_number: Mapped[str] = mapped_column(String(12), unique=True)  # what markers see instead of a name
    alias: Mapped[str] = mapped_column(String(8))  # the agent number 坐席工号 spoken in the call, never one's own
    state: Mapped[str] = mapped_column(String(8))
    engine: Mapped[Json | None] = mapped_column(Document)
    engine_sha256: Mapped[str | None] = mapped_column(String(64))
    due: Mapped[Json | None] = mapped_column(Document)  # the customer's reply that nobody has worded yet
    mixed: Mapped[bool] = mapped_column(default=False)  # the LLM gave way to the script
    turns_count: Mapped[int] = mapped_column(default=0)  # rises with every turn: what streams watch
    created_at: Mapped[datetime] = mapped_column(Moment)
    rang_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    last_turn_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    end: Mapped[str | None] = mapped_column(String(20))  # resolved | walked-out | silent | hung-up | left | time
    result: Mapped[Json | None] = mapped_column(Document)  # agreed levels by criterion, critical, passed
    points: Mapped[Fraction | None] = mapped_column(Exact)  # of 100

    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    examiner: Mapped[Person | None] = relationship(foreign_keys=[examiner_id])
    attempt: Mapped[Attempt | None] = relationship()
    scenario_version: Mapped[ScenarioVersion] = relationship()


class Turn(Base):
    """One utterance or deed, append-only; ``seq`` counts from 1. The same ``message_id`` again is the same turn.

    Looks into the CRM beside the call (``kind`` look) count down from -1: they are no part of the conversation.
    """

    __tablename__ = "turns"
    __table_args__ = (UniqueConstraint("call_id", "message_id"),)

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(40))
    speaker: Mapped[str] = mapped_column(String(8))  # agent | customer | system
    kind: Mapped[str] = mapped_column(String(10))  # say | hold | resume | transfer | ticket | hang-up | silence | end
    text: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[Json | None] = mapped_column(Document)  # a ticket's fields, a transfer's queue
    by: Mapped[str] = mapped_column(String(10))  # trainee | script | examiner | llm | clock
    beat: Mapped[str | None] = mapped_column(String(60))  # the engine after this turn
    emotion: Mapped[int | None]
    revealed: Mapped[Json | None] = mapped_column(Document)  # fact ids revealed by this turn
    at: Mapped[datetime] = mapped_column(Moment)


class CallNote(Base):
    """An examiner's private note with its time mark; the trainee never sees it."""

    __tablename__ = "call_notes"

    id: Mapped[Id]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    seq: Mapped[int]  # after which turn
    text: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime] = mapped_column(Moment)


class LlmExchange(Base):
    """What an LLM was asked for one customer line, and what came of it: complete, for replay and for questions."""

    __tablename__ = "llm_exchanges"

    id: Mapped[Id]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    seq: Mapped[int]  # the customer turn that came of it
    purpose: Mapped[str] = mapped_column(String(6))  # say | listen
    template: Mapped[str] = mapped_column(String(40))  # of the prompt
    model_asked: Mapped[str] = mapped_column(String(120))
    model_answered: Mapped[str | None] = mapped_column(String(120))
    prompt: Mapped[Json] = mapped_column(Document)  # the messages as sent
    prompt_sha256: Mapped[str] = mapped_column(String(64))
    seed: Mapped[int | None] = mapped_column(BigInteger)
    answer: Mapped[str | None] = mapped_column(Text)  # raw
    finish_reason: Mapped[str | None] = mapped_column(String(20))
    fingerprint: Mapped[str | None] = mapped_column(String(60))  # of the server's set-up, as it says
    tokens_in: Mapped[int | None]
    tokens_out: Mapped[int | None]
    milliseconds: Mapped[int]
    guards: Mapped[Json] = mapped_column(Document)  # guard → pass | fail | not-run
    refused: Mapped[str | None] = mapped_column(String(120))  # why this answer was not taken
    fallback: Mapped[str | None] = mapped_column(String(40))  # why the script spoke instead; None: it did not
    at: Mapped[datetime] = mapped_column(Moment)


class LlmSettings(Base):
    """One row: whether and whom to ask. The key comes from the environment (LLM_API_KEY), never from a table."""

    __tablename__ = "llm_settings"

    id: Mapped[Id]
    enabled: Mapped[bool] = mapped_column(default=False)
    proposals: Mapped[bool] = mapped_column(default=False)  # quotations and checks for examiners, never levels
    base_url: Mapped[str] = mapped_column(String(300), default="")
    model: Mapped[str] = mapped_column(String(120), default="")
    hosts: Mapped[str] = mapped_column(String(1000), default="")  # the only host:port pairs that are called, by line
    changed_at: Mapped[datetime | None] = mapped_column(Moment)


class CallTask(Base):
    """One call to be marked once: round 1, 2 (double marking), 3 (third marker), 4 and beyond (appeal)."""

    __tablename__ = "call_tasks"
    __table_args__ = (
        UniqueConstraint("call_id", "round"),
        UniqueConstraint("call_id", "lease_holder_id"),  # nobody marks one call twice
        Index("ix_call_tasks_queue", "state", "due_at"),
    )

    id: Mapped[Id]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    round: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="open")  # open | done | withdrawn
    lease_holder_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)

    call: Mapped[Call] = relationship()


class CallSheet(Base):
    """What one examiner gave: levels and pinned turns by criterion. A draft until ``submitted_at``."""

    __tablename__ = "call_sheets"
    __table_args__ = (UniqueConstraint("task_id", "marker_id"),)

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("call_tasks.id"))
    marker_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    levels: Mapped[Json] = mapped_column(Document)  # criterion → 1…5
    pins: Mapped[Json] = mapped_column(Document)  # criterion → [seq, …]
    comments: Mapped[Json] = mapped_column(Document)  # criterion → text
    critical: Mapped[Json] = mapped_column(Document)  # critical failure → [seq, …]
    overall: Mapped[str | None] = mapped_column(String(12))  # clear-fail | borderline | pass | good
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)

    task: Mapped[CallTask] = relationship()
    marker: Mapped[Person] = relationship()


class CallProposal(Base):
    """What an LLM proposed for a call once, for examiners whose own sheet is in: quotations and yes/no checks."""

    __tablename__ = "call_proposals"

    id: Mapped[Id]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), unique=True)
    template: Mapped[str] = mapped_column(String(40))  # of the prompt
    model_asked: Mapped[str] = mapped_column(String(120))
    model_answered: Mapped[str | None] = mapped_column(String(120))
    prompt: Mapped[Json] = mapped_column(Document)  # the messages as sent
    prompt_sha256: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str | None] = mapped_column(Text)  # raw
    tokens_in: Mapped[int | None]
    tokens_out: Mapped[int | None]
    milliseconds: Mapped[int]
    checks: Mapped[Json | None] = mapped_column(Document)  # what was taken of it; None: nothing, see ``refused``
    refused: Mapped[str | None] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment)


class Benchmark(Base):
    """A call with agreed marks and reasons, for calibrating examiners; ``hidden`` ones come up among live work."""

    __tablename__ = "benchmarks"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(60), unique=True)
    scenario_version_id: Mapped[int] = mapped_column(ForeignKey("scenario_versions.id"))
    language: Mapped[str] = mapped_column(String(2))
    transcript: Mapped[Json] = mapped_column(Document)  # {"turns": [...]} as a call's
    levels: Mapped[Json] = mapped_column(Document)  # criterion → level
    reasons: Mapped[Json] = mapped_column(Document)  # criterion → why
    critical: Mapped[Json] = mapped_column(Document)
    hidden: Mapped[bool] = mapped_column(default=False)
    series: Mapped[int] = mapped_column(default=1)  # those of one make a round of the gate
    retired: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)


class BenchmarkCopy(Base):
    """A hidden benchmark as one examiner meets it among live work: a call like any other, until its sheet is in."""

    __tablename__ = "benchmark_copies"
    __table_args__ = (UniqueConstraint("benchmark_id", "examiner_id"),)

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    benchmark_id: Mapped[int] = mapped_column(ForeignKey("benchmarks.id"))
    examiner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)

    benchmark: Mapped[Benchmark] = relationship()


class BenchmarkSheet(Base):
    """What one examiner gave a benchmark; ``gate``: before marking live, else hidden among live work."""

    __tablename__ = "benchmark_sheets"
    __table_args__ = (UniqueConstraint("benchmark_id", "examiner_id", "round"),)

    id: Mapped[Id]
    benchmark_id: Mapped[int] = mapped_column(ForeignKey("benchmarks.id"))
    examiner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    round: Mapped[int] = mapped_column(default=1)  # a failed gate may be tried again
    gate: Mapped[bool] = mapped_column(default=True)
    levels: Mapped[Json] = mapped_column(Document)
    critical: Mapped[Json] = mapped_column(Document)
    submitted_at: Mapped[datetime] = mapped_column(Moment)

    benchmark: Mapped[Benchmark] = relationship()
