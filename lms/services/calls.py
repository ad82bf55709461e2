"""Calls 模拟通话 from the trainee's side: begun, answered, spoken in, ended. Every turn is committed at once."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.customers.scripted import Scripted
from lms.domain.conversation import Deed as Done
from lms.domain.conversation import Said, Silence, start, step
from lms.domain.values import Language
from lms.extensions import db
from lms.models.people import Person
from lms.models.roleplays import Call
from lms.services import call_log, call_results, llm, scenarios
from lms.services.call_log import ENDED, MessageReused, locked, script_of_call, since_last, state_of
from lms.services.lanes import standing_aside
from lms.services.one_by_one import one_by_one
from lms.services.sign_in import SignedIn
from lms.services.writing import Deed, writing

__all__ = ["MessageReused"]

LONGEST_TEXT = 2000  # characters of one utterance
CUSTOMERS = ("scripted", "examiner", "llm")
ABSENT = timedelta(minutes=2)  # an examiner who owes the customer's words for so long has left: the script goes on
STUCK = timedelta(seconds=9)  # a wording that has not come by then never will: whoever asked for it is gone


class NotYours(LookupError):
    """There is no such call, or it is another person's: the caller cannot tell which."""


class CallRefused(Exception):
    """``reason``: going-on (another call), not-live, no-llm, empty, too-long, in-exam, unknown; of
    certification over, paused, held-elsewhere, certification (it cannot be given up)."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


# --- beginning --------------------------------------------------------------------------------------------------------


def begin_practice(
    person: SignedIn, scenario_id: str, language: Language, customer: str, *, seed: int, now: datetime
) -> int:
    """The id of a new practice call. Raises NoSuchScenario, :class:`CallRefused`."""
    version_id = scenarios.live_versions().get(scenario_id)
    if version_id is None:
        raise scenarios.NoSuchScenario
    if customer == "llm" and llm.endpoint() is None:
        raise CallRefused("no-llm")
    try:
        with writing(person.person_id, now) as deed:
            return add_call(deed, person.person_id, version_id, language, customer, seed=seed).id
    except IntegrityError as error:  # one call at a time, by the unique index
        raise CallRefused("going-on") from error


def add_call(
    deed: Deed,
    person_id: int,
    version_id: int,
    language: Language,
    customer: str,
    *,
    seed: int,
    attempt_id: int | None = None,
    position: int = 1,
) -> Call:
    """A call within the caller's deed, its script frozen: practice, or one of a certification attempt."""
    script = scenarios.script_of(version_id)
    earlier = deed.session.execute(select(func.count()).where(Call.person_id == person_id)).scalar_one()
    mark = _sha256(f"call:{person_id}:{earlier}:{seed}:{attempt_id}:{deed.now.isoformat()}")
    call = Call(
        person_id=person_id, attempt_id=attempt_id, position=position, scenario_version_id=version_id,
        **call_log.frozen(deed, script), language=language.value, seed=seed, customer=customer,
        hand={"scripted": "script"}.get(customer, customer), call_number=f"C-{mark[:8].upper()}",
        alias=call_log.alias_of(mark), state="waiting" if customer == "examiner" else "ringing", created_at=deed.now,
        rang_at=None if customer == "examiner" else deed.now,
    )  # fmt: skip
    deed.session.add(call)
    deed.session.flush()
    deed.note("call.begun", f"call:{call.id}", scenario=script.id, script=call.script_sha256, customer=customer)
    return call


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def going_on(person_id: int) -> int | None:
    """The id of the person's call that has not ended."""
    return db.session.execute(
        select(Call.id).where(Call.person_id == person_id, Call.state != ENDED)
    ).scalar_one_or_none()


def answer(person: SignedIn, call_id: int, now: datetime) -> None:
    """Pick up: the customer speaks first, an examiner's when they are ready. A second press changes nothing.

    Raises NotYours, CallRefused.
    """
    with writing(person.person_id, now) as deed:
        call = _own(deed, person, call_id)
        if call.state != "ringing":
            if call.state == "waiting":
                raise CallRefused("not-live")
            return
        script = script_of_call(call)
        state, first = start(script, Language(call.language), call.seed)
        call.state, call.answered_at, call.last_turn_at = "live", now, now
        call.engine, call.engine_sha256 = state.model_dump(mode="json"), state.digest()
        call.due = first.model_dump(mode="json")
        if call.hand == "examiner":
            call_log.append(deed, call, speaker="system", kind="answer", by="trainee", at=now)
        else:
            settle(deed, call, now)


