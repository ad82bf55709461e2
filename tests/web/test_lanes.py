"""Who works at once in a process: what a save of an exam needs, nobody else may take."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder

from lms.services.lanes import standing_aside
from lms.web.lanes import IN_MEMORY, LOOKS_AT_ONCE, SAVES_AT_ONCE, Lanes

SAVE = "/attempts/7/answers"
PATIENCE = 10.0
LARGEST = 3 * IN_MEMORY


class Room:
    """An application in which requests stay until they are let go."""

    def __init__(self, limit: int, aside: bool = False) -> None:
        self.lanes = Lanes(self, limit, LARGEST)
        self.inside: list[str] = []
        self.came = threading.Semaphore(0)
        self.let_go = threading.Event()
        self.aside = aside

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.inside.append(environ["PATH_INFO"])
        self.came.release()
        if self.aside:
            with standing_aside():
                self.let_go.wait(PATIENCE)
        else:
            self.let_go.wait(PATIENCE)
        return [environ["wsgi.input"].read()]

    def ask(self, path: str, method: str = "POST", stream: Any = None, length: int = 2) -> bytes:
        return b"".join(self.answer(path, method, stream, length))

    def answer(self, path: str, method: str = "POST", stream: Any = None, length: int = 2) -> Iterable[bytes]:
        """What is to be sent, not read yet."""
        environ = EnvironBuilder(path, method=method).get_environ()
        environ.update({"wsgi.input": stream or BytesIO(b"{}" if length else b""), "CONTENT_LENGTH": str(length)})
        return self.lanes(environ, lambda *_: lambda _data: None)

    def wait_for(self, count: int) -> None:
        for _ in range(count):
            assert self.came.acquire(timeout=PATIENCE)


def test_where_all_places_are_taken_saves_and_calls_still_have_theirs() -> None:
    room = Room(limit=2)
    with ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(room.ask, "/bank", "GET", None, 0) for _ in range(4)]
        room.wait_for(2)
        waiting += [pool.submit(room.ask, SAVE), pool.submit(room.ask, "/calls/1/say")]
        waiting += [pool.submit(room.ask, "/calls/1", "GET", None, 0) for _ in range(LOOKS_AT_ONCE)]
        room.wait_for(2 + LOOKS_AT_ONCE)
        assert room.inside.count("/bank") == 2
        room.let_go.set()
        assert all(future.result(PATIENCE) in (b"", b"{}") for future in waiting)
    assert room.inside.count("/bank") == 4


def test_a_save_that_waits_for_the_disk_makes_room_for_the_next() -> None:
    at_the_disk = Room(limit=1, aside=True)
    with ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(at_the_disk.ask, SAVE) for _ in range(3 * SAVES_AT_ONCE)]
        at_the_disk.wait_for(3 * SAVES_AT_ONCE)
        at_the_disk.let_go.set()
        assert [future.result(PATIENCE) for future in waiting] == [b"{}"] * len(waiting)


class SlowBody:
    """A sender that has announced more than it has sent."""

    def __init__(self) -> None:
        self.rest = threading.Event()

    def read(self, _size: int = -1) -> bytes:
        self.rest.wait(PATIENCE)
        return b"{}"


class Gone:
    """A sender that has gone before everything was sent."""

    def read(self, _size: int = -1) -> bytes:
        raise OSError("gone")


def test_a_slow_sender_holds_no_place() -> None:
    room, slow = Room(limit=1), SlowBody()
    room.let_go.set()
    with ThreadPoolExecutor(20) as pool:
        senders = [pool.submit(room.ask, path, "POST", slow) for path in [SAVE, "/bank"] for _ in range(9)]
        assert pool.submit(room.ask, SAVE).result(PATIENCE) == b"{}"
        assert pool.submit(room.ask, "/bank").result(PATIENCE) == b"{}"
        assert len(room.inside) == 2
        slow.rest.set()
        assert [sender.result(PATIENCE) for sender in senders] == [b"{}"] * len(senders)


def test_who_does_not_read_the_answer_holds_no_place() -> None:
    room = Room(limit=1)
    room.let_go.set()
    for path in [SAVE, "/bank", "/calls/1", "/calls/1/stream"]:
        for _ in range(9):
            threading.Thread(target=room.answer, args=(path,), daemon=True).start()
        room.wait_for(9)


def test_a_failure_gives_the_place_back() -> None:
    room = Room(limit=1)
    room.let_go.set()
    for _ in range(2):
        with pytest.raises(OSError, match="gone"):
            room.ask("/bank", stream=Gone(), length=LARGEST + 1)
    assert room.ask("/bank") == b"{}"


def test_a_large_body_is_whole_before_it_takes_a_place_too() -> None:
    room, body = Room(limit=1), bytes(range(256)) * (LARGEST // 256)
    room.let_go.set()
    assert room.ask("/bank", stream=BytesIO(body), length=LARGEST) == body


def test_a_body_that_is_too_large_is_left_for_the_page_to_refuse_unread() -> None:
    room, sent = Room(limit=1), BytesIO(b"much")
    room.let_go.set()
    assert room.ask("/bank", stream=sent, length=LARGEST + 1) == b"much"  # by the page, which here reads it


def test_a_body_of_no_declared_length_is_refused_before_it_takes_a_place() -> None:
    room = Room(limit=1)
    answered: list[str] = []
    environ = EnvironBuilder("/login", method="POST").get_environ()
    environ["HTTP_TRANSFER_ENCODING"] = "chunked"

    def start_response(status: str, *_: Any) -> Any:
        answered.append(status)

    b"".join(room.lanes(environ, start_response))
    assert answered == ["411 LENGTH REQUIRED"]
    assert room.inside == []
