"""A call's turns: appended in order, each with the engine's state after it; replayed, they give that state again."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from lms.customers import Line, Utterance
from lms.domain.conversation import Deed as Done
from lms.domain.conversation import Reply, Said, Silence, State, replay, silence_limit, start, step
from lms.domain.scenarios import Scenario
from lms.domain.scenarios.texts import Both
from lms.domain.values import Language
from lms.extensions import db
from lms.models.roleplays import Call, CallScript, Turn
from lms.services.writing import Deed

ENDED = "ended"
ENGINE_DEEDS = ("hold", "transfer", "ticket", "hang-up")


class MessageReused(ValueError):
    """A message id came again with another content."""


_scripts: dict[str, Scenario] = {}  # by content hash: reading one costs more than a whole turn
_titles: dict[str, Both] = {}  # by the same, for lists: many more of them are kept
MOST_SCRIPTS = 64
MOST_TITLES = 2000
AGENT_NUMBERS = 9000  # aliases are 1000 to 9999
NOTHING = Reply()
_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def script_of_call(call: Call) -> Scenario:
    """The script as it was frozen when the call began."""
    script = _scripts.get(call.script_sha256)
    if script is None:
        script = Scenario.model_validate(json.loads(_body(call.script_sha256)))
        if len(_scripts) >= MOST_SCRIPTS:
            _scripts.clear()
        _scripts[call.script_sha256] = script
    return script


def _body(script_sha256: str) -> str:
    return db.session.execute(select(CallScript.body).where(CallScript.sha256 == script_sha256)).scalar_one()


def title_of(script_sha256: str) -> Both:
    """The title of a call's script, for lists that load neither call nor script: read once for each script."""
    title = _titles.get(script_sha256)
    if title is None:
        if len(_titles) >= MOST_TITLES:
            _titles.clear()
        title = _titles[script_sha256] = Both.model_validate(json.loads(_body(script_sha256))["title"])
    return title


def frozen(deed: Deed, script: Scenario) -> dict[str, str]:
    """Keep the script as it is now; the columns by which a call finds it."""
    whole = script.model_dump(mode="json", by_alias=True)
    text, rubric = (json.dumps(part, sort_keys=True, ensure_ascii=False) for part in (whole, whole["rubric"]))
    sha256 = _sha256(text)
    insert: Any = _INSERTS[db.engine.dialect.name](CallScript)
    deed.session.execute(insert.values(sha256=sha256, body=text).on_conflict_do_nothing())
    return {"script_sha256": sha256, "rubric_sha256": _sha256(rubric)}


