"""Whoever watches a call is woken when it moves, and only then; and is let go when it is theirs no longer."""

import threading
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, delete, update

from lms.domain.people import Role
from lms.extensions import db
from lms.models.people import Person, PersonRole
from lms.services import call_seat, call_view, call_watch, calls, sign_in
from lms.services.call_watch import Board, Watch
from lms.services.sign_in import SignedIn
from lms.services.writing import writing
from tests.call_room import Phone, a_trainee, load_scripts, signed_in
from tests.conftest import MONDAY
from tests.factories import a_person


@pytest.fixture(autouse=True)
def _scripts(app: Flask) -> None:
    load_scripts()


class Room:
    """A live call whose trainee and examiner watch it, beside another call that somebody watches."""

    def __init__(self) -> None:
        self.board = Board()
        self.examiner = signed_in(a_person(Role.EXAMINER, name="扮客户的人"))
        self.phone = Phone(customer="examiner")
        call_seat.take(self.examiner.person_id, self.phone.id, self.phone.now)
        self.phone.answer()
        self.elsewhere = Phone(customer="examiner", trainee=a_trainee("别处的人"))
        self.own = self.watch(self.phone.id, self.phone.person, Role.NEW_HIRE)
        self.seat = self.watch(self.phone.id, self.examiner, Role.EXAMINER)
        self.other = self.watch(self.elsewhere.id, self.elsewhere.person, Role.NEW_HIRE)
        self.look()

    @staticmethod
    def watch(call_id: int, who: SignedIn, *roles: Role) -> Watch:
        return Watch(call_id, who.person_id, who.sign_in_id, frozenset(roles))

    def look(self) -> list[str]:
        """Who is woken by a look."""
        watches = {self.phone.id: [self.own, self.seat], self.elsewhere.id: [self.other]}
        self.board.look(db.engine, watches)
        self.board.check(db.engine, watches)
        return [name for name in ("own", "seat", "other") if getattr(self, name).moved(0)]

    def speak(self, text: str) -> None:
        call_seat.speak(self.examiner, self.phone.id, f"seat-{self.phone.later(1).timestamp()}", text, self.phone.now)


def test_only_those_whose_call_has_moved_are_woken() -> None:
    room = Room()
    assert room.look() == []
    room.phone.say("您好，澄湾通信，请问有什么可以帮您？")
    assert room.look() == ["own", "seat"]
    assert room.look() == []
    room.speak("我的电话怎么停了？")
    assert room.look() == ["own", "seat"]
    call_seat.take(room.examiner.person_id, room.elsewhere.id, room.phone.now)
    assert room.look() == ["other"], "it rings, though nobody has spoken"


def test_who_comes_late_is_told_where_the_call_is() -> None:
    room = Room()
    room.seat = room.watch(room.phone.id, room.examiner, Role.EXAMINER)
    assert room.look() == ["seat"]
    assert room.seat.mark == room.own.mark


def test_both_pages_know_the_mark_that_their_streams_tell() -> None:
    room = Room()
    for _ in range(2):
        room.phone.say("请您稍等，我正在为您查询。")
        room.look()
        mine = call_view.view(room.phone.person, room.phone.id, room.phone.now)
        theirs = call_seat.view(room.examiner, room.phone.id, room.phone.now)
        assert call_watch.mark(mine.turns_count, mine.state, mine.composing) == room.own.mark
        assert call_watch.mark(theirs.turns_count, theirs.state, theirs.due) == room.seat.mark
        room.speak("那要等多久？")


def test_a_call_that_is_over_lets_both_go_and_tells_them() -> None:
    room = Room()
    call_seat.hang_up(room.examiner, room.phone.id, room.phone.later(5))
    assert room.look() == ["own", "seat"]
    assert room.own.over and room.seat.over and not room.other.over
    assert room.own.mark.split()[1] == "ended"


def test_a_call_that_was_put_back_lets_its_examiner_go() -> None:
    room = Room()
    call_seat.take(room.examiner.person_id, room.elsewhere.id, room.phone.now)
    seat = room.watch(room.elsewhere.id, room.examiner, Role.EXAMINER)
    call_seat.hang_up(room.examiner, room.elsewhere.id, room.phone.later(5))
    room.board.look(db.engine, {room.elsewhere.id: [room.other, seat]})
    assert seat.over and not room.other.over


def _signed_out(room: Room) -> None:
    sign_in.sign_out(room.examiner.sign_in_id, room.examiner.person_id, MONDAY)


def _left(room: Room) -> None:
    with writing(None, MONDAY) as deed:
        deed.session.execute(update(Person).where(Person.id == room.examiner.person_id).values(active=False))


def _another_role(room: Room) -> None:
    with writing(None, MONDAY) as deed:
        deed.session.execute(delete(PersonRole).where(PersonRole.person_id == room.examiner.person_id))
        deed.session.add(PersonRole(person_id=room.examiner.person_id, role=Role.TRAINER.value))


@pytest.mark.parametrize("lose", [_signed_out, _left, _another_role])
def test_whoever_may_watch_no_longer_is_let_go_and_nobody_else(lose: Callable[[Room], None]) -> None:
    room = Room()
    lose(room)
    assert room.look() == ["seat"]
    assert room.seat.over and not room.own.over and not room.other.over


def test_a_server_that_stops_lets_everybody_go() -> None:
    room = Room()
    room.board.serving = lambda: False
    room.look()
    assert room.own.over and room.seat.over and room.other.over


def test_the_two_seats_are_each_only_their_persons() -> None:
    room = Room()
    trainee, examiner = room.phone.person.person_id, room.examiner.person_id
    assert call_watch.watched_state(room.phone.id, trainee, seat=False) == "live"
    assert call_watch.watched_state(room.phone.id, examiner, seat=True) == "live"
    assert call_watch.watched_state(room.phone.id, trainee, seat=True) is None
    assert call_watch.watched_state(room.phone.id, examiner, seat=False) is None
    assert call_watch.watched_state(room.phone.id + 999, trainee, seat=False) is None


class LateEvent(threading.Event):
    """Is set just when a wait for it has run out: the waiter was not quick enough to see it."""

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return False


def test_a_move_at_the_end_of_a_quiet_wait_is_told() -> None:
    watch = Watch(1, 1, 1, frozenset(Role), signal=LateEvent())
    assert watch.moved(0)


def test_a_database_that_comes_back_is_looked_at_again() -> None:
    phone, tries = Phone().answer(), count(1)
    dialect = db.engine.dialect
    given, named = dialect.create_connect_args(db.engine.url)

    def away_at_first() -> Any:
        if next(tries) <= 4:
            raise dialect.loaded_dbapi.OperationalError("away")
        return dialect.connect(*given, **named)

    engine = create_engine(db.engine.url, creator=away_at_first)
    who = phone.person
    with Board().watching(Watch(phone.id, who.person_id, who.sign_in_id, frozenset(Role)), engine) as one:
        assert one.moved(10) and one.mark.split()[1] == "live"
    engine.dispose()


def test_the_poller_looks_while_somebody_watches_and_no_longer() -> None:
    board, phone = Board(), Phone().answer()
    with board.watching(
        Watch(phone.id, phone.person.person_id, phone.person.sign_in_id, frozenset(Role)), db.engine
    ) as one:
        poller = board.poller
        assert poller is not None and one.moved(10) and one.mark.split()[1] == "live"
        calls.do(phone.person, phone.id, "deed-000001", "hang-up", {}, phone.later(2))
        assert one.moved(10) and one.over
    poller.join(10)
    assert not poller.is_alive() and board.poller is None and board.watches == {}
