"""How gunicorn serves the program: threads, one copy of the code in memory, quiet unless something is wrong."""

import os

worker_class = "gthread"
threads = int(os.environ.get("THREADS", "8"))
preload_app = True
timeout = 60
graceful_timeout = 20
keepalive = 30
accesslog = os.environ.get("ACCESS_LOG") or None
loglevel = os.environ.get("LOG_LEVEL", "warning")
