"""Invented exams: a small bank with sentinels in all that is secret, a sitting, people, and attempts handed in.

Papers are drawn, answered and handed in by the services that the product uses itself.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lms.domain import bank
from lms.domain.blueprints import Blueprint as Plan
from lms.domain.people import Role
from lms.domain.questions import parse_question
from lms.domain.values import Language
from lms.extensions import db
from lms.models.bank import Blueprint, BlueprintVersion, Question, QuestionKey, QuestionVersion, Topic
from lms.models.exams import Attempt, PaperQuestion, Save, Sitting
from lms.models.people import TRAINEE, TRAINER, Cohort, CohortMember, Person, SignIn
from lms.services import attempts, hand_in, key_shelf, paper_shelf, sitting_papers
from lms.services.sign_in import SignedIn
from lms.services.writing import writing
from tests.conftest import MONDAY
from tests.factories import a_person

SENTINEL = "机密哨兵"  # stands in every key, rationale and guide; a candidate must never receive it


def _both(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def single(code: str, section: str, key: str = "A") -> dict[str, Any]:
    options = [{"id": i, "text": _both(f"选项{i}"), "why": _both(f"{SENTINEL}为何{i}")} for i in "ABC"]
    return {
        "code": code, "kind": "single", "section": section, "topic": f"{section}-topic", "difficulty": 1,
        "rule": f"{SENTINEL}规则", "stem": _both(f"题干{code}"), "rationale": _both(f"{SENTINEL}理由"),
        "options": options, "key": key,
    }  # fmt: skip


def written(code: str) -> dict[str, Any]:
    def criterion(id_: str, name: str, points: int) -> dict[str, Any]:
        return {"id": id_, "name": _both(name), "points": points, "look_for": _both(f"{SENTINEL}看点{id_}")}

    return {
        "code": code, "kind": "written", "section": "case", "topic": "case-topic", "difficulty": 2,
        "rule": f"{SENTINEL}规则", "stem": _both(f"案例{code}"), "rationale": _both(f"{SENTINEL}理由"),
        "guide": [
            criterion("empathy", "共情", 3), criterion("feasible", "方案可行", 4), criterion("compliant", "合规", 3),
        ],
        "model_answer": _both(f"{SENTINEL}范文"),
    }  # fmt: skip


def plan(
    *, written_count: int = 2, double_share: str = "0", near_pass: int = 0, certification: bool = False
) -> dict[str, Any]:
    """Business 40 (4 × 2), compliance 30 (2 × 3, pass 24), case 30 (2 × 5 and ``written_count`` × 10); pass 80."""
    case = [{"kind": "single", "count": 2, "points": 5}]
    if written_count:
        case.append({"kind": "written", "count": written_count, "points": 10})
    return {
        "code": "small", "title": _both("小测"), "minutes": 60, "pass_total": 80, "exposure_cap": "1",
        "certification": certification,
        "shuffle_questions": False,
        "marking": {"double_share": double_share, "near_pass": near_pass, "tolerance": 2},
        "sections": [
            {"section": "business", "weight": 40, "picks": [{"kind": "single", "count": 4, "points": 2}]},
            {"section": "compliance", "weight": 30, "pass_points": 24,
             "picks": [{"kind": "single", "count": 2, "points": 3}]},
            {"section": "case", "weight": 30, "picks": case},
        ],
    }  # fmt: skip


@dataclass
class Exam:
    """One sitting with its cohort's trainer; ``sit`` sends a candidate through it."""

    sitting: Sitting
    cohort: Cohort
    trainer: Person
    candidates: list[Person] = field(default_factory=list)

    def a_candidate(self, name: str = "应考人", leader: Person | None = None) -> Person:
        person = a_person(Role.NEW_HIRE, name=name, leader=leader)
        join(self.cohort, person, TRAINEE)
        self.candidates.append(person)
        return person

    def sit(
        self,
        person: Person | None = None,
        *,
        wrong: int = 0,
        wrong_compliance: int = 0,
        cases: tuple[str, ...] = ("我先安抚客户。", "我先核实情况。"),
        at: datetime = MONDAY,
    ) -> Attempt:
        """An attempt handed in: all singles right but ``wrong`` of business (BUS-0 first), ``cases`` as written."""
        who = signed_in(person or self.a_candidate())
        attempt_id = attempts.start(who, self.sitting.id, Language.ZH, at)
        paper = paper_shelf.any_paper(attempt_id)
        assert paper is not None
        texts = list(cases)
        values: dict[int, Any] = {}
        miss = {"business": wrong, "compliance": wrong_compliance}
        objective = sorted((q for q in paper.questions if q.kind != "written"), key=lambda q: q.version_id)
        for question in [*objective, *(q for q in paper.questions if q.kind == "written")]:
            if question.kind == "written":
                text = texts.pop(0) if texts else ""
                values[question.position] = text or None
                continue
            right = miss.get(question.section, 0) <= 0
            miss[question.section] = miss.get(question.section, 0) - 1
            values[question.position] = question.letters[question.order.index("A" if right else "B")]
        save_answers(attempt_id, values, at)
        hand_in.hand_in(attempt_id, by="candidate", actor_id=who.person_id, now=at + timedelta(minutes=30))
        return db.session.get_one(Attempt, attempt_id, populate_existing=True)


