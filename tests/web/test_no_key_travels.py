"""The key never travels (contract 4): a sentinel in all that is secret reaches no candidate, whatever they ask for.

Nor do other people's names and numbers reach a candidate, nor the candidate's an examiner who marks.
"""

import json
from typing import Any

import pytest
from flask import Flask

from lms.clock import SettableClock
from lms.domain.people import Role
from lms.extensions import db, limiter
from lms.models.exams import Attempt
from lms.models.people import Person
from lms.services import release
from lms.services.marking_desk import submit
from lms.services.marking_queue import take_next
from tests.browser_like import Visitor
from tests.exam_factories import SENTINEL, Exam, an_exam, an_examiner
from tests.factories import a_person
from tests.web.test_doors_matrix import address, door, rules

EXAMINERS_NAME = "Examiner-Nameless"
NEIGHBOURS_NAME = "Neighbour-Nameless"
CANDIDATES_NAME = "Candidate-Nameless"


class Overheard:
    """A visitor all of whose replies are kept: bodies, headers and cookies."""

    def __init__(self, app: Flask, person: Person) -> None:
        self.visitor = Visitor(app)
        self.replies: list[tuple[str, bytes]] = []
        self._person = person
        self.visitor.sign_in(person)

    def get(self, path: str) -> Any:
        return self._keep(path, self.visitor.get(path))

    def post(self, path: str, data: Any = None, **options: Any) -> Any:
        return self._keep(path, self.visitor.post(path, data, **options))

    def _keep(self, path: str, reply: Any) -> Any:
        limiter.reset()
        self.replies.append((path, str(reply.headers).encode() + reply.data))
        return reply

    def everything(self, app: Flask, ids: dict[str, Any]) -> None:
        """Every page of the map whose door is open to this person, whatever is in it."""
        roles = {held.role for held in self._person.roles}
        for rule in rules(app, "GET"):
            allowed = door(app, rule).roles
            if rule.arguments <= set(ids) and (not allowed or roles & allowed):
                self.get(address(app, rule, ids))

    def heard(self, words: str) -> list[str]:
        plain, escaped = words.encode(), json.dumps(words)[1:-1].encode()
        return [path for path, reply in self.replies if plain in reply or escaped in reply]


@pytest.fixture
def exam(app: Flask) -> Exam:
    everything = {"own_answers": True, "comments": True, "topics": True, "sections": True, "total": True}
    return an_exam(feedback=everything)


def sit(app: Flask, exam: Exam, person: Person) -> tuple[Overheard, dict[str, Any]]:
    """From the list of exams to the page after the hand-in, every reply kept."""
    candidate = Overheard(app, person)
    ids: dict[str, Any] = {"sitting_id": exam.sitting.id, "attempt_id": 1}
    candidate.everything(app, ids)
    candidate.post(f"/exams/{exam.sitting.id}/start", {"language": "zh"})
    db.session.rollback()
    attempt_id = ids["attempt_id"] = db.session.query(Attempt.id).filter_by(person_id=person.id).scalar()
    candidate.everything(app, ids)
    epoch = candidate.post(f"/attempts/{attempt_id}/hold", json={}).json["epoch"]
    ops = [
        {"op": f"op-{attempt_id}-{n:04d}", "seq": n, "q": n, "a": "A" if n <= 8 else "my own words", "f": n == 3}
        for n in range(1, 11)
    ]
    assert candidate.post(f"/attempts/{attempt_id}/answers", json={"epoch": epoch, "ops": ops}).status_code == 200
    wrong = [{"op": "op-broken-1", "seq": 99, "q": 1, "a": "Z"}]
    assert candidate.post(f"/attempts/{attempt_id}/answers", json={"epoch": epoch, "ops": wrong}).status_code == 422
    candidate.post(f"/attempts/{attempt_id}/pulse", json={"epoch": epoch, "signals": []})
    candidate.get(f"/attempts/{attempt_id}")
    candidate.post(f"/attempts/{attempt_id}/hand-in")
    candidate.everything(app, ids)
    return candidate, ids


def mark_everything(examiner: Person, at: Any) -> None:
    while (task_id := take_next(examiner.id, None, at)) is not None:
        submit(examiner.id, task_id, {"empathy": 2, "feasible": 3, "compliant": 2}, "well done", 1, at)


