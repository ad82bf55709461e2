"""Work that the program does by itself: each minute, in a process of its own (`flask --app wsgi worker`).

Every task may run twice at once without harm, so that a second worker is a spare, not a danger; one that was
interrupted is done by the next round.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from flask import Flask

from lms.services import audit, call_proposals, calls, hand_in, run_sweep, sitting_papers

EVERY = 60.0  # seconds

Task = Callable[[datetime], object]
TASKS: Sequence[Task] = (
    hand_in.sweep,
    run_sweep.sweep,
    calls.sweep,
    sitting_papers.take_pools_due,
    call_proposals.sweep,  # last: it waits for somebody else's server
)


def do_what_is_due(app: Flask, tasks: Sequence[Task] = TASKS) -> None:
    """One round. A task that fails is logged, and keeps no other from its work."""
    nightly: Task = partial(keep_audit_head, app)
    for task in (*tasks, nightly):
        try:
            with app.app_context():
                task(app.extensions["clock"].now())
        except Exception:
            app.logger.exception("a task of the program's own failed; the next round tries again")


def keep_audit_head(app: Flask, now: datetime) -> None:
    """Once a day (UTC) the chain's signed head goes to a file outside the database: a cut tail would show."""
    kept = Path(app.config["INSTANCE_PATH"], "audit-heads.log")
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    line = audit.head_line(app.config["SECRET_KEY"], now)
    if not lines or lines[-1][:10] != line[:10]:
        with open(kept, "a", encoding="utf-8") as heads:
            heads.write(line + "\n")
