"""How gunicorn serves the program: threads, one copy of the code in memory, quiet unless something is wrong."""

import os
import resource
import sys
from typing import Any

worker_class = "gthread"
# For those who work in the lanes (lms/web/lanes.py), for some who wait before them, and for streams
# (lms/web/streams.py). Threads start when they are needed: those for streams cost nothing until somebody watches.
threads = 3 * int(os.environ.get("THREADS", "4")) + 48 + int(os.environ.get("STREAMS", "400"))
# Beside its stream each page keeps a connection open; where none is left, a server takes no more requests.
worker_connections = threads + 2000
preload_app = True
timeout = 60
graceful_timeout = 20
keepalive = 30
accesslog = os.environ.get("ACCESS_LOG") or None
control_socket_disable = True  # nobody steers the server from outside, and its socket would be one more door
loglevel = os.environ.get("LOG_LEVEL", "warning")


_soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
_wanted = worker_connections + 500  # a worker that has no descriptor left for a connection ends
_most = _wanted if _hard == resource.RLIM_INFINITY else min(_wanted, _hard)
resource.setrlimit(resource.RLIMIT_NOFILE, (max(_soft, _most), _hard))


def post_fork(server: object, worker: object) -> None:
    """A thread that holds the write lock waits for the interpreter too: hand it over every 2 ms, not every 5."""
    sys.setswitchinterval(0.002)


def post_worker_init(worker: Any) -> None:
    """Told to stop, a worker ends its streams: their browsers ask the next one, and nobody waits."""
    if serve_while := getattr(worker.wsgi, "extensions", {}).get("serve_streams_while"):
        serve_while(lambda: worker.alive)
