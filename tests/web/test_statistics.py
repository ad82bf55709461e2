"""The pages of statistics through real requests."""

import csv
import io
import json
import re
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from flask import Flask

from lms.cli.statistics import statistics as command
from lms.domain.people import Role
from lms.domain.statistics import Flag
from lms.extensions import db
from lms.models.bank import Question, Topic
from lms.services.mark_tables import Scope
from lms.services.statistics import ItemLine, report
from lms.services.writing import writing
from lms.web.charts import bars, scatter
from lms.web.statistics import in_order
from lms.web.statistics_words import tone_of
from tests.browser_like import Visitor
from tests.conftest import MONDAY
from tests.factories import a_person
from tests.marked_sittings import Sat, a_case, a_choice, a_sitting, in_bank, simulated, sit


@pytest.fixture
def trainer(visitor: Visitor) -> Visitor:
    return visitor.sign_in(a_person(Role.TRAINER))


def a_marked_sitting(candidates: int = 40, title: str = "三月场") -> int:
    questions = [*(a_choice(f"BUS-{n:03d}") for n in range(1, 9)), a_case("CAS-001")]
    sitting = a_sitting(title)
    sit(sitting, in_bank(*questions), simulated(questions, candidates, 5, wrongly_keyed="BUS-004"))
    return sitting.id


def addresses(sitting: int) -> list[str]:
    return [
        "/statistics",
        "/statistics/questions",
        "/statistics/questions/BUS-001",
        "/statistics/questions/items.csv",
        "/statistics/questions/marks.xlsx",
        f"/sittings/{sitting}/statistics",
        f"/sittings/{sitting}/statistics/BUS-001",
        f"/sittings/{sitting}/statistics/items.xlsx",
        f"/sittings/{sitting}/statistics/marks.csv",
    ]


def test_a_trainer_may_see_every_page_and_nobody_else_any(app: Flask) -> None:
    sitting = a_marked_sitting(4)
    for role in Role:
        visitor = Visitor(app).sign_in(a_person(role))
        codes = {visitor.get(address).status_code for address in addresses(sitting)}
        assert codes == {200 if role is Role.TRAINER else 403}, role
    assert {Visitor(app).get(address).status_code for address in addresses(sitting)} == {302}


@pytest.mark.parametrize(
    "address",
    [
        "/sittings/999/statistics",
        "/sittings/99999999999999999999/statistics",
        "/sittings/999/statistics/BUS-001",
        "/sittings/999/statistics/marks.csv",
        "/sittings/1/statistics/marks.pdf",
        "/statistics/questions/NO-SUCH",
    ],
)
def test_what_is_not_there_is_not_found(trainer: Visitor, address: str) -> None:
    assert trainer.get(address).status_code == 404


def test_the_wrong_key_is_named_with_advice(trainer: Visitor) -> None:
    sitting = a_marked_sitting(60)
    text = trainer.get(f"/sittings/{sitting}/statistics").text
    rows = re.findall(r"<tr>.*?</tr>", text, flags=re.S)
    named = [row for row in rows if "可能答案有误" in row]
    assert len(named) == 1
    assert "BUS-004" in named[0]
    item = trainer.get(f"/sittings/{sitting}/statistics/BUS-004").text
    assert "请复核标准答案" in item
    assert 'href="/bank/BUS-004"' in item
    assert "BUS-004 的题干" in item


def test_a_case_that_the_strong_fail_has_other_advice_than_a_key(trainer: Visitor) -> None:
    questions = [*(a_choice(f"BUS-{n:03d}") for n in range(1, 9)), a_case("CAS-001")]
    sitting, papers = a_sitting(), simulated(questions, 40, 5)
    for paper in papers:
        paper.shares = {"CAS-001": 1 - (paper.shares["CAS-001"] or Fraction(0))}
    sit(sitting, in_bank(*questions), papers)
    page = f"/sittings/{sitting.id}/statistics"
    row = next(row for row in re.findall(r"<tr>.*?</tr>", trainer.get(page).text, flags=re.S) if "CAS-001" in row)
    item, file = trainer.get(f"{page}/CAS-001").text, trainer.get(f"{page}/items.csv").data.decode("utf-8-sig")
    assert "强者得分反而低" in row and "请复核评分标准与评分一致性" in item
    for text in (row, item, file):
        assert "可能答案有误" not in text and "选项" not in text.replace("单选题", "")
    assert "强者得分反而低" in file


