"""The desktop beside a call: the caller's record among its neighbours, looked up while the conversation goes on.

The desk is the drill's own: its journal, its replies, its masking. What is looked up is kept with the call, for those
who mark it, as turns of the kind "look". They count down from -1: the conversation never sees them, nor do its clocks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice

from sqlalchemy import select

from lms.domain.crm.knowledge import read_article
from lms.domain.crm.masking import masked_name, masked_number
from lms.domain.crm.moments import TODAY
from lms.domain.crm.placed import PlacedWorld
from lms.domain.crm.term_list import TermList
from lms.domain.drills.journal import Action, ActionKind, RunState
from lms.domain.drills.replay import replay, steps
from lms.domain.drills.tasks import Asked
from lms.domain.scenarios import CrmRecord, placed
from lms.domain.values import Language
from lms.extensions import db
from lms.models.roleplays import Call, Turn
from lms.services import call_log, call_results, crm_worlds, run_desk
from lms.services.calls import CallRefused, NotYours
from lms.services.run_desk import CrmView, Shown
from lms.services.run_ops import BadAction, Op
from lms.services.sign_in import SignedIn
from lms.services.writing import Deed, writing

LOOK = "look"  # the kind of these turns
MOST_LOOKS = 500  # of one call
KEPT = (ActionKind.OPEN, ActionKind.PANEL, ActionKind.UNMASK, ActionKind.VERIFY, ActionKind.ARTICLE)
PASSING = (ActionKind.SEARCH, ActionKind.KNOWLEDGE)  # whoever searches has seen nothing yet that is not masked
_NAMED_BY = {ActionKind.OPEN: "customer", ActionKind.ARTICLE: "article", ActionKind.UNMASK: "field"}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a call's journal is replayed: nobody is verified when a call begins."""

    world_size: int
    verified: int = 0
    fields: tuple[Asked, ...] = ()


@lru_cache(maxsize=32)
def _world(record: CrmRecord) -> tuple[PlacedWorld, TermList]:
    """The record's world and its index: the same for every call of a script."""
    catalogue = crm_worlds.catalogue()
    world = PlacedWorld(placed(record, catalogue), catalogue)
    return world, TermList(world)


@dataclass(frozen=True, slots=True)
class CallCrm(CrmView):
    """The CRM as a call has it."""

    world: PlacedWorld


def crm_of(call: Call) -> CallCrm | None:
    """In the call's language; None for a call begun before scripts had records."""
    record = call_log.script_of_call(call).record
    if record is None:
        return None
    world, terms = _world(record)
    return CallCrm(terms.rows, world, crm_worlds.look(Language(call.language), TODAY))


def journal_of(call: Call) -> list[Action]:
    """What has been looked at, in its order, after the call was answered."""
    begun = Action(1, f"call-{call.id}", call.answered_at or call.created_at, ActionKind.BEGIN)
    rows = db.session.execute(select(Turn).where(Turn.call_id == call.id, Turn.seq < 0).order_by(Turn.seq.desc()))
    return [begun, *map(_action, rows.scalars())]


def _action(turn: Turn) -> Action:
    data = dict(turn.data or {})
    return Action(1 - turn.seq, turn.message_id, turn.at, ActionKind(data.pop("do")), data)


def state_after(crm: CrmView, journal: Sequence[Action]) -> RunState:
    return replay(_Place(crm.world.size), journal)


def screen(person: SignedIn, call_id: int) -> Shown | None:
    """The desk as the call has left it, for a page that is loaded anew: bare before the call is answered.

    None where the call has no record. Raises NotYours.
    """
    call = _own(person, db.session.get(Call, call_id))
    crm = crm_of(call)
    if crm is None:
        return None
    journal = journal_of(call) if call.state == "live" else [*journal_of(call)[:1]]
    return run_desk.records(crm, state_after(crm, journal))


@dataclass(frozen=True, slots=True)
class Looked:
    """One look, told afterwards: ``at`` seconds since the call was answered; ``own``: at the record that the call is
    about, masked as the trainee first saw it."""

    at: float
    kind: str  # open | panel | unmask | verify | article
    what: str
    own: bool


def looked_at(call_number: str) -> list[Looked]:
    """What was looked at beside the call, in its language; nothing where the call has no record."""
    return _looks(db.session.execute(select(Call).where(Call.call_number == call_number)).scalar_one())


