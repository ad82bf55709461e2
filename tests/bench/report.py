"""What was measured, in words and numbers: tables for people, one JSON document for machines."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from operator import methodcaller
from typing import Any

from tests.bench.measure import Measured, Sample, median

SATURATED = (
    "ok", "prototype", "save ten", "save one", "start", "start of ten", "page", "page of ten", "hold", "hold of ten",
    "pulse", "hand-in", "hand-in of ten",
)  # fmt: skip


@dataclass(frozen=True)
class Aim:
    """One of the aims: ``value`` stands against ``limit``; ``most`` says on which side of it is good."""

    name: str
    value: float
    limit: float
    most: bool = True
    unit: str = ""

    @property
    def met(self) -> bool:
        return self.value <= self.limit if self.most else self.value >= self.limit


def aims(found: Measured) -> list[Aim]:
    def times_ok(name: str) -> float:
        return median([_cpu(one[name]) / _cpu(one["ok"]) for one in found.rounds])

    save = found.statements["save_ten"]
    paced = _merged(sample for name, sample in found.hall.items() if name.startswith("work: save"))
    alone = found.alone or Sample(0, 0.0, [], [])
    rush = sum(len(sample.errors) for name, sample in found.hall.items() if name.startswith("rush"))
    per_second = median([one["save ten"].per_second / one["prototype"].per_second for one in found.rounds])
    lost = found.kept.lost + found.kept.doubled if found.kept else 0
    return [
        Aim("save of ten: statements", save.statements, 5),
        Aim("save of ten: commits", save.commits, 1),
        Aim("save of ten: throughput ÷ prototype", per_second, 0.5, most=False),
        Aim("save of ten: CPU ÷ ok", times_ok("save ten"), 15),
        Aim("start, whole exam: CPU ÷ ok", times_ok("start"), 50),
        Aim("page of ten: CPU ÷ ok", times_ok("page of ten"), 50),
        Aim("hand-in and marking, whole exam: CPU ÷ ok", times_ok("hand-in"), 60),
        Aim("paced save: p99 ÷ one candidate's p99", paced.percentile(99) / alone.percentile(99), 4),
        Aim("start rush: errors", rush, 0),
        Aim("memory, all processes", sum(found.memory.values()), 200, unit=" MiB"),
        Aim("up, once installed", median(found.starts), 3, unit=" s"),
        Aim("acknowledged saves lost or doubled", lost, 0),
    ]


def _cpu(sample: Sample) -> float:
    return sample.cpu_ms + sample.database_cpu_ms


def _merged(samples: Iterable[Sample]) -> Sample:
    whole = Sample(0, 0.0, [], [])
    for sample in samples:
        whole.done += sample.done
        whole.latencies += sample.latencies
        whole.errors += sample.errors
    return whole


def show(database: str, found: Measured) -> str:
    parts = [
        f"\n=== {database} " + "=" * (100 - len(database)),
        _saturated(found),
        _hall(found),
        _statements(found),
        _besides(found),
        _aims(found),
    ]
    return "\n\n".join(parts)


def _table(title: str, heads: list[str], rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    lines = [
        "  ".join(cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(pairs))
        for pairs in (list(zip(row, widths, strict=True)) for row in [heads, *rows])
    ]
    return "\n".join([title, lines[0], "-" * len(lines[0]), *lines[1:]])


def _over_rounds(found: Measured, name: str, number: Callable[[Sample], float]) -> float:
    return median([number(one[name]) for one in found.rounds])


def _saturated(found: Measured) -> str:
    rows = []
    for name in SATURATED:
        values = [
            _over_rounds(found, name, lambda sample: sample.per_second),
            *(_over_rounds(found, name, methodcaller("percentile", percent)) for percent in (50, 95, 99)),
            _over_rounds(found, name, lambda sample: sample.cpu_ms),
            _over_rounds(found, name, lambda sample: sample.database_cpu_ms),
            median([_cpu(one[name]) / _cpu(one["ok"]) for one in found.rounds]),
        ]
        errors = sum(len(one[name].errors) for one in found.rounds)
        rows.append([name, *(_number(value) for value in values), str(errors)])
    heads = ["32 connections", "per s", "p50 ms", "p95", "p99", "CPU-ms", "database's", "÷ ok", "errors"]
    return _table(f"Saturated, medians of {len(found.rounds)} rounds", heads, rows)


def _hall(found: Measured) -> str:
    rows = []
    lines = {**found.hall, "one candidate alone: save ten": found.alone or Sample(0, 0.0, [], [])}
    for name, sample in lines.items():
        numbers = [sample.per_second, *(sample.percentile(percent) for percent in (50, 95, 99))]
        rows.append([name, str(sample.done), *(_number(value) for value in numbers), str(len(sample.errors))])
    used = ", ".join(f"{name} {cores:.2f}" for name, cores in found.hall_cpu.items())
    heads = ["the hall, paced", "done", "per s", "p50 ms", "p95", "p99", "errors"]
    return _table("Paced", heads, rows) + f"\nCores used by servers: {used}"


def _statements(found: Measured) -> str:
    rows = [
        [name.replace("_", " "), str(one.statements), str(one.rows), str(one.commits), str(one.reads)]
        for name, one in found.statements.items()
    ]
    heads = ["whole exam", "statements", "sets of values", "commits", "reading transactions"]
    return _table("SQL (BEGIN, COMMIT and ROLLBACK apart)", heads, rows)


def _besides(found: Measured) -> str:
    disk = {name: median([one[name] for one in found.disks]) for name in found.disks[0]}
    memory = "\n".join(f"  {size:6.1f}  {name}" for name, size in found.memory.items())
    starts = ", ".join(f"{seconds:.2f}" for seconds in found.starts)
    kept = found.kept
    assert kept is not None
    return (
        f"Disk: {disk['fsync']:.0f} fsync/s of 4 KiB; {disk['commit']:.0f} durable one-row commits/s\n"
        f"First start (tables, bank): {found.first_start:.2f} s; later starts: {starts} s\n"
        f"Memory (PSS, MiB), {sum(found.memory.values()):.1f} in all\n{memory}\n"
        f"Saves: {kept.acknowledged} ops acknowledged, {kept.rows} rows, {kept.lost} lost, {kept.doubled} doubled"
    )


def _aims(found: Measured) -> str:
    rows = [
        [
            aim.name,
            f"{_number(aim.value)}{aim.unit}",
            f"{'≤' if aim.most else '≥'} {aim.limit:g}{aim.unit}",
            "met" if aim.met else "MISSED",
        ]
        for aim in aims(found)
    ]
    return _table("Aims", ["", "measured", "aim", ""], rows)


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 1000 or value == int(value) else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def as_json(found: Measured) -> dict[str, Any]:
    def short(sample: Sample) -> dict[str, Any]:
        return {
            "done": sample.done,
            "per_second": sample.per_second,
            "ms": {f"p{percent}": sample.percentile(percent) for percent in (50, 95, 99)},
            "cpu_ms": sample.cpu_ms,
            "database_cpu_ms": sample.database_cpu_ms,
            "errors": len(sample.errors),
        }

    return {
        "rounds": [{name: short(sample) for name, sample in one.items()} for one in found.rounds],
        "hall": {name: short(sample) for name, sample in found.hall.items()},
        "alone": short(found.alone) if found.alone else None,
        "cores": found.hall_cpu,
        "statements": {name: asdict(one) for name, one in found.statements.items()},
        "disk": found.disks,
        "first_start": found.first_start,
        "starts": found.starts,
        "memory": found.memory,
        "kept": asdict(found.kept) if found.kept else None,
        "aims": [{**asdict(aim), "met": aim.met} for aim in aims(found)],
    }