def test_no_secret_reaches_a_candidate_before_or_after_release(app: Flask, exam: Exam, clock: SettableClock) -> None:
    candidate, ids = sit(app, exam, exam.a_candidate(CANDIDATES_NAME))
    clock.advance(hours=1)
    mark_everything(an_examiner(EXAMINERS_NAME), clock.now())
    candidate.everything(app, ids)
    release.release(exam.trainer.id, exam.sitting.id, None, clock.now())
    clock.advance(hours=1)
    candidate.everything(app, ids)
    assert "well done" in candidate.get(f"/results/{ids['attempt_id']}").text, "the crawl has reached the result"
    candidate.post(f"/results/{ids['attempt_id']}/appeal", {"reason": "please look again"})
    candidate.everything(app, ids)
    assert candidate.heard("题干"), "the crawl has reached the questions"
    assert not candidate.heard(SENTINEL)


def test_even_right_answers_that_a_sitting_shows_bring_no_guide_with_them(app: Flask, clock: SettableClock) -> None:
    exam = an_exam(feedback={"own_answers": True, "right_answers": True, "comments": True})
    candidate, ids = sit(app, exam, exam.a_candidate())
    clock.advance(hours=1)
    mark_everything(an_examiner(), clock.now())
    release.release(exam.trainer.id, exam.sitting.id, None, clock.now())
    candidate.everything(app, ids)
    assert not candidate.heard(SENTINEL)


def test_no_secret_reaches_a_new_hire_who_is_elsewhere(app: Flask, exam: Exam) -> None:
    """Signed in, of no cohort: every id of the exam, and every page of the map."""
    _sitting, ids = sit(app, exam, exam.a_candidate())
    stranger = Overheard(app, a_person(Role.NEW_HIRE, name="Stranger"))
    stranger.everything(app, ids)
    for path in ("answers", "hold", "pulse"):
        stranger.post(f"/attempts/{ids['attempt_id']}/{path}", json={"epoch": 1, "ops": [], "signals": []})
    assert not stranger.heard(SENTINEL)
    assert not stranger.heard("题干")


def test_other_peoples_names_do_not_reach_a_candidate(app: Flask, exam: Exam, clock: SettableClock) -> None:
    neighbour = exam.a_candidate(NEIGHBOURS_NAME)
    exam.sit(neighbour)
    examiner = an_examiner(EXAMINERS_NAME)
    candidate, ids = sit(app, exam, exam.a_candidate())
    clock.advance(hours=1)
    mark_everything(examiner, clock.now())
    release.release(exam.trainer.id, exam.sitting.id, None, clock.now())
    candidate.everything(app, ids)
    for words in (NEIGHBOURS_NAME, neighbour.number, EXAMINERS_NAME, examiner.number):
        assert not candidate.heard(words), words


def test_the_candidates_name_and_number_do_not_reach_whoever_marks(
    app: Flask, exam: Exam, clock: SettableClock
) -> None:
    person = exam.a_candidate(CANDIDATES_NAME)
    sit(app, exam, person)
    clock.advance(hours=1)
    examiner = Overheard(app, an_examiner())
    task = examiner.post("/marking/next")
    task_id = int(task.headers["Location"].rsplit("/", 1)[-1].split("?")[0])
    ids = {"task_id": task_id, "sitting_id": exam.sitting.id}
    examiner.everything(app, ids)
    draft = {"marks": {"empathy": 2}, "comment": "so far", "version": 1}
    assert examiner.post(f"/marking/tasks/{task_id}/draft", json=draft).status_code == 200
    marks = {"marks-empathy": "2", "marks-feasible": "3", "marks-compliant": "2", "comment": "done", "version": "2"}
    assert examiner.post(f"/marking/tasks/{task_id}/submit", marks).status_code in (302, 303)
    examiner.everything(app, ids)
    assert examiner.heard("my own words"), "the crawl has reached the answer"
    assert examiner.heard(SENTINEL), "the guide stands beside it"
    assert not examiner.heard(CANDIDATES_NAME)
    assert not examiner.heard(person.number)


def test_an_attempt_still_open_tells_a_trainer_no_more_than_who_is_in(app: Flask, exam: Exam) -> None:
    """The keys are the trainers' own; what is typed in the exam is nobody's until it is handed in."""
    person = exam.a_candidate()
    candidate = Overheard(app, person)
    candidate.post(f"/exams/{exam.sitting.id}/start", {"language": "zh"})
    attempt_id = db.session.query(Attempt.id).filter_by(person_id=person.id).scalar()
    epoch = candidate.post(f"/attempts/{attempt_id}/hold", json={}).json["epoch"]
    op = {"op": "op-typed-now", "seq": 1, "q": 9, "a": "still being typed", "f": False}
    candidate.post(f"/attempts/{attempt_id}/answers", json={"epoch": epoch, "ops": [op]})
    trainer = Overheard(app, exam.trainer)
    trainer.everything(app, {"sitting_id": exam.sitting.id, "attempt_id": attempt_id, "person_id": person.id})
    assert not trainer.heard("still being typed")