def test_the_item_file_names_topics_as_people_do(trainer: Visitor) -> None:
    sitting = a_marked_sitting(3)
    with writing(None, MONDAY) as deed:
        deed.session.add(Topic(code="plans", section="business", title={"zh": "套餐与资费", "en": "Plans"}))
    file = trainer.get(f"/sittings/{sitting}/statistics/items.csv").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert {row["主题"] for row in rows} == {"套餐与资费", "complaints"}, "a code stands where no title is known"


def test_only_the_questions_that_need_a_look_are_left_by_the_filter(trainer: Visitor) -> None:
    sitting = a_marked_sitting(60)
    shown = trainer.get(f"/sittings/{sitting}/statistics?flagged=1&sort=code").text
    flagged = {
        line.item.code
        for line in report(Scope(sitting_ids=(sitting,))).lines
        if set(line.figures.flags) - {Flag.FEW_CANDIDATES}
    }
    assert set(re.findall(rf'href="/sittings/{sitting}/statistics/([A-Z]+-\d+)"', shown)) == flagged
    assert "BUS-004" in flagged


@pytest.mark.parametrize("candidates", [0, 1, 2])
def test_hardly_anybody_makes_pages_that_say_so(trainer: Visitor, candidates: int) -> None:
    sitting = a_marked_sitting(candidates)
    for address in addresses(sitting):
        assert trainer.get(address).status_code == 200, address
    text = trainer.get(f"/sittings/{sitting}/statistics").text
    assert ("还没有可统计的答卷" in text) is (candidates == 0)
    assert ("不足 30 份" in text) is (candidates > 0)


@pytest.mark.parametrize("candidates", [1, 2, 29])
def test_among_few_people_nothing_is_judged_that_needs_more(trainer: Visitor, candidates: int) -> None:
    """All are right on one question and wrong on another, and the totals contradict each other."""
    easy, hard, *others = (a_choice(f"BUS-{n:03d}") for n in range(1, 5))
    known, sitting = in_bank(easy, hard, *others), a_sitting()
    sat = [Sat({"BUS-001": "A", "BUS-002": None, "BUS-003": "AB"[n % 2], "BUS-004": "BBA"[n % 3]}, {})
           for n in range(candidates)]  # fmt: skip
    sit(sitting, known, sat)
    address = f"/sittings/{sitting.id}/statistics"
    text = trainer.get(address).text
    assert "4 道，0 道需要留意" in text
    assert not re.search(r'class="flags">\s*<span', text), "no row carries a flag where the heading says none does"
    assert "还没有意义" in text and "请先复核标准答案" not in text and "需处理" not in text
    assert "多数人答错" not in trainer.get(f"{address}/BUS-002").text
    assert re.search(r'<td class="is-number">—</td>\s*</tr>', trainer.get("/statistics").text)


def test_reliability_is_judged_among_enough_people(trainer: Visitor) -> None:
    sitting = a_marked_sitting(30)
    assert "还没有意义" not in trainer.get(f"/sittings/{sitting}/statistics").text
    assert not re.search(r'<td class="is-number">—</td>\s*</tr>', trainer.get("/statistics").text)


def test_only_a_lack_of_people_is_quiet() -> None:
    assert [tone_of(flag) for flag in (Flag.LIKELY_WRONG_KEY, Flag.TOO_HARD, Flag.FEW_CANDIDATES)] == [
        "bad", "soon", "quiet",
    ]  # fmt: skip