def own_looks(person: SignedIn, call_id: int) -> list[Looked]:
    """As :func:`looked_at`, of one's own call. Raises NotYours."""
    return _looks(_own(person, db.session.get(Call, call_id)))


def _looks(call: Call) -> list[Looked]:
    crm, journal = crm_of(call), journal_of(call)
    if crm is None:
        return []
    told = []
    for step in islice(steps(_Place(crm.world.size), journal), 1, None):
        seconds = (step.action.at - journal[0].at).total_seconds()
        own = step.after.customer == crm.world.subject
        told.append(Looked(seconds, step.action.kind.value, _told(crm, step.after, step.action), own))
    return told


def _told(crm: CrmView, state: RunState, action: Action) -> str:
    match action.kind:
        case ActionKind.OPEN:
            head = crm.world.head(action.data["customer"])
            name = masked_name(head.name, crm.look.language)
            return f"{name} {masked_number(head.number)}"
        case ActionKind.PANEL:
            return crm.look.say("panel", action.data["panel"])
        case ActionKind.UNMASK:
            return crm.look.say("column", action.data["field"].split(":")[0])
        case ActionKind.VERIFY:
            return f"V{state.level}"
    article = read_article(crm.look.catalogue.articles, action.data["article"], crm.look.language)
    return article.title if article else str(action.data["article"])


def act(person: SignedIn, call_id: int, op: Op, now: datetime) -> Shown:
    """What one look of one's own live call shows; the same ``op`` again shows the same.

    Raises NotYours, CallRefused, BadAction, MessageReused.
    """
    if op.kind in KEPT:
        return _look(person, call_id, op, now)
    if op.kind not in PASSING:
        raise BadAction("kind")
    call = _own(person, db.session.get(Call, call_id, populate_existing=True))
    crm = _open_desk(call, person, now)
    return run_desk.looked_up(crm, RunState(), Action(1, op.op_id, now, op.kind, op.data))


def _look(person: SignedIn, call_id: int, op: Op, now: datetime) -> Shown:
    with writing(person.person_id, now) as deed:
        call = _own(person, call_log.locked(deed, call_id))
        crm = _open_desk(call, person, now)
        text = f"{op.kind.value} {op.text}"
        known = call_log.same_message(call_id, op.op_id, text)
        journal = journal_of(call)
        if known:
            journal = _until(journal, op.op_id)
        else:
            journal.append(_keep(deed, call, crm, journal, op, text))
    return run_desk.looked_up(crm, state_after(crm, journal), journal[-1])


def _keep(deed: Deed, call: Call, crm: CrmView, journal: Sequence[Action], op: Op, text: str) -> Action:
    state = state_after(crm, journal)
    if not run_desk.is_there(crm, state, op.kind, op.data):
        raise BadAction(_NAMED_BY[op.kind])
    if op.kind is ActionKind.PANEL and state.customer is None:
        raise CallRefused("no-record-open")
    if len(journal) > MOST_LOOKS:
        raise CallRefused("too-many")
    turn = Turn(
        call_id=call.id, seq=-len(journal), message_id=op.op_id, speaker="agent", kind=LOOK, by="trainee", text=text,
        data={"do": op.kind.value, **op.data}, at=deed.now,
    )  # fmt: skip
    deed.session.add(turn)
    deed.session.flush()
    return _action(turn)


def _until(journal: Sequence[Action], op_id: str) -> list[Action]:
    return list(journal[: 1 + next(at for at, one in enumerate(journal) if one.op_id == op_id)])


def _own(person: SignedIn, call: Call | None) -> Call:
    if call is None or call.person_id != person.person_id:
        raise NotYours
    return call


def _open_desk(call: Call, person: SignedIn, now: datetime) -> CallCrm:
    """The call's CRM while the call goes on. Raises CallRefused."""
    if person.open_attempt_id is not None and person.open_attempt_id != call.attempt_id:
        raise CallRefused("in-exam")
    if (barred := call_results.stands_still(call, now, person.sign_in_id)) is not None:
        raise CallRefused(barred)
    crm = crm_of(call)
    if call.state != "live" or crm is None:
        raise CallRefused("not-live")
    return crm
