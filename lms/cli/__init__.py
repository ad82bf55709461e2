"""Commands: one module a feature."""

from flask import Flask

from lms.cli.audit import audit
from lms.cli.content import content
from lms.cli.crm_customers import crm
from lms.cli.drills import drills
from lms.cli.evidence import evidence
from lms.cli.migrations import migrations
from lms.cli.papers import papers
from lms.cli.people import people
from lms.cli.scenarios import scenarios
from lms.cli.serve import serve, worker
from lms.cli.statistics import statistics


def init_app(app: Flask) -> None:
    """Hang every feature's commands on the `flask` command."""
    app.cli.add_command(audit)
    app.cli.add_command(content)
    app.cli.add_command(crm)
    app.cli.add_command(drills)
    app.cli.add_command(evidence)
    app.cli.add_command(migrations)
    app.cli.add_command(papers)
    app.cli.add_command(people)
    app.cli.add_command(scenarios)
    app.cli.add_command(statistics)
    app.cli.add_command(serve)
    app.cli.add_command(worker)
