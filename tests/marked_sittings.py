"""Sittings that are over and marked, put straight into the tables: what the statistics look back on."""

import json
import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import count
from typing import Any

from lms.domain import bank
from lms.domain.questions import Answer, Kind, MultipleRule, QuestionBase, parse_question
from lms.domain.values import Language
from lms.models.bank import Blueprint, BlueprintVersion, Question, QuestionKey, QuestionVersion
from lms.models.exams import Attempt, PaperQuestion, Sitting
from lms.models.marking import Result
from lms.models.people import Cohort, Person
from lms.services.bank_files import columns_of
from lms.services.writing import writing
from tests.conftest import MONDAY
from tests.factories import a_person

_numbers = count(1)
PASS_TOTAL = 60


def a_choice(code: str, key: str = "A", *, section: str = "business", options: str = "ABCD", stem: str = "") -> Any:
    """A single choice whose right option is ``key``; with two letters or more a multiple choice."""
    return parse_question(
        {
            "kind": "single" if len(key) == 1 else "multiple",
            "code": code,
            "section": section,
            "topic": "plans",
            "difficulty": 1,
            "rule": "1.1",
            "stem": {"zh": stem or f"{code} 的题干", "en": f"Stem of {code}"},
            "rationale": {"zh": "理由", "en": "reason"},
            "options": [
                {"id": o, "text": {"zh": f"选项{o}", "en": f"option {o}"}, "why": {"zh": "故", "en": "so"}}
                for o in options
            ],
            "key": key if len(key) == 1 else list(key),
        }
    )


def a_case(code: str, points: int = 10) -> Any:
    return parse_question(
        {
            "kind": "written",
            "code": code,
            "section": "case",
            "topic": "complaints",
            "difficulty": 2,
            "rule": "2.1",
            "stem": {"zh": f"{code} 的案情", "en": f"Case {code}"},
            "rationale": {"zh": "理由", "en": "reason"},
            "guide": [
                {
                    "id": "care",
                    "name": {"zh": "安抚", "en": "care"},
                    "points": points,
                    "look_for": {"zh": "看", "en": "look"},
                }
            ],
            "model_answer": {"zh": "答", "en": "answer"},
        }
    )


def in_bank(*contents: QuestionBase) -> dict[str, tuple[Question, QuestionVersion, QuestionKey]]:
    """The questions live in the bank, by code."""
    kept = {}
    with writing(None, MONDAY) as deed:
        for content in contents:
            columns = columns_of(content, bank.digest(content), MONDAY)  # type: ignore[arg-type]
            question = Question(code=content.code, state="live", **columns)
            deed.session.add(question)
            deed.session.flush()
            kept[content.code] = (question, *another_version(deed, question, content, 1))
    return kept


def another_version(deed: Any, question: Question, content: Any, number: int) -> tuple[QuestionVersion, QuestionKey]:
    face, secrets = bank.split(content)
    version = QuestionVersion(
        question_id=question.id, number=number, face=face, digest=bank.digest(content), saved_at=MONDAY
    )
    deed.session.add(version)
    deed.session.flush()
    key = QuestionKey(version_id=version.id, revision=1, body=secrets, saved_at=MONDAY)
    deed.session.add(key)
    question.newest_id = question.live_id = version.id
    deed.session.flush()
    return version, key


def a_sitting(
    title: str = "三月场", blueprint: str = "certification", cohort: str = "批次一", like: Sitting | None = None
) -> Sitting:
    """A sitting by a blueprint of its own, or by that of another sitting."""
    number = next(_numbers)
    body = {
        "code": blueprint,
        "title": {"zh": "认证", "en": "Certification"},
        "minutes": 90,
        "pass_total": PASS_TOTAL,
        "sections": [
            {"section": "business", "weight": 100, "picks": [{"kind": "single", "count": 1, "points": 2}]},
        ],
    }
    with writing(None, MONDAY) as deed:
        plan = Blueprint(code=f"{blueprint}-{number}", digest=f"{number}")
        group = Cohort(code=f"C{number}", name=cohort)
        deed.session.add_all([plan, group])
        deed.session.flush()
        version = BlueprintVersion(blueprint_id=plan.id, number=1, body=body, saved_at=MONDAY)
        deed.session.add(version)
        deed.session.flush()
        plan.newest_id = version.id
        by = like.blueprint_version_id if like else version.id
        sitting = Sitting(
            title=title, blueprint_version_id=by, cohort_id=group.id, opens_at=MONDAY, closes_at=MONDAY,
            minutes=90, feedback={}, seed=1, created_at=MONDAY,
        )  # fmt: skip
        deed.session.add(sitting)
    return sitting


