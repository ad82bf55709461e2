"""Who works at once in a process: saves of an exam, calls and all the rest each in lanes of their own.

After a restart all pages of all calls come at once, and an LLM lets a sentence wait for seconds: neither may take
what an exam's save needs. And of saves few work at once, for what a thread gains by asking for the interpreter while
another has it, both lose by the change; while they wait for the disk they make room (`services/shared_commit.py`).
"""

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from flask import Flask

from lms.services.lanes import Lane
from lms.web.streams import STREAM

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CALLS = "/calls"  # how the addresses of calls begin
SAVES = ("/attempts/", "/answers")  # how the address of a save begins and ends
SAVES_AT_ONCE = 3
LOOKS_AT_ONCE = 4  # at calls
OPENINGS_AT_ONCE = 1  # of streams
SMALL = 256 * 1024  # bytes


class Lanes:
    """Each request takes a place in its lane when it is there as a whole, and holds it until its answer is made.

    The answer is sent, and a stream lives, without: who reads slowly, or not at all, holds nobody's place.
    """

    def __init__(self, application: "WSGIApplication", limit: int) -> None:
        self._application = application
        self._work, self._talk, self._saves = Lane(limit), Lane(limit), Lane(SAVES_AT_ONCE)
        self._looks, self._openings = Lane(LOOKS_AT_ONCE), Lane(OPENINGS_AT_ONCE)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        lane = self._lane(environ, whole=_read(environ))
        lane.enter()
        try:
            return self._application(environ, start_response)
        finally:
            lane.leave()

    def _lane(self, environ: "WSGIEnvironment", whole: bool) -> Lane:
        path = environ.get("PATH_INFO", "")
        if path.startswith(SAVES[0]) and path.endswith(SAVES[1]) and whole:
            return self._saves
        if not path.startswith(CALLS):
            return self._work
        if path.endswith(STREAM):
            return self._openings
        return self._looks if environ.get("REQUEST_METHOD") == "GET" else self._talk


def _read(environ: "WSGIEnvironment") -> bool:
    """Whether the request's body is here now: small ones are read, so that a slow sender holds no place."""
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return False
    if not 0 <= length <= SMALL or "HTTP_TRANSFER_ENCODING" in environ:
        return False
    if length:
        environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(length))
    return True


def init_app(app: Flask) -> None:
    """Divide the threads; without streams there are no more of them than work."""
    if app.config["STREAMS"]:
        app.wsgi_app = Lanes(app.wsgi_app, app.config["THREADS"])  # type: ignore[method-assign]
