"""Event streams beside work: a stream holds a thread for minutes, so it must never take one that an exam needs.

The server has `THREADS` + `STREAMS` threads a process. At most `THREADS` requests work at once, as if there were no
streams; at most `STREAMS` streams are held, and whoever comes too many is told to ask once a second instead.
"""

from collections.abc import Iterable, Iterator
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.wrappers import Response
from werkzeug.wsgi import ClosingIterator

from lms.services.call_watch import Watch

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STREAM = "/stream"  # how the address of every stream ends
HEARTBEAT = 15.0  # seconds: a sign of life, and how soon a watcher who has gone is noticed
LONGEST = 20  # heartbeats; then the browser connects anew, and is asked again who it is


class WorkingThreads:
    """At most ``limit`` requests work at once; streams do not count."""

    def __init__(self, application: "WSGIApplication", limit: int) -> None:
        self._application, self._turns = application, BoundedSemaphore(limit)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").endswith(STREAM):
            return self._application(environ, start_response)
        self._turns.acquire()
        try:
            body = self._application(environ, start_response)
        except BaseException:
            self._turns.release()
            raise
        return ClosingIterator(body, [self._turns.release])


def init_app(app: Flask) -> None:
    """Divide the threads of a real server; a client in this process may never close what it was answered."""
    app.extensions["streams"] = BoundedSemaphore(max(1, app.config["STREAMS"]))
    if app.config["STREAMS"] and not app.testing:
        app.wsgi_app = WorkingThreads(app.wsgi_app, app.config["THREADS"])  # type: ignore[method-assign]


def stream(app: Flask, watching: Any) -> Response:
    """An answer that says ``moved`` whenever the watched thing has moved; 503 where all streams are taken."""
    places: BoundedSemaphore = app.extensions["streams"]
    if not places.acquire(blocking=False):
        return Response("too many streams; ask once a second", status=503, headers={"Retry-After": "1"})
    return _EventStream(_events(watching), places)


class _EventStream(Response):
    """Gives its place back when it ends, also where it never began."""

    def __init__(self, events: Iterator[str], places: BoundedSemaphore) -> None:
        super().__init__(events, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})
        self.call_on_close(places.release)


def _events(watching: Any) -> Iterator[str]:
    with watching as watch:
        yield "retry: 1000\n\n"
        yield from _of(watch)


def _of(watch: Watch) -> Iterator[str]:
    quiet = 0
    while quiet < LONGEST:
        if watch.moved(HEARTBEAT):
            yield "data: moved\n\n"
        else:
            quiet += 1
            yield ": here\n\n"
