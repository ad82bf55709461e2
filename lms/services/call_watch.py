"""Who watches which call: one poller a process looks for all of them, and wakes those whose call has moved.

A turn is committed by any process; each learns of it within `PERIOD`. A watcher holds no connection. The poller also
ends the watch of whoever may not watch any longer: the call is over, its seat another's, the sign-in or the role gone.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from threading import Event, Lock, Thread
from typing import Any

from sqlalchemy import Engine, select

from lms.domain.people import Role
from lms.extensions import db
from lms.models.people import Person, PersonRole, SignIn
from lms.models.roleplays import Call
from lms.services.alone import Alone
from lms.services.call_log import ENDED
from lms.services.json_rows import packed, unpacked
from lms.services.sign_in import SignedIn

_log = logging.getLogger(__name__)

PERIOD = 0.08  # seconds between two looks
PASSES = 25  # looks: every so many it is asked who is still signed in, and as what


def mark(turns_count: int, state: str, due: bool) -> str:
    """What a call has come to, for pages to tell whether they know it already; nothing that a seat may not know."""
    return f"{turns_count} {state} {int(due)}"


def watched_state(call_id: int, person_id: int, *, seat: bool) -> str | None:
    """The state of the call of which the person is the trainee, or with ``seat`` the examiner; None: of none."""
    own = (Call.examiner_id if seat else Call.person_id) == person_id
    return db.session.execute(select(Call.state).where(Call.id == call_id, own)).scalar_one_or_none()


@dataclass(eq=False)
class Watch:
    """One watcher of one call, who may watch it as one of ``roles``."""

    call_id: int
    person_id: int
    sign_in_id: int
    roles: frozenset[Role]
    mark: str = ""
    over: bool = False
    signal: Event = field(default_factory=Event)

    def moved(self, seconds: float) -> bool:
        """Whether the call has moved since the last time; waits for it at most so long."""
        came = self.signal.wait(seconds) or self.signal.is_set()  # it may come while a wait that is over returns
        if came:
            self.signal.clear()
        return came

    def see(self, mark: str, over: bool) -> None:
        if mark != self.mark or over:
            self.mark, self.over = mark or self.mark, over
            self.signal.set()


@dataclass
class Board:
    """Who watches which call. Only those whose call has moved are woken: there may be hundreds."""

    watches: dict[int, list[Watch]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    poller: Thread | None = None
    serving: Callable[[], bool] = lambda: True  # until the process is told to stop

    @contextmanager
    def watching(self, watch: Watch, engine: Engine) -> Iterator[Watch]:
        with self.lock:
            self.watches.setdefault(watch.call_id, []).append(watch)
        try:
            self._see_to_a_poller(engine)
            yield watch
        finally:
            with self.lock:
                self.watches[watch.call_id].remove(watch)
                if not self.watches[watch.call_id]:
                    del self.watches[watch.call_id]

    def _see_to_a_poller(self, engine: Engine) -> None:
        with self.lock:
            if self.poller is None:
                poller = Thread(target=self._poll, args=(engine,), name="call-watch", daemon=True)
                poller.start()
                self.poller = poller

    def _poll(self, engine: Engine) -> None:
        """Look as long as anybody watches; a database that is away for a moment is asked again."""
        pause, looks, well = Event(), 0, True
        while watches := self._everybody():
            try:
                self.look(engine, watches)
                if looks % PASSES == PASSES - 1:
                    self.check(engine, watches)
                well = True
            except Exception:  # without the poller nobody would hear of a call again
                if well:
                    _log.exception("calls cannot be looked at; they are tried again and again")
                well = False
            looks += 1
            pause.wait(PERIOD)

    def _everybody(self) -> dict[int, list[Watch]]:
        with self.lock:
            if not self.watches:
                self.poller = None
            return {call_id: list(watches) for call_id, watches in self.watches.items()}

    def look(self, engine: Engine, watches: dict[int, list[Watch]]) -> None:
        """Wake whoever watches a call that has moved, and let go whose seat it is no longer."""
        stopping = not self.serving()
        for call_id, count, state, due, *seats in _calls(engine.dialect.name)(engine, _ids(watches)):
            now = mark(count, state, bool(due))
            for watch in watches[call_id]:
                watch.see(now, state == ENDED or stopping or watch.person_id not in seats)

    def check(self, engine: Engine, watches: dict[int, list[Watch]]) -> None:
        """Let go whoever has signed out, has left, or has lost the role."""
        every = [watch for those in watches.values() for watch in those]
        passes: dict[int, set[str]] = {}
        for sign_in_id, role in _passes(engine.dialect.name)(engine, _ids({watch.sign_in_id for watch in every})):
            passes.setdefault(sign_in_id, set()).add(role)
        for watch in every:
            if watch.roles.isdisjoint(passes.get(watch.sign_in_id, ())):
                watch.see("", over=True)


def _ids(ids: Iterable[int]) -> dict[str, str]:
    return packed([one] for one in ids)


@cache
def _calls(dialect: str) -> Alone:
    return Alone(
        select(
            Call.id, Call.turns_count, Call.state, Call.due.is_not(None), Call.person_id, Call.examiner_id
        ).where(_among(Call.id, dialect))
    )  # fmt: skip


@cache
def _passes(dialect: str) -> Alone:
    return Alone(
        select(SignIn.id, PersonRole.role)
        .join(Person, Person.id == SignIn.person_id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(_among(SignIn.id, dialect), SignIn.ended_at.is_(None), Person.active)
    )


def _among(column: Any, dialect: str) -> Any:
    return column.in_(select(*unpacked(dialect, int)))


_board = Board()


def watching(call_id: int, who: SignedIn, roles: Iterable[Role]) -> AbstractContextManager[Watch]:
    """Bound to this process's board and database, so that it can be entered after its request has ended."""
    return _board.watching(Watch(call_id, who.person_id, who.sign_in_id, frozenset(roles)), db.engine)


def serve_while(serving: Callable[[], bool]) -> None:
    """All watches of this process end once ``serving`` says no."""
    _board.serving = serving
