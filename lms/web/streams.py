"""Event streams and calls beside exams: neither may take what an exam's save needs.

A stream holds a thread for minutes, so the server has threads for `STREAMS` of them beside those that work, and whoever
comes too many is told to ask once a second instead. After a restart all of them come at once, and an LLM lets a
sentence wait for seconds; so what is asked of calls stands in lanes of its own, whatever is asked of the rest.
"""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.wrappers import Response
from werkzeug.wsgi import ClosingIterator

from lms.services import call_watch
from lms.services.call_watch import Watch

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STREAM = "/stream"  # how the address of every stream ends
CALLS = "/calls"  # how the addresses of calls begin
HEARTBEAT = 15.0  # seconds: a sign of life, and how soon a watcher who has gone is noticed
LONGEST = 20  # heartbeats; then the browser connects anew
RETRY_MS = (500, 2500)  # until a browser connects anew: each at its own time, for a restart ends hundreds at once
LOOKS = 4  # of calls that are shown at once
OPENINGS = 1  # streams that are opened at once


class Lanes:
    """At most ``limit`` requests work at once, and as many sentences; a stream counts until it is open."""

    def __init__(self, application: "WSGIApplication", limit: int) -> None:
        self._application = application
        self._work, self._talk = BoundedSemaphore(limit), BoundedSemaphore(limit)
        self._looks, self._openings = BoundedSemaphore(LOOKS), BoundedSemaphore(OPENINGS)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        lane = self._lane(environ)
        lane.acquire()
        try:
            body = self._application(environ, start_response)
        except BaseException:
            lane.release()
            raise
        if lane is self._openings:
            lane.release()
            return body
        return ClosingIterator(body, [lane.release])

    def _lane(self, environ: "WSGIEnvironment") -> BoundedSemaphore:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(CALLS):
            return self._work
        if path.endswith(STREAM):
            return self._openings
        return self._looks if environ.get("REQUEST_METHOD") == "GET" else self._talk


def init_app(app: Flask) -> None:
    """Divide the threads of a real server; a client in this process may never close what it was answered."""
    app.extensions["streams"] = BoundedSemaphore(max(1, app.config["STREAMS"]))
    app.extensions["serve_streams_while"] = call_watch.serve_while  # for gunicorn.conf.py
    if app.config["STREAMS"] and not app.testing:
        app.wsgi_app = Lanes(app.wsgi_app, app.config["THREADS"])  # type: ignore[method-assign]


def stream(app: Flask, watching: AbstractContextManager[Watch]) -> Response:
    """An answer that tells the mark of the watched thing whenever it has moved; 503 where all streams are taken."""
    places: BoundedSemaphore = app.extensions["streams"]
    if not places.acquire(blocking=False):
        return Response("too many streams; ask once a second", status=503, headers={"Retry-After": "1"})
    return _EventStream(_events(watching), places)


class _EventStream(Response):
    """Gives its place back when it ends, also where it never began."""

    def __init__(self, events: Iterator[str], places: BoundedSemaphore) -> None:
        super().__init__(events, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})
        self.call_on_close(places.release)


def _events(watching: AbstractContextManager[Watch]) -> Iterator[str]:
    soonest, latest = RETRY_MS
    with watching as watch:
        yield f"retry: {soonest + secrets.randbelow(latest - soonest)}\n\n"
        yield from _of(watch)


def _of(watch: Watch) -> Iterator[str]:
    quiet = 0
    while quiet < LONGEST and not watch.over:
        if watch.moved(HEARTBEAT):
            yield f"data: {watch.mark}\n\n"
        else:
            quiet += 1
            yield ": here\n\n"
