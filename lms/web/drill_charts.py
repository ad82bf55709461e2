"""The curve of a trainee's runs: time as a line against the limit, errors as bars below; drawn by parts/charts.html."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from lms.services.drill_progress import OwnRun

STEPS = (5, 10, 15, 30, 60, 120, 300)  # seconds between the lines of the scale
MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Point:
    """One run: ``x`` and ``y`` 0…100 % from the lower left; ``bar`` 0…1 of the most errors."""

    run_id: int
    at: datetime
    seconds: float
    right: bool
    errors: int
    x: float
    y: float
    bar: float


@dataclass(frozen=True, slots=True)
class Curve:
    """``lines``: (seconds, height) of the scale; ``limit`` likewise."""

    points: tuple[Point, ...]
    lines: tuple[tuple[int, float], ...]
    limit: tuple[int, float]
    most_errors: int


def curve(runs: Sequence[OwnRun]) -> Curve | None:
    """The runs in their order; None where fewer than two have a time."""
    timed = [(run, run.milliseconds / 1000) for run in runs if run.milliseconds is not None]
    if len(timed) < 2:
        return None
    limit = timed[-1][0].limit_ms // 1000
    highest = max(1.25 * limit, *(seconds for _run, seconds in timed))
    step = next((one for one in STEPS if highest <= one * MOST_LINES), STEPS[-1])
    top = step * ceil(highest / step)
    most = max(run.errors for run, _seconds in timed)

    def up(seconds: float) -> float:
        return 100 * seconds / top

    points = [
        Point(
            run_id=run.id,
            at=run.ended_at,
            seconds=seconds,
            right=run.right,
            errors=run.errors,
            x=100 * (place + 0.5) / len(timed),
            y=up(seconds),
            bar=run.errors / most if most else 0,
        )
        for place, (run, seconds) in enumerate(timed)
    ]
    return Curve(
        tuple(points), tuple((level, up(level)) for level in range(0, top + 1, step)), (limit, up(limit)), most
    )
