"""Each role's first screen: what to do next, then what waits."""

from typing import Any

from flask import Blueprint, render_template

from lms.domain.people import Role
from lms.services import appeal_watch, audit, call_progress, drill_progress, home, my_exams
from lms.services.sign_in import SignedIn
from lms.web.access import allow, who
from lms.web.exam_words import time_limit
from lms.web.moment import now

page = Blueprint("home", __name__)


@page.get("/")
@allow()
def home_page() -> str:
    return render_template("home/home.html", time_limit=time_limit, **_figures(who()))


def _figures(person: SignedIn) -> dict[str, Any]:
    """Per role what its part of the page shows; None where the person does not hold the role."""
    sittings = my_exams.my_sittings(person, now()) if person.has(Role.NEW_HIRE) else []
    return {
        "step": home.my_next_step(sittings, now()) if person.has(Role.NEW_HIRE) else None,
        "drills": drill_progress.path_step(person.person_id, now()) if person.has(Role.NEW_HIRE) else None,
        "calls": call_progress.path_step(person.person_id, now()) if person.has(Role.NEW_HIRE) else None,
        "sittings": {sitting.sitting_id: sitting for sitting in sittings},
        "trainer": home.trainer_figures(person, now()) if person.has(Role.TRAINER) else None,
        "pending_appeals": appeal_watch.pending(person.person_id, now()) if person.has(Role.TRAINER) else [],
        "keys_in_doubt": appeal_watch.keys_in_doubt() if person.has(Role.TRAINER) else [],
        "examiner": home.examiner_figures(person.person_id, now()) if person.has(Role.EXAMINER) else None,
        "team": home.team_results(person.person_id) if person.has(Role.TEAM_LEADER) else None,
        "people": home.active_people() if person.has(Role.ADMINISTRATOR) else None,
        "newest_entries": audit.entries(limit=5) if person.has(Role.ADMINISTRATOR) else [],
    }