def test_unfinished_marking_is_said(trainer: Visitor) -> None:
    sitting = a_sitting()
    known = in_bank(a_choice("BUS-001"), a_case("CAS-001"))
    sit(sitting, known, [Sat({"BUS-001": "A"}, {"CAS-001": None})] * 2, state="marking")
    assert "还有 2 份答卷没有评完" in trainer.get(f"/sittings/{sitting.id}/statistics").text


def test_pages_and_files_take_first_attempts_unless_all_are_asked_for(trainer: Visitor) -> None:
    sitting, people = a_sitting(), [a_person() for _ in range(3)]
    known = in_bank(a_choice("BUS-001"), a_choice("BUS-002"))
    for number, answer in ((1, "B"), (2, "A")):
        papers = [Sat({"BUS-001": answer, "BUS-002": "AAB"[n]}) for n in range(3)]
        sit(sitting, known, papers, people=people, attempt_number=number)
    page = f"/sittings/{sitting.id}/statistics"
    first, every = trainer.get(page).text, trainer.get(f"{page}?attempts=all").text
    assert "3 份（3 人）" in first and "每人只计首次作答，重考不计入" in first
    assert "6 份（3 人）" in every and "6 份答卷中" in every
    assert f'href="{page}/BUS-001?attempts=all"' in every and f'href="{page}/marks.csv?attempts=all"' in every
    for address in (f"{page}/marks.csv", "/statistics/questions/marks.csv"):
        lines = [trainer.get(f"{address}{choice}").text.split() for choice in ("", "?attempts=all")]
        assert list(map(len, lines)) == [2 + 3, 2 + 6]
    item = trainer.get(f"{page}/BUS-001?attempts=all").text
    assert "各次作答都计入" in item and f'href="{page}/BUS-001"' in item
    overview = trainer.get("/statistics?attempts=all").text
    assert f'href="{page}?attempts=all"' in overview and 'href="/statistics"' in overview


def test_enough_papers_of_too_few_people_are_no_reason_to_trust_the_figures(trainer: Visitor) -> None:
    sitting, people = a_sitting(), [a_person() for _ in range(30)]
    questions = [a_choice(f"BUS-{n:03d}") for n in range(1, 5)]
    known = in_bank(*questions)
    for number in (1, 2):
        sit(sitting, known, simulated(questions, 30, number), people=people, attempt_number=number)
    page = f"/sittings/{sitting.id}/statistics"
    assert "各题的区分度可以采信" in trainer.get(page).text
    every = trainer.get(f"{page}?attempts=all").text
    assert "有人不止一份" in every and "各题的区分度可以采信" not in every


def test_papers_of_several_blueprints_can_be_told_apart(trainer: Visitor) -> None:
    known = in_bank(a_choice("BUS-001"), a_choice("BUS-002"))
    first, second = a_sitting(blueprint="one"), a_sitting(blueprint="two")
    sit(first, known, [Sat({"BUS-001": "A"})] * 2)
    sit(second, known, [Sat({"BUS-002": "A"})] * 2)
    everything = trainer.get("/statistics/questions").text
    assert "不同的组卷蓝图" in everything
    blueprint = re.findall(r'<option value="(\d+)"', everything)[0]
    chosen = trainer.get(f"/statistics/questions?blueprint={blueprint}").text
    assert "BUS-001" in chosen
    assert "BUS-002" not in chosen
    assert trainer.get("/statistics/questions?blueprint=abc&sort=nonsense&flagged=x").status_code == 200


def test_the_exported_marks_give_the_same_figures_on_the_command_line(trainer: Visitor, tmp_path: Path) -> None:
    sitting = a_marked_sitting(35)
    reply = trainer.get(f"/sittings/{sitting}/statistics/marks.csv")
    assert reply.headers["Content-Disposition"] == f'attachment; filename="sitting-{sitting}-marks.csv"'
    path = tmp_path / "marks.csv"
    path.write_bytes(reply.data)
    printed = json.loads(
        trainer.client.application.test_cli_runner().invoke(command, ["items", str(path), "--json"]).output
    )
    for line in report(Scope(sitting_ids=(sitting,))).lines:
        found = printed["items"][line.item.code]
        assert found["facility"] == line.figures.facility
        assert found["discrimination_index"] == line.figures.discrimination_index
    assert printed["test"]["n"] == 35


