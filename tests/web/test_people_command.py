"""`flask people create-admin`: how a new site gets its first administrator."""

from flask import Flask
from sqlalchemy import select

from lms.extensions import db
from lms.models.people import Person
from tests.factories import a_person


def test_the_first_administrator_is_made_from_the_command_line(app: Flask) -> None:
    command = ["people", "create-admin", "1001", "张三", "--password", "long-enough-1"]
    result = app.test_cli_runner().invoke(args=command)
    assert result.exit_code == 0, result.output
    person = db.session.execute(select(Person).where(Person.number == "1001")).scalar_one()
    assert person.has("administrator")
    assert person.must_change_password


def test_a_taken_number_or_a_weak_password_is_named(app: Flask) -> None:
    a_person(number="1001")
    runner = app.test_cli_runner()
    taken = runner.invoke(args=["people", "create-admin", "1001", "张三", "--password", "long-enough-1"])
    weak = runner.invoke(args=["people", "create-admin", "1002", "张三", "--password", "short"])
    assert (taken.exit_code, weak.exit_code) == (1, 1)
    assert "already a person 1001" in taken.output
    assert "short" in weak.output
