"""The one clock (contract 2): nothing else in the program reads the time."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import Engine, text


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class SystemClock:
    """This machine's clock: right while one machine serves the site."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class DatabaseClock:
    """PostgreSQL's clock, for several application machines whose own clocks may differ.

    The difference to this machine's monotonic clock is measured once and renewed every ``renew`` seconds, so that
    the clock costs no statement on a save.
    """

    def __init__(self, engine: Engine, renew: float = 30.0) -> None:
        self._engine = engine
        self._renew = renew
        self._anchor: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        ticks = time.monotonic()
        if self._anchor is None or ticks - self._anchor[1] > self._renew:
            with self._engine.connect() as connection:
                moment = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
            self._anchor = (moment.astimezone(UTC), ticks)
        moment, since = self._anchor
        return moment + timedelta(seconds=ticks - since)


class SettableClock:
    """A clock that moves only when told: tests and rehearsals of a deadline."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def advance(self, **duration: float) -> None:
        self.moment += timedelta(**duration)