# --- speaking ---------------------------------------------------------------------------------------------------------


def say(
    person: SignedIn, call_id: int, message_id: str, text: str, now: datetime, clock: Callable[[], datetime]
) -> None:
    """The agent's words, committed at once, and then the customer's answer.

    ``clock`` gives the moment after an LLM has been waited for. Raises NotYours, CallRefused, MessageReused.
    """
    said = text.strip()
    if not said:
        raise CallRefused("empty")
    if len(said) > LONGEST_TEXT:
        raise CallRefused("too-long")
    catch_up(call_id, now, person.person_id)
    with writing(person.person_id, now) as deed:
        call = _live(deed, person, call_id, message_id, said)
        if call is None:
            return
        turn = Said(text=said, seconds=since_last(call, now))
        _move(deed, call, turn, now, speaker="agent", kind="say", by="trainee", text=said, message_id=message_id)
        asks = call.hand == "llm" and call.due is not None
    if asks:
        _word(call_id, now, clock)


def do(person: SignedIn, call_id: int, message_id: str, deed_name: str, data: Mapping[str, Any], now: datetime) -> None:
    """Hold, resume, transfer, ticket, hang-up. Raises NotYours, CallRefused, MessageReused."""
    if deed_name not in (*call_log.ENGINE_DEEDS, "resume"):
        raise CallRefused("unknown")
    text = json.dumps(dict(data), ensure_ascii=False, sort_keys=True) if data else ""
    catch_up(call_id, now, person.person_id)
    with writing(person.person_id, now) as deed:
        call = _live(deed, person, call_id, message_id, text)
        if call is None:
            return
        row: dict[str, Any] = {
            "speaker": "agent", "kind": deed_name, "by": "trainee", "text": text, "message_id": message_id,
            "data": dict(data),
        }  # fmt: skip
        if deed_name == "resume":
            call_log.append(deed, call, at=now, **row)
        else:
            _move(deed, call, Done(do=deed_name, seconds=since_last(call, now)), now, **row)


def _move(deed: Deed, call: Call, turn: Said | Silence | Done, now: datetime, **row: Any) -> None:
    """Step the engine; the script answers in the same commit, an examiner or a model later."""
    script = script_of_call(call)
    state, reply = call_log.move(deed, call, script, turn, now, **row)
    if call.hand == "script" or (call.hand == "llm" and not isinstance(turn, Said)):
        settle(deed, call, now)
    elif call.hand == "examiner" and state.end is not None and not reply.line:
        call_log.finish_if_over(deed, call, now)
    if call.due is None:
        call_log.finish_if_over(deed, call, now)


def settle(deed: Deed, call: Call, now: datetime) -> None:
    """Say what is due as the script has it."""
    state, reply = state_of(call), call_log.due_of(call)
    if state is None or reply is None:
        return
    line = Scripted().reply(script_of_call(call), [], state, reply)
    if line is not None:
        call_log.speak(deed, call, line, reply, now)


def _word(call_id: int, now: datetime, clock: Callable[[], datetime]) -> None:
    """Let the LLM word what is due, outside of any lock; whoever else has spoken meanwhile stands."""
    call = db.session.get_one(Call, call_id, populate_existing=True)
    seq, script = call.turns_count, script_of_call(call)
    state, reply = state_of(call), call_log.due_of(call)
    customer = llm.customer_of(call_id, now)
    if state is None or reply is None or customer is None:
        return
    turns = call_log.turns_of(call_id)
    person = db.session.get_one(Person, call.person_id)
    said = [
        one.model_copy(update={"text": llm.scrubbed(one.text, person.name, person.number, call.alias)})
        for one in call_log.transcript(turns)
    ]
    untold = call.attempt_id is None and not reply.heard
    before = call_log.replayed(call, turns[:-1]) if untold else None
    db.session.commit()  # nothing is held while a server is waited for, nor anybody's place
    hint = None
    with standing_aside():
        if before is not None and (hint := customer.hint(script, said, state, reply)):
            spoken = turns[-1]
            seconds = (spoken.at - turns[-2].at).total_seconds()
            state, reply = step(script, before, Said(text=spoken.text, seconds=seconds, hint=hint))
        line = customer.reply(script, said, state, reply)
    later = clock()
    with writing(call.person_id, later) as deed:
        fresh = locked(deed, call_id)
        if fresh is None or fresh.turns_count != seq or fresh.due is None:
            return
        fresh.engine, fresh.engine_sha256 = state.model_dump(mode="json"), state.digest()
        fresh.mixed = llm.keep(deed, call_id, seq + 1, customer.exchanges) or fresh.mixed
        if line is None:
            fresh.due = None
            call_log.finish_if_over(deed, fresh, later)
        else:
            call_log.speak(deed, fresh, line, reply, later, **({"hint": hint} if hint else {}))