def alias_of(mark: str) -> str:
    """The agent number of a call whose ``mark`` (hexadecimal digits) is drawn anew for it."""
    return str(1000 + int(mark[8:16], 16) % AGENT_NUMBERS)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def locked(deed: Deed, call_id: int) -> Call | None:
    """The call, read anew and held until the commit."""
    return deed.session.execute(
        select(Call).where(Call.id == call_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()


def turns_of(call_id: int, after: int = 0) -> Sequence[Turn]:
    return (
        db.session.execute(select(Turn).where(Turn.call_id == call_id, Turn.seq > after).order_by(Turn.seq))
        .scalars()
        .all()
    )


def same_message(call_id: int, message_id: str, text: str) -> bool:
    """Whether this message is there already. Raises :class:`MessageReused` where it said something else."""
    found = db.session.execute(
        select(Turn.text).where(Turn.call_id == call_id, Turn.message_id == message_id)
    ).scalar_one_or_none()
    if found is not None and found != text:
        raise MessageReused
    return found is not None


def spoken_before(call_id: int, message_id: str) -> bool:
    """Whether a message of this id is there already, whatever it says."""
    found = select(Turn.seq).where(Turn.call_id == call_id, Turn.message_id == message_id)
    return db.session.execute(found).first() is not None


def append(
    deed: Deed,
    call: Call,
    *,
    speaker: str,
    kind: str,
    by: str,
    at: datetime,
    text: str = "",
    message_id: str | None = None,
    data: dict[str, Any] | None = None,
    state: State | None = None,
    revealed: Sequence[str] = (),
) -> Turn:
    """One more turn; ``state`` is the engine's after it, where it moved."""
    seq, at = call.turns_count + 1, _in_order(call, at)
    if state is not None:
        call.engine, call.engine_sha256 = state.model_dump(mode="json"), state.digest()
    shown = state or state_of(call)
    turn = Turn(
        call_id=call.id,
        seq=seq,
        message_id=message_id or f"{by}-{seq}",
        speaker=speaker,
        kind=kind,
        text=text,
        data=data,
        by=by,
        beat=shown.beat if shown else None,
        emotion=shown.emotion if shown else None,
        revealed={"facts": list(revealed)} if revealed else None,
        at=at,
    )
    deed.session.add(turn)
    call.turns_count, call.last_turn_at = seq, at
    deed.session.flush()
    return turn


def _in_order(call: Call, at: datetime) -> datetime:
    """Never before the last turn: whoever waited for the lock may have looked at the clock earlier than who had it."""
    return max(at, call.last_turn_at or at)


def state_of(call: Call) -> State | None:
    return State.model_validate(call.engine) if call.engine else None


def first_state(call: Call) -> State:
    """Where the engine will stand when the call is answered."""
    return start(script_of_call(call), Language(call.language), call.seed)[0]


def due_of(call: Call) -> Reply | None:
    return Reply.model_validate(call.due) if call.due else None


def since_last(call: Call, now: datetime) -> float:
    """Seconds since the last committed turn, by the server's clock."""
    return max(0.0, (now - (call.last_turn_at or now)).total_seconds())


def move(
    deed: Deed, call: Call, script: Scenario, turn: Said | Silence | Done, now: datetime, **row: Any
) -> tuple[State, Reply]:
    """Append the agent's ``turn`` (or a silence), step the engine, and keep the reply as due."""
    before = state_of(call)
    assert before is not None  # a live call has a state
    state, reply = step(script, before, turn)
    append(deed, call, at=now, state=state, **row)
    call.due = reply.model_dump(mode="json") if reply.line else None
    return state, reply


def speak(deed: Deed, call: Call, line: Line, reply: Reply, now: datetime, **more: Any) -> None:
    """The customer's words for what was due; a call whose engine has ended ends with them."""
    call.due = None
    revealed = reply.line.reveals if reply.line else ()
    append(
        deed, call, speaker="customer", kind="say", by=line.by.replace("scripted", "script"), at=now, text=line.text,
        data={"line": line.line_id, **more}, revealed=revealed,
    )  # fmt: skip
    finish_if_over(deed, call, now)


def finish_if_over(deed: Deed, call: Call, now: datetime) -> None:
    """End the call once its engine has ended and nothing is left to be said."""
    state = state_of(call)
    if state is not None and state.end is not None and call.due is None and call.state != ENDED:
        finish(deed, call, state.end.value, now)


def finish(deed: Deed, call: Call, end: str, now: datetime) -> None:
    call.state, call.end, call.ended_at, call.due = ENDED, end, _in_order(call, now), None
    append(deed, call, speaker="system", kind="end", by="clock", at=now, data={"end": end})
    deed.note("call.ended", f"call:{call.id}", end=end, engine=call.engine_sha256)


def due_silences(call: Call, script: Scenario, now: datetime) -> timedelta | None:
    """How long the customer has waited beyond patience; None: not yet, or somebody else's turn."""
    state = state_of(call)
    if state is None or state.end is not None or call.due is not None or call.last_turn_at is None:
        return None
    waited = now - call.last_turn_at
    limit = timedelta(seconds=silence_seconds(call.id, script, state))
    return limit if waited >= limit else None


def silence_seconds(call_id: int, script: Scenario, state: State) -> int:
    """How long a customer is silent before asking whether anybody is there.

    A hold's patience ends with the hold. The engine hears of its end only by the agent's next words, so that a stored
    call replays to the same state; hence it is asked here.
    """
    taken_up = state.on_hold and taken_up_again(call_id)
    return silence_limit(script, state.with_(on_hold=False) if taken_up else state)


def taken_up_again(call_id: int) -> bool:
    """Whether the agent has come back from the last hold."""
    kinds = (
        select(Turn.kind).where(Turn.call_id == call_id, Turn.kind.in_(("hold", "resume"))).order_by(Turn.seq.desc())
    )
    return db.session.execute(kinds.limit(1)).scalar_one_or_none() == "resume"


def transcript(turns: Sequence[Turn]) -> list[Utterance]:
    return [Utterance(speaker=turn.speaker, text=turn.text) for turn in turns if turn.kind == "say"]


def engine_turns(turns: Sequence[Turn]) -> Iterator[tuple[int, Said | Silence | Done]]:
    """(seq, the stored turn as the engine takes it: with the seconds since the row before it)."""
    for number, turn in enumerate(turns):
        seconds = (turn.at - turns[number - 1].at).total_seconds() if number else 0.0
        if turn.kind == "silence":
            yield turn.seq, Silence(seconds=seconds)
        elif turn.speaker == "agent" and turn.kind == "say":
            following = turns[number + 1] if number + 1 < len(turns) else None
            hint = (following.data or {}).get("hint") if following is not None else None
            yield turn.seq, Said(text=turn.text, seconds=seconds, hint=hint)
        elif turn.speaker == "agent" and turn.kind in ENGINE_DEEDS:
            yield turn.seq, Done(do=turn.kind, seconds=seconds)


def replayed(call: Call, turns: Sequence[Turn]) -> State:
    """The state that the stored turns lead to: equal to the one kept beside the call."""
    said = (turn for _seq, turn in engine_turns(turns))
    return replay(script_of_call(call), Language(call.language), call.seed, said)


def noticed_at(call: Call, turns: Sequence[Turn]) -> dict[str, int]:
    """The turn (seq) at which the engine first noticed each trap and critical failure, by the script's id."""
    script, places = script_of_call(call), dict[str, int]()
    state = first_state(call)
    for seq, turn in engine_turns(turns):
        state, _reply = step(script, state, turn)
        for name in (*state.traps, *state.critical):
            places.setdefault(name, seq)
    return places
