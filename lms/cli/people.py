"""`flask people`: the first administrator of a new site, and a way in again when the last one is locked out."""

import click
from flask import current_app
from flask.cli import AppGroup

from lms.domain.people import BadNumber, Role
from lms.services.people import NumberTaken, PasswordTooWeak, create_person

people = AppGroup("people", help="People of the site.")


@people.command("create-admin")
@click.argument("number")
@click.argument("name")
@click.password_option(help="Asked for when not given; it must be changed at the first sign-in.")
def create_admin(number: str, name: str, password: str) -> None:
    """Create an administrator with employee number NUMBER and name NAME."""
    now = current_app.extensions["clock"].now()
    try:
        create_person(None, now, number=number, name=name, roles=[Role.ADMINISTRATOR], password=password)
    except BadNumber as error:
        raise click.ClickException(f"{number!r} is no employee number: 2–32 letters, digits, dots or dashes") from error
    except NumberTaken as error:
        raise click.ClickException(f"there is already a person {number}") from error
    except PasswordTooWeak as error:
        raise click.ClickException(f"the password is refused: {error.problem} (at least 10 characters)") from error
    click.echo(f"{name} ({number}) may now sign in.")
