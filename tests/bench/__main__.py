"""`make bench`, or `python -m tests.bench --help`: how fast an exam is, on SQLite and on PostgreSQL."""

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.bench.measure import Bench, Measured, Size
from tests.bench.report import as_json, show
from tests.throwaway_postgres import ThrowawayPostgres


def on_sqlite(size: Size) -> Measured:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return Bench(f"sqlite:///{folder}/bench.db", Path(folder), size, None).run()


def on_postgresql(size: Size) -> Measured:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ThrowawayPostgres(durable=True) as server:
        server.create_database("prototype")
        assert server.process is not None
        return Bench(server.create_database("bench"), Path(folder), size, server.process.pid).run()


DATABASES: dict[str, Callable[[Size], Measured]] = {"sqlite": on_sqlite, "postgresql": on_postgresql}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("-n", type=int, default=int(os.environ.get("N", "200")), help="candidates in the hall (N)")
    parser.add_argument("--quick", action="store_true", help="at most a minute in all: one round, shorter")
    parser.add_argument("--on", choices=[*DATABASES, "both"], default="both", help="which database")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds; medians are taken over them")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there too")
    return parser.parse_args()


def main() -> int:
    given = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave no server behind
    size = Size(hall=given.n, round=96, rounds=given.rounds, slice=2.5, paced=30.0)
    if given.quick:
        size = Size(hall=min(given.n, 60), round=32, rounds=1, slice=0.8, paced=6.0, rush=2.0, starts=0)
    wrong = Counter[str]()
    numbers = {}
    for name in DATABASES if given.on == "both" else [given.on]:
        began = time.monotonic()
        found = DATABASES[name](size)
        print(show(name, found), f"\n\nTook {time.monotonic() - began:.0f} s.", flush=True)
        wrong.update(error[:160] for error in found.errors())
        assert found.kept is not None
        if found.kept.lost or found.kept.doubled:
            wrong[f"{name}: acknowledged saves were lost or doubled"] += 1
        numbers[name] = as_json(found)
    if given.json:
        given.json.write_text(json.dumps(numbers, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for error, times in wrong.most_common(10):
        print(f"error ×{times}: {error}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
