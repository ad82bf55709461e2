"""A benchmark as a call of nobody 标杆副本: what one examiner meets among live work.

It imitates the call that it waits beside: a number like any other, the same customer, nearly the same times. It belongs
to no person and no attempt, so no list, figure or result of a trainee can hold it.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from lms.domain.benchmarks import BENCHMARK_ALIAS, BenchmarkLook, BenchmarkTurn
from lms.models.roleplays import Benchmark, BenchmarkCopy, Call, CallTask, Turn
from lms.services import call_desk, call_log
from lms.services.scenarios import script_of
from lms.services.writing import Deed

_TICKET_HEAD = re.compile(r"^(?P<head>[^:：]{1,80})[:：]\s*(?P<summary>.+)$", re.DOTALL)


def add_copy(deed: Deed, benchmark: Benchmark, examiner_id: int, beside: Call, due_at: datetime | None) -> None:
    """The copy with its turns, and a task that is due a little sooner than the call ``beside``."""
    script = script_of(benchmark.scenario_version_id)
    mark = hashlib.sha256(f"{benchmark.code}:{examiner_id}:{deed.now.isoformat()}".encode()).hexdigest()
    said = [BenchmarkTurn.model_validate(turn) for turn in benchmark.transcript["turns"]]
    end = benchmark.transcript.get("end", "resolved")
    earlier = timedelta(seconds=60 + int(mark[16:20], 16) % 1800)
    ended = (beside.ended_at or deed.now) - earlier
    answered = ended - timedelta(seconds=sum(turn.s for turn in said) + 2)
    call = Call(
        person_id=None, attempt_id=None,
        scenario_version_id=benchmark.scenario_version_id, **call_log.frozen(deed, script),
        language=benchmark.language, seed=int(mark[20:30], 16), customer=beside.customer, hand=beside.hand,
        call_number=f"C-{mark[:8].upper()}", alias=call_log.alias_of(mark), state=call_log.ENDED,
        created_at=answered - timedelta(seconds=4), rang_at=answered - timedelta(seconds=4), answered_at=answered,
        ended_at=ended,
    )  # fmt: skip
    deed.session.add(call)
    deed.session.flush()
    turns = list(_turns(call, said, end, answered, mark))
    deed.session.add_all([*turns, *_looks(call, turns, benchmark.transcript.get("looks", []))])
    state = call_log.replayed(call, turns)
    call.engine, call.engine_sha256 = state.model_dump(mode="json"), state.digest()
    call.end = end
    call.turns_count, call.last_turn_at = len(turns), turns[-1].at
    deed.session.add(BenchmarkCopy(call_id=call.id, benchmark_id=benchmark.id, examiner_id=examiner_id))
    sooner = None if due_at is None else due_at - earlier
    deed.session.add(CallTask(call_id=call.id, round=1, state="open", due_at=sooner, created_at=deed.now))
    deed.session.flush()


def _turns(call: Call, said: Sequence[BenchmarkTurn], end: str, answered: datetime, mark: str) -> Iterator[Turn]:
    """The transcript as rows, whole seconds a little shorter, as clocks give them; then how it ended."""
    at = answered
    hangs_up = end == "hung-up" and said[-1].do != "hang-up"
    listed = [*said, *([BenchmarkTurn(by="agent", s=2, text="–", do="hang-up")] if hangs_up else [])]
    for seq, one in enumerate(listed, start=1):
        fraction = int(mark[seq : seq + 3], 16) % 900 if one.s > 1 else 0
        at += timedelta(seconds=one.s, milliseconds=-fraction)
        text = one.text.replace(BENCHMARK_ALIAS, call.alias) if one.do is None else ""
        by = "trainee" if one.by == "agent" else call.hand
        yield Turn(
            call_id=call.id, seq=seq, message_id=f"{by}-{seq}", speaker=one.by, kind=one.do or "say", text=text,
            data=_data(one), by=by, at=at,
        )  # fmt: skip
    yield Turn(
        call_id=call.id, seq=len(listed) + 1, message_id=f"clock-{len(listed) + 1}", speaker="system", kind="end",
        text="", data={"end": end}, by="clock", at=at,
    )  # fmt: skip


def _looks(call: Call, turns: Sequence[Turn], looks: Sequence[dict[str, Any]]) -> Iterator[Turn]:
    """What was looked up, spread over the time before the turn that tells of it; nothing where there is no record."""
    crm = call_desk.crm_of(call)
    listed = [BenchmarkLook.model_validate(look) for look in looks] if crm is not None else []
    for number, look in enumerate(listed, start=1):
        beside = [one for one in listed if one.before == look.before]
        said, earlier = turns[look.before - 1], turns[look.before - 2]
        share = Fraction(beside.index(look) + 1, len(beside) + 1)
        data: dict[str, Any] = {"do": look.do}
        if look.do == "open" and crm is not None:
            data["customer"] = crm.world.subject
        elif look.do == "verify":
            data |= {"level": look.level, "proofs": []}
        elif look.panel is not None:
            data["panel"] = look.panel.value
        yield Turn(
            call_id=call.id, seq=-number, message_id=f"look-{number}", speaker="agent", kind=call_desk.LOOK, text="",
            data=data, by="trainee", at=earlier.at + (said.at - earlier.at) * float(share),
        )  # fmt: skip


def _data(turn: BenchmarkTurn) -> dict[str, Any] | None:
    """A ticket's fields from its text, “T1 … · level · department: summary”; a transfer's goal."""
    if turn.do == "transfer":
        return {"to": turn.text}
    if turn.do != "ticket":
        return None
    found = _TICKET_HEAD.match(turn.text)
    if found is None:
        return {"summary": turn.text}
    type_, *rest = [part.strip() for part in re.split(r"·|, ", found["head"])]
    fields = {"type": type_, "level": rest[0] if len(rest) > 1 else "", "department": rest[-1] if rest else ""}
    return {name: value for name, value in {**fields, "summary": found["summary"]}.items() if value}
