"""`flask crm verify` and `show`: a whole world proved, one customer looked at."""

import json

from click.testing import Result
from flask import Flask


def run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["crm", *args])


def test_a_small_world_is_verified(app: Flask) -> None:
    result = run(app, "verify", "--seed", "5", "--size", "700")
    assert (result.exit_code, result.stdout) == (0, "700 customers of seed 5: 0 faults\n")


def test_a_customer_is_shown_by_number_and_by_circumstance(app: Flask) -> None:
    by_name = json.loads(run(app, "show", "vas-reminder-failed", "--pick", "3").stdout)
    by_number = json.loads(run(app, "show", str(by_name["n"])).stdout)
    assert by_name == by_number
    assert by_name["services"][0]["reminder"] == "failed"


def test_who_is_not_there_is_said(app: Flask) -> None:
    unknown = run(app, "show", "700", "--size", "700")
    assert unknown.exit_code == 1 and "there is no customer 700" in unknown.stderr
    nobody = run(app, "show", "nobody")
    assert nobody.exit_code == 1 and "plain" in nobody.stderr
    assert run(app, "verify", "--size", "0").exit_code == 2
