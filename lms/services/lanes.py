"""How many may work at once: one interpreter serves a process's threads by turns, and more only push each other."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, local

_this_thread = local()


class Lane:
    """Who has entered works beside at most ``places - 1`` others; leaving is the same thread's."""

    def __init__(self, places: int) -> None:
        self._places = BoundedSemaphore(places)

    def enter(self) -> None:
        self._places.acquire()
        _this_thread.lane = self

    def leave(self) -> None:
        _this_thread.lane = None
        self._places.release()


@contextmanager
def standing_aside() -> Iterator[None]:
    """Leave one's place to another while waiting for something else than the interpreter.

    The place is waited for afterwards, so nobody may hold a lock then that others wait for in their places: what is
    held over a write is to be taken after standing aside, not before.
    """
    lane: Lane | None = getattr(_this_thread, "lane", None)
    if lane is None:
        yield
        return
    lane.leave()
    try:
        yield
    finally:
        lane.enter()
