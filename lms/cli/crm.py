"""`flask crm`: the simulated CRM's worlds."""

import click
from flask import current_app
from flask.cli import AppGroup

from lms.domain.drills.defaults import WORLD_SEED, WORLD_SIZE
from lms.services import crm_worlds

crm = AppGroup("crm", help="The simulated CRM of the operator.")


@crm.command("build")
@click.option("--size", type=click.IntRange(1, 10_000_000), default=WORLD_SIZE, show_default=True, help="customers")
@click.option("--seed", type=click.IntRange(0), default=WORLD_SEED, show_default=True)
def build(size: int, seed: int) -> None:
    """Build the search index of a world; does nothing where it is built."""
    crm_worlds.ensure_world(current_app.extensions["clock"].now(), seed, size)
    click.echo(f"The world {seed} with {size:,} customers is ready.")
