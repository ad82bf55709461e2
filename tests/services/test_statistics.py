"""Statistics of sittings, on a real database, beside figures worked out by hand in another way."""

import random
import re
from collections.abc import Sequence
from fractions import Fraction
from math import sqrt
from pathlib import Path
from statistics import mean, variance
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from lms.content.responses import load_responses
from lms.domain.attempts import AttemptState
from lms.domain.questions import Kind, MultipleRule
from lms.domain.statistics import Flag, Marks, exam_statistics, item_statistics
from lms.domain.values import Language
from lms.extensions import db
from lms.models.bank import QuestionKey
from lms.models.exams import Attempt, PaperQuestion
from lms.models.marking import Result
from lms.services import statistics
from lms.services.item_statistics import NoSuchItem, item_report
from lms.services.mark_tables import Scope, mark_table
from lms.services.statistics import Report, report
from lms.services.statistics_export import file_of, mark_rows
from lms.services.writing import writing
from tests.conftest import MONDAY
from tests.factories import a_person
from tests.marked_sittings import Sat, a_case, a_choice, a_sitting, another_version, in_bank, simulated, sit

CODES = [f"BUS-{n:03d}" for n in range(1, 9)]
WRONG = "BUS-004"


def contents() -> list[Any]:
    questions = [a_choice(code, "AC" if code == "BUS-008" else "A") for code in CODES]
    return [*questions, a_case("CAS-001"), a_case("CAS-002")]


def only(sitting_id: int) -> Scope:
    return Scope(sitting_ids=(sitting_id,))


def simulated_sitting(
    candidates: int = 60, seed: int = 5, drawn: int | None = None
) -> tuple[int, list[Any], list[Sat]]:
    questions = contents()
    papers = simulated(questions, candidates, seed, wrongly_keyed=WRONG, drawn=drawn)
    sitting = a_sitting()
    sit(sitting, in_bank(*questions), papers)
    return sitting.id, questions, papers


def matrix(questions: Sequence[Any], papers: Sequence[Sat]) -> list[list[Fraction | None]]:
    """Candidates × questions in marks, from what was answered and not from the tables."""
    rows = []
    for paper in papers:
        row: list[Fraction | None] = []
        for question in questions:
            if question.code in paper.shares:
                share = paper.shares[question.code]
                row.append(None if share is None else share * 10)
            elif question.code in paper.answers:
                row.append(question.share(paper.answers[question.code], MultipleRule.HALF) * 2)
            else:
                row.append(None)
        rows.append(row)
    return rows


@pytest.mark.parametrize("drawn", [None, 6])
def test_the_figures_are_the_domains_on_the_same_marks(app: Flask, drawn: int | None) -> None:
    sitting, questions, papers = simulated_sitting(drawn=drawn)
    rows = tuple(tuple(row) for row in matrix(questions, papers))
    maxima = tuple(Fraction(10 if question.kind == Kind.WRITTEN else 2) for question in questions)
    marks = Marks(tuple(question.code for question in questions), maxima, rows)
    found, table = report(only(sitting)), mark_table(only(sitting))
    assert table.marks == marks
    assert found.exam == exam_statistics(marks)
    assert [line.figures for line in found.lines] == list(item_statistics(marks, table.picks))


def test_the_figures_are_those_of_sums_done_the_long_way(app: Flask) -> None:
    sitting, questions, papers = simulated_sitting()
    rows = [[float(mark or 0) for mark in row] for row in matrix(questions, papers)]
    totals = [sum(row) for row in rows]
    found = report(only(sitting))
    columns = list(zip(*rows, strict=True))
    for line, column in zip(found.lines, columns, strict=True):
        rest = [total - mark for total, mark in zip(totals, column, strict=True)]
        most = covariance(sorted(column), sorted(rest))
        figures = line.figures
        assert figures.facility == pytest.approx(100 * mean(column) / (10 if line.item.kind == "written" else 2))
        assert figures.sd == pytest.approx(sqrt(variance(column)))
        together = covariance(column, rest)
        assert figures.discrimination_index == pytest.approx(100 * together / sqrt(variance(column) * variance(rest)))
        assert figures.discriminative_efficiency == pytest.approx(100 * together / most)
    k = len(columns)
    alpha = k / (k - 1) * (1 - sum(variance(column) for column in columns) / variance(totals))
    assert found.exam.cic == pytest.approx(100 * alpha)
    assert found.exam.mean == pytest.approx(mean(totals))
    assert found.exam.standard_error == pytest.approx(sqrt(1 - alpha) * sqrt(variance(totals)))


