"""SQL statements and commits of each operation: the same requests, in this process, with SQLAlchemy listening."""

import asyncio
import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Dialect, Engine, event

from lms.extensions import db
from lms.services.alone import Alone, Prepared
from lms.services.shared_commit import SharedCommit
from tests.bench.candidates import Candidate, Ticket, Unexpected
from tests.bench.connection import Reply

OPERATIONS = ("start", "page", "hold", "save_ten", "save_one", "pulse", "hand_in")
_WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")  # nothing here reads with a WITH


@dataclass
class Counted:
    """What one operation asked of the database.

    ``statements``: without BEGIN, COMMIT and ROLLBACK; one call with many rows is one. ``rows``: the sets of values
    of such calls. ``commits``: of transactions that wrote. ``reads``: transactions that ended without a write.
    """

    statements: int = 0
    rows: int = 0
    commits: int = 0
    reads: int = 0
    texts: list[str] = field(default_factory=list)


class InProcess:
    """Stands in for a connection: asks the application itself, in a context of its own as a server's thread would."""

    def __init__(self, app: Flask, cookie: str) -> None:
        self.app, self.cookie = app, cookie

    async def request(self, method: str, path: str, body: bytes = b"", headers: str = "") -> Reply:
        pairs = [line.split(": ", 1) for line in headers.split("\r\n") if line]
        always = {"Cookie": self.cookie, "User-Agent": "bench", "Accept-Language": "zh-CN"}
        client = self.app.test_client(use_cookies=False)
        reply = contextvars.Context().run(
            client.open, path, method=method, data=body, headers={**always, **dict(pairs)}
        )
        cookie = next((c for c in reply.headers.getlist("Set-Cookie") if c.startswith("session=")), "")
        self.cookie = cookie.partition(";")[0] or self.cookie
        return Reply(reply.status_code, reply.headers.get("Location", ""), cookie, reply.data)

    def close(self) -> None:
        pass


def count(app: Flask, tickets: list[Ticket]) -> dict[str, Counted]:
    """Every operation of the last of ``tickets``; those before it warm what a process keeps."""
    counted: dict[str, Counted] = {}
    for ticket in tickets:
        candidate = Candidate(0, ticket)
        candidate.connection = InProcess(app, ticket.cookie)  # type: ignore[assignment]
        for operation in OPERATIONS:
            with _listening() as found:
                went = asyncio.run(candidate.do(operation))
            if not went:
                raise Unexpected(candidate.log.errors)
            counted[operation] = found
    return counted


@contextmanager
def _listening() -> Iterator[Counted]:
    counted, wrote = Counted(), [False]

    def before(_c: Connection | None, _cursor: Any, text: str, values: Any, _context: Any, many: bool) -> None:
        if text.startswith("BEGIN"):
            return
        counted.statements += 1
        counted.rows += len(values) if many else 1
        counted.texts.append(" ".join(text.split()))
        wrote[0] |= text.lstrip().upper().startswith(_WRITES)

    def ended(_connection: Connection | None) -> None:
        if wrote[0]:
            counted.commits += 1
        else:
            counted.reads += 1
        wrote[0] = False

    def rolled_back(_connection: Connection) -> None:
        counted.reads += 1
        wrote[0] = False

    def past_sqlalchemy(statement: Prepared, driver: Any, dialect: Dialect, values: Any) -> Any:
        before(None, None, str(statement.statement.compile(dialect=dialect)), values, None, False)
        return run(statement, driver, dialect, values)

    def by_itself(statement: Alone, engine: Engine, values: Any) -> Any:
        rows = call(statement, engine, values)
        ended(None)
        return rows

    def together(shared: SharedCommit[Any, Any], engine: Engine, batch: Any) -> Any:
        answers = usual(shared, engine, batch)
        if answers is not None:
            ended(None)
        return answers

    listeners = (("before_cursor_execute", before), ("commit", ended), ("rollback", rolled_back))
    for name, listener in listeners:
        event.listen(db.engine, name, listener)
    run, call, usual = Prepared.run, Alone.__call__, SharedCommit._all_usual
    Prepared.run, Alone.__call__ = past_sqlalchemy, by_itself  # type: ignore[method-assign]
    SharedCommit._all_usual = together  # type: ignore[method-assign]
    try:
        yield counted
    finally:
        Prepared.run, Alone.__call__ = run, call  # type: ignore[method-assign]
        SharedCommit._all_usual = usual  # type: ignore[method-assign]
        for name, listener in listeners:
            event.remove(db.engine, name, listener)
