"""How gunicorn serves the program: threads, one copy of the code in memory, quiet unless something is wrong."""

import os
import sys

worker_class = "gthread"
# Threads start when they are needed: those for streams cost nothing until somebody watches (lms/web/streams.py).
threads = int(os.environ.get("THREADS", "8")) + int(os.environ.get("STREAMS", "400"))
preload_app = True
timeout = 60
graceful_timeout = 20
keepalive = 30
accesslog = os.environ.get("ACCESS_LOG") or None
loglevel = os.environ.get("LOG_LEVEL", "warning")


def post_fork(server: object, worker: object) -> None:
    """A thread that holds the write lock waits for the interpreter too: hand it over every 2 ms, not every 5."""
    sys.setswitchinterval(0.002)