class Sat:
    """One candidate's paper: by code the answer, for a written question its share; None in ``shares``: unmarked."""

    def __init__(self, answers: Mapping[str, Answer], shares: Mapping[str, Fraction | None] | None = None) -> None:
        self.answers = answers
        self.shares = shares or {}


def sit(
    sitting: Sitting,
    known: Mapping[str, tuple[Question, QuestionVersion, QuestionKey]],
    papers: Sequence[Sat],
    *,
    state: str = "marked",
    points: int = 2,
    language: Language = Language.ZH,
    number: str = "",
    people: Sequence[Person] = (),
    attempt_number: int = 1,
) -> list[Attempt]:
    """An attempt a paper, marked by the questions' own keys; results on a scale of 100.

    ``people`` sit (for the ``attempt_number``-th time), by default new ones.
    """
    people = people or [a_person() for _paper in papers]
    attempts = []
    with writing(None, MONDAY) as deed:
        for person, paper in zip(people, papers, strict=True):
            attempt = Attempt(
                sitting_id=sitting.id, person_id=person.id, number=attempt_number,
                candidate_number=number or f"K-{next(_numbers):05d}", language=language.value, seed=1,
                state=state, started_at=MONDAY, deadline=MONDAY, submitted_at=MONDAY,
            )  # fmt: skip
            deed.session.add(attempt)
            deed.session.flush()
            attempts.append(attempt)
            rows = _rows(attempt, known, paper, points)
            deed.session.add_all(rows)
            earned = sum((row.share or Fraction(0)) * row.points for row in rows)
            total = 100 * Fraction(earned) / (sum(row.points for row in rows) or 1)
            deed.session.add(
                Result(
                    attempt_id=attempt.id,
                    revision=1,
                    sections={},
                    total=total,
                    passed=total >= PASS_TOTAL,
                    cause="marking",
                    computed_at=MONDAY,
                )  # fmt: skip
            )
    return attempts


def _rows(attempt: Attempt, known: Mapping[str, Any], paper: Sat, points: int) -> list[PaperQuestion]:
    rows = []
    codes = [*paper.answers, *(code for code in paper.shares if code not in paper.answers)]
    for position, code in enumerate(codes, start=1):
        question, version, key = known[code]
        whole = bank.join(version.face, key.body)
        answer = paper.answers.get(code)
        share = paper.shares[code] if code in paper.shares else whole.share(answer, MultipleRule.HALF)
        rows.append(
            PaperQuestion(
                attempt_id=attempt.id,
                position=position,
                question_id=question.id,
                version_id=version.id,
                section=question.section,
                kind=question.kind,
                points=whole.points if question.kind == Kind.WRITTEN else points,  # type: ignore[union-attr]
                answer=None if answer is None else json.dumps(answer),
                share=share,
                key_id=key.id,
            )  # fmt: skip
        )
    return rows


def simulated(
    contents: Sequence[Any], candidates: int, seed: int, *, wrongly_keyed: str = "", drawn: int | None = None
) -> list[Sat]:
    """Answers of people who know more or less; they pick B as right where a question is ``wrongly_keyed``.

    Each gets ``drawn`` of the questions at random, by default all of them.
    """
    dice = random.Random(seed)
    papers = []
    for _candidate in range(candidates):
        ability = dice.gauss(0, 1)
        mine = contents if drawn is None else sorted(dice.sample(list(contents), drawn), key=contents.index)
        answers: dict[str, Answer] = {}
        shares: dict[str, Fraction | None] = {}
        for content in mine:
            hard = (hash_of(content.code) % 5 - 2) / 2
            knows = dice.random() < 1 / (1 + 2.718 ** -(1.7 * (ability - hard)))
            if content.kind == Kind.WRITTEN:
                shares[content.code] = Fraction(min(10, max(0, round(6 + 2 * ability + dice.gauss(0, 1)))), 10)
                answers[content.code] = "我的作答"
                continue
            right = "B" if content.code == wrongly_keyed else content.key
            wrong = [option for option in content.presented if option not in right]
            if content.kind == Kind.MULTIPLE:
                answers[content.code] = sorted(right) if knows else sorted([right[0], dice.choice(wrong)])
            else:
                answers[content.code] = right if knows else dice.choice([*wrong, None])
        papers.append(Sat(answers, shares))
    return papers


def hash_of(code: str) -> int:
    """The same in every run, as ``hash`` is not."""
    return sum(map(ord, code))