def catch_up(call_id: int, now: datetime, asker_id: int | None = None) -> Call | None:
    """The call after what the clock has brought meanwhile: a customer who asks whether anybody is there, a wording
    that never came. Called before every turn, by whoever watches, and by the minute's sweep; twice at once is once.

    Raises NotYours, and moves nothing, where ``asker_id`` is somebody who has neither seat of the call.
    """
    call = db.session.get(Call, call_id, populate_existing=True)
    if asker_id is not None and (call is None or asker_id not in (call.person_id, call.examiner_id)):
        raise NotYours
    if call is None or call.state != "live" or not _behind(call, now) or call_results.stands_still(call, now):
        return call
    with writing(None, now) as deed:
        fresh = locked(deed, call_id)
        while fresh is not None and fresh.state == "live" and (moment := _behind(fresh, now)):
            if fresh.hand == "examiner":
                go_on_by_script(deed, fresh, by="clock")
            elif fresh.due is not None:
                _give_way(fresh)
                settle(deed, fresh, moment)
            else:
                turn = Silence(seconds=since_last(fresh, moment))
                _move(deed, fresh, turn, moment, speaker="system", kind="silence", by="clock")
    return fresh


def _behind(call: Call, now: datetime) -> datetime | None:
    """The moment at which something was due that has not happened; None: nothing is."""
    if call.last_turn_at is None:
        return None
    if call.hand == "examiner":  # now, not when it was due: the trainee must not be charged for the wait
        return now if call.due is not None and now - call.last_turn_at >= ABSENT else None
    if call.due is not None:
        return call.last_turn_at + STUCK if now - call.last_turn_at >= STUCK else None
    waited = call_log.due_silences(call, script_of_call(call), now)
    return call.last_turn_at + waited if waited else None


def _give_way(call: Call) -> None:
    """The script says what a model has not worded in time, or will not any more: the call is mixed from now on."""
    call.mixed = call.mixed or call.hand == "llm"


def go_on_by_script(deed: Deed, call: Call, by: str) -> None:
    """The script takes the customer over from the same beat, and says at once what is due."""
    call.hand = "script"
    call_log.append(deed, call, speaker="system", kind="hand", by=by, at=deed.now, data={"to": "script"})
    if call.state == "live":
        settle(deed, call, deed.now)


def _live(deed: Deed, person: SignedIn, call_id: int, message_id: str, text: str) -> Call | None:
    """The person's live call; None where this very message is there already."""
    call = _own(deed, person, call_id)
    if call_log.same_message(call_id, message_id, text):
        return None
    if call.state != "live":
        raise CallRefused("not-live")
    if call.due is not None and call.hand != "examiner":
        _give_way(call)
        settle(deed, call, deed.now)
        if call.state != "live":
            raise CallRefused("not-live")
    return call


def _own(deed: Deed, person: SignedIn, call_id: int) -> Call:
    call = locked(deed, call_id)
    if call is None or call.person_id != person.person_id:
        raise NotYours
    if person.open_attempt_id is not None and person.open_attempt_id != call.attempt_id:
        raise CallRefused("in-exam")
    if (barred := call_results.stands_still(call, deed.now, person.sign_in_id)) is not None:
        raise CallRefused(barred)
    return call


def leave(person: SignedIn, call_id: int, now: datetime) -> None:
    """Give a practice call up before it was answered; one of a certification stays. Raises NotYours, CallRefused."""
    with writing(person.person_id, now) as deed:
        call = _own(deed, person, call_id)
        if call.attempt_id is not None and call.state != ENDED:
            raise CallRefused("certification")
        if call.state in ("waiting", "ringing"):
            call_log.finish(deed, call, "left", now)
        elif call.state == "live":
            raise CallRefused("not-live")


def sweep(now: datetime, most: int = 200) -> int:
    """Bring every live call up to the moment, and end what nobody has come back to; how many were looked at."""
    rows = db.session.execute(
        select(Call.id)
        .where(Call.state == "live", Call.last_turn_at < now - timedelta(seconds=20))
        .order_by(Call.last_turn_at)
        .limit(most)
    ).scalars()
    return one_by_one(partial(catch_up, call_id, now) for call_id in list(rows))