def test_names_of_candidates_are_not_in_the_files(app: Flask, trainer: Visitor) -> None:
    sitting = a_marked_sitting(3)
    for what in ("marks", "items"):
        text = trainer.get(f"/sittings/{sitting}/statistics/{what}.csv").data.decode("utf-8-sig")
        assert "测试员" not in text


def test_nothing_in_the_files_runs_as_a_formula(trainer: Visitor) -> None:
    known = in_bank(a_choice("BUS-001"), a_choice("BUS-002"))
    sitting = a_sitting()
    sit(sitting, known, [Sat({"BUS-001": "A", "BUS-002": "B"})], number="=1+1")
    with writing(None, MONDAY):
        db.session.query(Question).filter_by(code="BUS-001").one().title = '=HYPERLINK("http://evil.example")'
    for what, hostile in (("marks", "'=1+1"), ("items", '\'=HYPERLINK("http://evil.example")')):
        content = trainer.get(f"/sittings/{sitting.id}/statistics/{what}.csv").data.decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(content)) for cell in row]
        assert hostile in cells
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
        book = trainer.get(f"/sittings/{sitting.id}/statistics/{what}.xlsx").data
        sheet = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]
        values = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
        assert values[hostile] == "s"
        assert "f" not in values.values()


def test_items_stand_in_the_order_asked_for_and_missing_figures_last(app: Flask) -> None:
    lines = list(report(Scope(sitting_ids=(a_marked_sitting(60),))).lines)
    facilities = [line.figures.facility for line in in_order(lines, "facility")]
    assert facilities == sorted(facilities)  # type: ignore[type-var]
    assert [line.figures.facility for line in in_order(lines, "-facility")] == sorted(facilities, reverse=True)  # type: ignore[type-var]
    assert in_order(lines, "")[0].item.code == "BUS-004"
    assert in_order(lines, "nonsense") == in_order(lines, "")


def test_a_figure_that_does_not_exist_stands_last_either_way(app: Flask) -> None:
    sitting = a_sitting()
    known = in_bank(*(a_choice(f"BUS-00{n}") for n in range(1, 4)))
    answers = [{"BUS-001": "A", "BUS-002": "A", "BUS-003": "A"}, {"BUS-001": "A", "BUS-002": "B", "BUS-003": "B"}]
    sit(sitting, known, [Sat(each) for each in answers])
    lines: list[ItemLine] = list(report(Scope(sitting_ids=(sitting.id,))).lines)
    for sort in ("discrimination", "-discrimination"):
        assert in_order(lines, sort)[-1].item.code == "BUS-001"


def test_bars_count_everybody_once_and_a_full_score_too() -> None:
    found = bars([Fraction(0), Fraction(80), Fraction(7999, 100), Fraction(100)])
    assert sum(bar.count for bar in found) == 4
    assert {(bar.low, bar.high): bar.count for bar in found if bar.count} == {
        (0, 5): 1,
        (75, 80): 1,
        (80, 85): 1,
        (95, 100): 1,
    }
    assert bars([]) == []


def test_every_dot_lies_inside_the_plot(app: Flask) -> None:
    lines = report(Scope(sitting_ids=(a_marked_sitting(60),))).lines
    found = scatter(lines)
    assert len(found.dots) == len(lines)
    assert all(0 <= dot.x <= 100 and 0 <= dot.y <= 100 for dot in found.dots)
    assert [dot.code for dot in found.dots if dot.shape == "wrong-key"] == ["BUS-004"]
    assert scatter([]).dots == ()
