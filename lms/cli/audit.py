"""`flask audit …`: is the trail whole, and a signed head to keep elsewhere (contract 10)."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from lms.services import audit as service

audit = AppGroup("audit", help="The audit trail: verify its chain, sign its head.")


@audit.command("verify")
@click.option(
    "--head-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Signed heads that were kept outside, one a line, as `audit head` prints them.",
)  # fmt: skip
def verify(head_file: Path | None) -> None:
    """Walk the whole chain. Exit code 1 names the first bad entry, or the kept head that no longer fits."""
    verdict = service.verify()
    faults = [verdict.broken] if verdict.broken else []
    if head_file:
        faults += _misfits(head_file)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise SystemExit(1)
    click.echo(f"{verdict.count} entries, the chain is whole")


def _misfits(head_file: Path) -> list[str]:
    key = current_app.config["SECRET_KEY"]
    found = []
    for number, line in enumerate(head_file.read_text(errors="replace").splitlines(), start=1):
        if line.strip() and (fault := service.check_head_line(key, line)):
            found.append(f"{head_file}:{number}: {fault}")
    return found


@audit.command("head")
def head() -> None:
    """Print the chain's head, signed: time, count, seal, signature. Keep it where nobody of this site can write."""
    click.echo(service.head_line(current_app.config["SECRET_KEY"], current_app.extensions["clock"].now()))
