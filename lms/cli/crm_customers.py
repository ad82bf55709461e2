"""`flask crm verify` and `show`: look at the simulated CRM's customers, and prove that they obey the rulebook."""

from itertools import chain

import click
from pydantic import TypeAdapter

from lms.cli.content import shipped
from lms.cli.crm import crm
from lms.content.operator import OPERATOR, read_catalogue
from lms.domain.crm.numbers import LARGEST
from lms.domain.crm.records import Customer
from lms.domain.crm.verifying import duplicates, faults
from lms.domain.crm.world import UnknownCircumstance, UnknownCustomer, World
from lms.domain.drills.defaults import WORLD_SEED, WORLD_SIZE

seed_option = click.option(
    "--seed", type=click.IntRange(0), default=WORLD_SEED, show_default=True, help="The world's seed."
)
size_option = click.option(
    "--size", type=click.IntRange(1, LARGEST), default=WORLD_SIZE, show_default=True, help="How many customers."
)
__all__ = ["crm"]  # the group, with these commands hung on it

MOST_SHOWN = 20


@crm.command("verify")
@seed_option
@size_option
def verify(seed: int, size: int) -> None:
    """Check every customer of a world: bills by line, contracts, numbers, and what its circumstance claims.

    The exit code is 1 where a customer is wrong.
    """
    world = _world(seed, size)
    found = list(chain.from_iterable(faults(n, world) for n in range(size)))
    found += duplicates(world)
    for fault in found[:MOST_SHOWN]:
        click.echo(fault)
    if len(found) > MOST_SHOWN:
        click.echo(f"… and {len(found) - MOST_SHOWN} more")
    click.echo(f"{size} customers of seed {seed}: {len(found)} faults")
    if found:
        raise SystemExit(1)


@crm.command("show")
@click.argument("which")
@seed_option
@size_option
@click.option("--pick", type=click.IntRange(0), default=0, show_default=True, help="Which one of the circumstance.")
def show(which: str, seed: int, size: int, pick: int) -> None:
    """Print a customer as JSON. WHICH is its number in the world, or the name of a circumstance."""
    world = _world(seed, size)
    try:
        customer = world.customer(int(which) if which.isdecimal() else world.with_circumstance(which, pick))
    except UnknownCustomer as error:
        raise click.ClickException(f"there is no customer {which}; they are 0 to {size - 1}") from error
    except UnknownCircumstance as error:
        raise click.ClickException(f"{error}; there are: {', '.join(world.circumstances)}") from error
    click.echo(TypeAdapter(Customer).dump_json(customer, indent=2).decode())


def _world(seed: int, size: int) -> World:
    catalogue, problems = read_catalogue(shipped(OPERATOR))
    if catalogue is None:
        raise click.ClickException("\n".join(str(problem) for problem in problems))
    return World(seed, size, catalogue)
