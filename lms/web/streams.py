"""Event streams: a page hears at once that what it watches has moved.

A stream holds a thread for minutes, so the server has threads for `STREAMS` of them beside those that work, and whoever
comes too many is told to ask once a second instead.
"""

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager
from threading import BoundedSemaphore

from flask import Flask
from werkzeug.wrappers import Response

from lms.services import call_watch
from lms.services.call_watch import Watch

STREAM = "/stream"  # how the address of every stream ends
HEARTBEAT = 15.0  # seconds: a sign of life, and how soon a watcher who has gone is noticed
LONGEST = 20  # heartbeats; then the browser connects anew
RETRY_MS = (500, 2500)  # until a browser connects anew: each at its own time, for a restart ends hundreds at once


def init_app(app: Flask) -> None:
    app.extensions["streams"] = BoundedSemaphore(max(1, app.config["STREAMS"]))
    app.extensions["serve_streams_while"] = call_watch.serve_while  # for gunicorn.conf.py


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
