"""Replaying a journal 操作日志: the desk as it stood after each action. Pure, and total: nothing that stands in a
journal raises. What means nothing where it stands is refused, counted and otherwise without effect."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from lms.domain.crm.desk import PanelName
from lms.domain.drills.journal import Action, ActionKind, RunState
from lms.domain.drills.tasks import Asked, Proof

NOTICE = "notice:"  # evidence that belongs to no customer
NOBODY = -1  # the record under which notices are pinned
ARTICLE = "article"  # the answer that every task asks for besides its fields
LONGEST = 4000  # characters of anything typed
LONGEST_NAME = 60  # … of what names a field, a panel, a piece of evidence


class Desk(Protocol):
    """What replaying must know of the place: a task, or the desk beside a call."""

    @property
    def verified(self) -> int: ...

    @property
    def world_size(self) -> int: ...

    @property
    def fields(self) -> tuple[Asked, ...]: ...


@dataclass(frozen=True, slots=True)
class Step:
    """One action of the film: the desk before and after it. ``obeyed`` is False where it was refused."""

    action: Action
    before: RunState
    after: RunState
    obeyed: bool


def replay(task: Desk, actions: Iterable[Action]) -> RunState:
    """The desk after all ``actions``."""
    state = RunState()
    for step in steps(task, actions):
        state = step.after
    return state


def steps(task: Desk, actions: Iterable[Action]) -> Iterator[Step]:
    """Action by action, in the order given. An op id that came before, or a ``seq`` that does not rise, is refused."""
    state, last, known = RunState(), 0, set[str]()
    for action in actions:
        sound = action.op_id not in known and action.seq > last and isinstance(action.data, dict)
        changed = _obey(task, state, action) if sound else None
        after = changed or replace(state, refused=state.refused + 1)
        yield Step(action, state, after, changed is not None)
        state, last = after, max(last, action.seq)
        known.add(action.op_id)


def _obey(task: Desk, state: RunState, action: Action) -> RunState | None:
    """The state after ``action``, or None where it means nothing now."""
    if action.kind == ActionKind.BEGIN:
        if state.begun_at is not None:
            return None
        return replace(state, begun_at=action.at, level=task.verified)
    if state.begun_at is None or state.ended_at is not None or not _same_clock(state.begun_at, action.at):
        return None
    deed = _DEEDS.get(action.kind)
    return deed(task, state, action) if deed else None


def _same_clock(one: datetime, other: datetime) -> bool:
    """Both with a time zone or both without: only then have they an order."""
    return (one.utcoffset() is None) == (other.utcoffset() is None)


def _text(data: dict[str, Any], key: str, longest: int = LONGEST) -> str | None:
    value = data.get(key)
    return value if isinstance(value, str) and len(value) <= longest else None


def _name(data: dict[str, Any], key: str) -> str | None:
    return _text(data, key, LONGEST_NAME)


def _number(data: dict[str, Any], key: str) -> int | None:
    value = data.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _proofs(data: dict[str, Any]) -> tuple[str, ...] | None:
    """What the trainee ticked as shown by the caller; None where it is no list of known proofs."""
    listed = data.get("proofs", [])
    known = {proof.value for proof in Proof}
    if not isinstance(listed, list | tuple) or not all(isinstance(one, str) and one in known for one in listed):
        return None
    return tuple(dict.fromkeys(listed))


def _search(_task: Desk, state: RunState, action: Action) -> RunState | None:
    return None if _text(action.data, "q") is None else state


def _open(task: Desk, state: RunState, action: Action) -> RunState | None:
    customer = _number(action.data, "customer")
    if customer is None or not 0 <= customer < task.world_size:
        return None
    return replace(state, customer=customer, panel=None, opened=_with(state.opened, customer))


def _verify(_task: Desk, state: RunState, action: Action) -> RunState | None:
    level, proofs = _number(action.data, "level"), _proofs(action.data)
    if level is None or not 0 <= level <= 3 or proofs is None:
        return None
    return replace(state, level=level, proofs=proofs)


def _panel(_task: Desk, state: RunState, action: Action) -> RunState | None:
    panel = _name(action.data, "panel")
    if state.customer is None or panel not in {name.value for name in PanelName}:
        return None
    return replace(state, panel=panel, panels=_with(state.panels, (state.customer, panel)))


def _unmask(_task: Desk, state: RunState, action: Action) -> RunState | None:
    field = _name(action.data, "field")
    if state.customer is None or not field:
        return None
    return replace(state, unmasked=_with(state.unmasked, (state.customer, field)))


def _article(_task: Desk, state: RunState, action: Action) -> RunState | None:
    article = _name(action.data, "article")
    return replace(state, articles=_with(state.articles, article)) if article else None


def _pinned(state: RunState, action: Action) -> tuple[int, str] | None:
    """Whose evidence is meant: the open record's, or a notice."""
    ref = _name(action.data, "ref")
    if not ref:
        return None
    if ref.startswith(NOTICE):
        return NOBODY, ref
    return None if state.customer is None else (state.customer, ref)


def _pin(_task: Desk, state: RunState, action: Action) -> RunState | None:
    pin = _pinned(state, action)
    return replace(state, pins=_with(state.pins, pin)) if pin else None


def _unpin(_task: Desk, state: RunState, action: Action) -> RunState | None:
    pin = _pinned(state, action)
    return replace(state, pins=tuple(one for one in state.pins if one != pin)) if pin in state.pins else None


def _answer(task: Desk, state: RunState, action: Action) -> RunState | None:
    field, value = _text(action.data, "field"), _text(action.data, "value")
    if value is None or field not in {ARTICLE, *(asked.field for asked in task.fields)}:
        return None
    return replace(state, answers={**state.answers, str(field): value})


def _submit(_task: Desk, state: RunState, action: Action) -> RunState | None:
    return replace(state, submitted=True, ended_at=action.at)


def _close(_task: Desk, state: RunState, action: Action) -> RunState | None:
    return replace(state, ended_at=action.at)


T = TypeVar("T")


def _with(known: tuple[T, ...], one: T) -> tuple[T, ...]:
    return known if one in known else (*known, one)


_Deed = Callable[[Desk, RunState, Action], RunState | None]
_DEEDS: dict[str, _Deed] = {
    ActionKind.SEARCH: _search,
    ActionKind.OPEN: _open,
    ActionKind.VERIFY: _verify,
    ActionKind.PANEL: _panel,
    ActionKind.UNMASK: _unmask,
    ActionKind.KNOWLEDGE: _search,
    ActionKind.ARTICLE: _article,
    ActionKind.PIN: _pin,
    ActionKind.UNPIN: _unpin,
    ActionKind.ANSWER: _answer,
    ActionKind.SUBMIT: _submit,
    ActionKind.CLOSE: _close,
}