def save_answers(attempt_id: int, values: Mapping[int, Any], at: datetime) -> None:
    with writing(None, at) as deed:
        for position, value in values.items():
            row = Save(
                attempt_id=attempt_id, position=position, epoch=1, seq=position, op_id=f"invented-{position}",
                value=json.dumps({"a": value, "f": False}, ensure_ascii=False, separators=(",", ":")), saved_at=at,
            )  # fmt: skip
            deed.session.add(row)


def signed_in(person: Person) -> SignedIn:
    """The person as a signed-in browser, without the password's cost."""
    with writing(person.id, MONDAY) as deed:
        row = SignIn(person_id=person.id, token_hash=f"{person.id}-{deed.session.query(SignIn).count()}",
                     created_at=MONDAY, address="", device="")  # fmt: skip
        deed.session.add(row)
    roles = frozenset(Role(held.role) for held in person.roles)
    return SignedIn(row.id, person.id, person.number, person.name, None, True, False, roles, None)


def join(cohort: Cohort, person: Person, part: str) -> None:
    with writing(None, MONDAY) as deed:
        deed.session.add(CohortMember(cohort_id=cohort.id, person_id=person.id, part=part))


def a_bank(questions: list[dict[str, Any]]) -> None:
    with writing(None, MONDAY) as deed:
        for section in ("business", "compliance", "case"):
            deed.session.add(Topic(code=f"{section}-topic", section=section, title=_both(f"{section}主题")))
        for data in questions:
            content = parse_question(data)
            face, secrets = bank.split(content)
            question = Question(
                code=content.code, state="live", kind=content.kind.value, section=content.section.value,
                topic=content.topic, difficulty=content.difficulty, languages="en zh", rule=content.rule,
                title=bank.title(content), search=bank.search_text(content), digest=bank.digest(content),
                loaded_digest=None, updated_at=MONDAY,
            )  # fmt: skip
            deed.session.add(question)
            deed.session.flush()
            version = QuestionVersion(
                question_id=question.id, number=1, face=face, digest=question.digest, saved_at=MONDAY
            )
            deed.session.add(version)
            deed.session.flush()
            deed.session.add(QuestionKey(version_id=version.id, revision=1, body=secrets, saved_at=MONDAY))
            question.newest_id = question.live_id = version.id


def an_exam(
    *, written_count: int = 2, double_share: str = "0", near_pass: int = 0, certification: bool = False,
    feedback: dict[str, Any] | None = None,
) -> Exam:  # fmt: skip
    """A bank, a blueprint, a cohort with its trainer, and a sitting that is open all of MONDAY."""
    sitting_papers.forget()
    paper_shelf.forget()
    key_shelf.forget()
    questions = [single(f"BUS-{n}", "business") for n in range(4)]
    questions += [single(f"COM-{n}", "compliance") for n in range(2)]
    questions += [single(f"CAS-{n}", "case") for n in range(2)] + [written(f"WRI-{n}") for n in range(2)]
    a_bank(questions)
    trainer = a_person(Role.TRAINER, name="本批培训师")
    body = Plan.model_validate(
        plan(
            written_count=written_count, double_share=double_share, near_pass=near_pass, certification=certification
        )
    )  # fmt: skip
    with writing(None, MONDAY) as deed:
        blueprint = Blueprint(code=body.code, digest="")
        cohort = Cohort(code="c1", name="三月批次")
        deed.session.add_all([blueprint, cohort])
        deed.session.flush()
        version = BlueprintVersion(
            blueprint_id=blueprint.id, number=1, body=body.model_dump(mode="json"), saved_at=MONDAY
        )
        deed.session.add(version)
        deed.session.flush()
        sitting = Sitting(
            title="三月上岗考试", blueprint_version_id=version.id, cohort_id=cohort.id, opens_at=MONDAY,
            closes_at=MONDAY + timedelta(hours=8), minutes=60, feedback=feedback or {}, seed=7, created_at=MONDAY,
        )  # fmt: skip
        deed.session.add(sitting)
    join(cohort, trainer, TRAINER)
    return Exam(sitting, cohort, trainer)


def an_examiner(name: str = "考官") -> Person:
    return a_person(Role.EXAMINER, name=name)


def shares_of(attempt_id: int) -> dict[int, Any]:
    rows = db.session.query(PaperQuestion.position, PaperQuestion.share).filter_by(attempt_id=attempt_id)
    return {row[0]: row[1] for row in rows}


