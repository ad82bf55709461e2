"""Who works at once in a process: saves of an exam, calls and all the rest each in lanes of their own.

After a restart all pages of all calls come at once, and an LLM lets a sentence wait for seconds: neither may take
what an exam's save needs. And of saves few work at once, for what a thread gains by asking for the interpreter while
another has it, both lose by the change; while they wait for the disk they make room (`services/shared_commit.py`).
"""

from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.exceptions import LengthRequired

from lms.services.lanes import Lane
from lms.web.streams import STREAM

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CALLS = "/calls"  # how the addresses of calls begin
SAVES = ("/attempts/", "/answers")  # how the address of a save begins and ends
SAVES_AT_ONCE = 3
LOOKS_AT_ONCE = 4  # at calls
OPENINGS_AT_ONCE = 1  # of streams
TALK_A_PLACE = 2  # sentences of calls for each page: short, and somebody sits waiting; an LLM is waited for aside
IN_MEMORY = 256 * 1024  # bytes of a body; what is beyond lies in a file


class Lanes:
    """Each request takes a place in its lane when it is there as a whole, and holds it until its answer is made.

    The answer is sent, and a stream lives, without: who reads slowly, or not at all, holds nobody's place.
    """

    def __init__(self, application: "WSGIApplication", limit: int, largest: int) -> None:
        """``limit`` requests of pages work at once; ``largest``: bytes of a body that is taken at all."""
        self._application, self._largest = application, largest
        self._work, self._talk, self._saves = Lane(limit), Lane(limit * TALK_A_PLACE), Lane(SAVES_AT_ONCE)
        self._looks, self._openings = Lane(LOOKS_AT_ONCE), Lane(OPENINGS_AT_ONCE)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if "HTTP_TRANSFER_ENCODING" in environ:  # no browser sends that, and nobody knows when it ends
            return LengthRequired()(environ, start_response)
        _read(environ, self._largest)
        lane = self._lane(environ)
        lane.enter()
        try:
            return self._application(environ, start_response)
        finally:
            lane.leave()

    def _lane(self, environ: "WSGIEnvironment") -> Lane:
        path = environ.get("PATH_INFO", "")
        if path.startswith(SAVES[0]) and path.endswith(SAVES[1]):
            return self._saves
        if not path.startswith(CALLS):
            return self._work
        if path.endswith(STREAM):
            return self._openings
        return self._looks if environ.get("REQUEST_METHOD") == "GET" else self._talk


def _read(environ: "WSGIEnvironment", largest: int) -> None:
    """Take the body in before a place is taken; one that is too large is left for the page to refuse unread."""
    try:
        missing = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return
    if not 0 < missing <= largest:
        return
    sent = environ["wsgi.input"]
    body = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  it goes with the request that reads it
    while missing and (part := sent.read(min(missing, IN_MEMORY))):
        body.write(part)
        missing -= len(part)
    body.seek(0)
    environ["wsgi.input"] = body


def init_app(app: Flask) -> None:
    """Divide the threads; without streams there are no more of them than work."""
    if app.config["STREAMS"]:
        largest = app.config["MAX_CONTENT_LENGTH"]
        app.wsgi_app = Lanes(app.wsgi_app, app.config["THREADS"], largest)  # type: ignore[method-assign]