def covariance(xs: Sequence[float], ys: Sequence[float]) -> float:
    mean_x, mean_y = mean(xs), mean(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / (len(xs) - 1)


def test_a_wrong_key_is_flagged_and_no_other(app: Flask) -> None:
    sitting, _questions, _papers = simulated_sitting()
    suspects = [line.item.code for line in report(only(sitting)).lines if Flag.LIKELY_WRONG_KEY in line.figures.flags]
    assert suspects == [WRONG]


def test_the_option_table_counts_what_was_chosen_the_blanks_too(app: Flask) -> None:
    sitting, _questions, papers = simulated_sitting()
    (table,) = item_report("BUS-001", only(sitting)).options
    chosen = [paper.answers["BUS-001"] for paper in papers]
    assert {use.option: use.count for use in table.uses} == {o: chosen.count(o) for o in ("A", "B", "C", "D", None)}
    assert [use.option for use in table.uses if use.is_key] == ["A"]
    assert sum(use.share for use in table.uses) == pytest.approx(100)
    assert table.texts["B"] == {"zh": "选项B", "en": "option B"}


def test_marked_and_released_attempts_count_and_no_others(app: Flask) -> None:
    known = in_bank(a_choice("BUS-001"), a_choice("BUS-002"))
    sitting = a_sitting()
    for state in AttemptState:
        sit(sitting, known, [Sat({"BUS-001": "A", "BUS-002": "B"})], state=state.value)
    found = report(only(sitting.id))
    assert (found.exam.n, found.outcomes.n, found.waiting) == (2, 2, 2)
    assert {line.figures.n for line in found.lines} == {2}


RIGHT, WRONG_ANSWER = Sat({"BUS-001": "A", "BUS-002": "A"}), Sat({"BUS-001": "B", "BUS-002": "A"})


def test_who_sat_twice_counts_once_by_the_first_attempt_or_twice_if_asked(app: Flask) -> None:
    known = in_bank(a_choice("BUS-001"), a_choice("BUS-002"))
    sitting, people = a_sitting(), [a_person() for _ in range(3)]
    sit(sitting, known, [WRONG_ANSWER] * 3, people=people)
    sit(sitting, known, [RIGHT] * 3, people=people, attempt_number=2)
    first, every = report(only(sitting.id)), report(Scope((sitting.id,), every_attempt=True))
    assert (first.exam.n, first.people, first.outcomes.n, first.outcomes.passed) == (3, 3, 3, 0)
    assert [line.figures.facility for line in first.lines] == [0, 100]
    assert (every.exam.n, every.people, every.outcomes.n, every.outcomes.passed) == (6, 3, 6, 3)
    assert [line.figures.facility for line in every.lines] == [50, 100]
    assert [one.n for one in item_report("BUS-001", only(sitting.id)).by_sitting] == [3]
    assert [one.n for one in item_report("BUS-001", Scope(every_attempt=True)).by_sitting] == [6]
    (line,), _pages = statistics.overview(1)
    assert (line.marked, line.outcomes) == (6, first.outcomes)
    assert statistics.overview(1, every_attempt=True)[0][0].outcomes == every.outcomes


def test_the_second_attempt_counts_where_the_first_is_void_and_waits_where_it_is_not_marked(app: Flask) -> None:
    known = in_bank(a_choice("BUS-001"), a_choice("BUS-002"))
    for state, counted, waiting in (("void", 1, 0), ("marking", 0, 1)):
        sitting, person = a_sitting(), a_person()
        sit(sitting, known, [WRONG_ANSWER], people=[person], state=state)
        sit(sitting, known, [RIGHT], people=[person], attempt_number=2)
        found = report(only(sitting.id))
        assert (found.exam.n, found.outcomes.passed, found.waiting) == (counted, counted, waiting), state


def test_first_attempts_are_those_of_the_sitting_of_the_blueprint_and_of_each_exam(app: Flask) -> None:
    known = in_bank(a_choice("BUS-001"), a_choice("BUS-002"))
    first, other, person = a_sitting("一"), a_sitting("另一考试"), a_person()
    again = a_sitting("二", like=first)
    for sitting in (first, again, other):
        sit(sitting, known, [RIGHT], people=[person])
    assert [report(only(sitting.id)).exam.n for sitting in (first, again, other)] == [1, 1, 1]
    blueprint = next(id_ for id_, _code in statistics.blueprints_sat())
    assert mark_table(Scope(blueprint_id=blueprint)).candidates[0].sitting_id == first.id
    assert report(Scope(blueprint_id=blueprint)).exam.n == 1
    everything = report(Scope())
    assert (everything.exam.n, everything.people) == (2, 1), "two exams that one person sat"
    assert report(Scope(every_attempt=True)).exam.n == 3
    assert [one.n for one in item_report("BUS-001", Scope()).by_sitting] == [1, 1, 1], "each sitting as on its page"


def test_a_question_without_its_mark_counts_as_not_given(app: Flask) -> None:
    known = in_bank(a_choice("BUS-001"), a_case("CAS-001"))
    sitting = a_sitting()
    papers = [
        Sat({"BUS-001": "A", "CAS-001": "答"}, {"CAS-001": share}) for share in (None, Fraction(1, 2), Fraction(1))
    ]
    sit(sitting, known, papers)
    found = report(only(sitting.id))
    assert [(line.item.code, line.figures.n) for line in found.lines] == [("BUS-001", 3), ("CAS-001", 2)]
    assert found.exam.mean == pytest.approx((2 + 7 + 12) / 3)


def test_over_all_sittings_and_languages_a_question_is_one(app: Flask) -> None:
    known = in_bank(a_choice("BUS-001"), a_choice("BUS-002"))
    first, second = a_sitting("一"), a_sitting("二")
    sit(first, known, [Sat({"BUS-001": "A", "BUS-002": "B"})] * 2)
    sit(second, known, [Sat({"BUS-001": "B", "BUS-002": "B"})] * 2, language=Language.EN)
    (line, other) = report(Scope()).lines
    assert (line.figures.n, line.figures.facility, other.figures.facility) == (4, 50, 0)
    facilities = item_report("BUS-001", Scope()).by_sitting
    assert [(one.title, one.n, one.facility) for one in facilities] == [("一", 2, 100), ("二", 2, 0)]


def test_a_question_worth_more_elsewhere_is_counted_on_the_larger_scale(app: Flask) -> None:
    known = in_bank(a_choice("BUS-001"))
    sitting = a_sitting()
    sit(sitting, known, [Sat({"BUS-001": "A"})], points=2)
    sit(a_sitting(), known, [Sat({"BUS-001": "A"}), Sat({"BUS-001": "B"})], points=3)
    assert mark_table(Scope()).marks.rows == ((Fraction(3),), (Fraction(3),), (Fraction(0),))
    assert mark_table(only(sitting.id)).marks.maxima == (Fraction(2),)


def test_versions_have_option_tables_of_their_own_by_the_key_that_decided(app: Flask) -> None:
    known = in_bank(a_choice("BUS-001", "A"), a_choice("BUS-002"))
    sitting = a_sitting()
    sit(sitting, known, [Sat({"BUS-001": "A", "BUS-002": "A"}), Sat({"BUS-001": "B", "BUS-002": "B"})])
    question = known["BUS-001"][0]
    with writing(None, MONDAY) as deed:
        newer = another_version(deed, question, a_choice("BUS-001", "B", options="ABCDE"), 2)
    sit(sitting, {**known, "BUS-001": (question, *newer)}, [Sat({"BUS-001": "E", "BUS-002": "A"})])
    second, first = item_report("BUS-001", Scope()).options
    assert [(use.option, use.is_key, use.count) for use in second.uses if use.count] == [("E", False, 1)]
    assert [use.option for use in second.uses if use.is_key] == ["B"]
    assert [(use.option, use.is_key) for use in first.uses if use.count] == [("A", True), ("B", False)]
    assert "BUS-001" not in mark_table(Scope()).picks  # two keys: no flag is raised by one against the other


def test_a_regraded_paper_is_judged_by_its_new_key(app: Flask) -> None:
    known = in_bank(a_choice("BUS-001", "A"))
    sitting = a_sitting()
    (attempt,) = sit(sitting, known, [Sat({"BUS-001": "B"})])
    with writing(None, MONDAY) as deed:
        key = known["BUS-001"][2]
        mended = QuestionKey(
            version_id=key.version_id, revision=2, body={**key.body, "key": "B"}, saved_at=MONDAY
        )  # fmt: skip
        deed.session.add(mended)
        deed.session.flush()
        row = deed.session.get_one(PaperQuestion, (attempt.id, 1))
        row.key_id, row.share = mended.id, Fraction(1)
        deed.session.add(
            Result(
                attempt_id=attempt.id,
                revision=2,
                sections={},
                total=Fraction(100),
                passed=True,
                cause="regrade",
                computed_at=MONDAY,
            )  # fmt: skip
        )
    found = report(only(sitting.id))
    assert (found.outcomes.totals, found.outcomes.passed, found.lines[0].figures.facility) == ((Fraction(100),), 1, 100)
    (table,) = item_report("BUS-001", only(sitting.id)).options
    assert [use.option for use in table.uses if use.is_key] == ["B"]


def test_an_empty_scope_and_one_candidate_have_no_figures_and_raise_nothing(app: Flask) -> None:
    empty = report(only(a_sitting().id))
    assert (empty.exam.n, empty.lines, empty.outcomes.mean, empty.highest) == (0, (), None, None)
    sitting = a_sitting()
    sit(sitting, in_bank(a_choice("BUS-001")), [Sat({"BUS-001": "A"})])
    single = report(only(sitting.id))
    assert (single.exam.n, single.exam.sd, single.highest) == (1, None, Fraction(2))
    assert Flag.FEW_CANDIDATES in single.lines[0].figures.flags


def test_the_overview_tells_each_sittings_figures(app: Flask) -> None:
    known = in_bank(*contents())
    first, second, nobody = a_sitting("一"), a_sitting("二"), a_sitting("三")
    sit(first, known, simulated(contents(), 40, 3))
    sit(second, known, simulated(contents(), 12, 4, drawn=5))
    lines, pages = statistics.overview(1)
    assert (pages, {line.id for line in lines}) == (1, {first.id, second.id})
    assert nobody.id not in {line.id for line in lines}
    line = next(line for line in lines if line.id == first.id)
    alone: Report = report(only(first.id))
    assert (line.marked, line.waiting, line.outcomes) == (40, 0, alone.outcomes)
    assert line.reliability == pytest.approx(alone.exam.cic)
    assert statistics.overview(2) == ([], 1)


@pytest.mark.parametrize("drawn", [None, 5])
def test_exported_marks_give_the_same_figures_from_the_file(app: Flask, tmp_path: Path, drawn: int | None) -> None:
    sitting, _questions, _papers = simulated_sitting(25, drawn=drawn)
    thirds(sitting)
    table = mark_table(only(sitting))
    path = tmp_path / "marks.csv"
    path.write_bytes(file_of(mark_rows(table), "csv", "marks"))
    cells = path.read_text("utf-8-sig").replace("\n", ",").split(",")
    assert any("/" in cell for cell in cells), "thirds are written exactly"
    assert not [cell for cell in cells if re.fullmatch(r"\d+/\d+", cell)], "a spreadsheet takes 4/3 for a day"
    read = load_responses(path)
    assert read.marks == table.marks
    assert read.candidates == tuple(candidate.number for candidate in table.candidates)
    assert item_statistics(read.marks) == item_statistics(table.marks)
    assert exam_statistics(read.marks) == exam_statistics(table.marks)


def thirds(sitting_id: int) -> None:
    """Put marks into the tables that no decimal holds exactly."""
    dice = random.Random(2)
    with writing(None, MONDAY) as deed:
        attempts = deed.session.query(Attempt.id).filter_by(sitting_id=sitting_id)
        rows = deed.session.query(PaperQuestion).filter(PaperQuestion.attempt_id.in_(attempts))
        for row in rows:
            if dice.random() < 0.3:
                row.share = Fraction(dice.randint(0, 7), 7)


def test_the_number_of_statements_does_not_grow_with_the_candidates(app: Flask) -> None:
    counted = [statements_of_a_report(candidates) for candidates in (3, 40)]
    assert counted[0] == counted[1] <= 6


def statements_of_a_report(candidates: int) -> int:
    questions = [a_choice(f"N{candidates}-{n}") for n in range(5)]
    sitting = a_sitting()
    sit(sitting, in_bank(*questions), simulated(questions, candidates, 1))
    seen: list[str] = []

    def listen(*event_arguments: Any) -> None:
        seen.append(event_arguments[2])

    event.listen(db.engine, "before_cursor_execute", listen)
    report(only(sitting.id))
    event.remove(db.engine, "before_cursor_execute", listen)
    return sum(statement.startswith("SELECT") for statement in seen)


def test_an_unknown_question_is_said_to_be_unknown(app: Flask) -> None:
    with pytest.raises(NoSuchItem):
        item_report("NO-SUCH", Scope())
