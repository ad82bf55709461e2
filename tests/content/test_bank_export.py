"""What is exported reads back the same, whatever a text holds."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from lms.content.bank import read_bank
from lms.content.bank_export import write_bank
from lms.content.yaml_lines import LARGEST
from lms.domain.questions import Question, Section, question_adapter
from lms.domain.values import Texts
from tests.content.bank_files import ALL_KINDS, bank_of
from tests.domain.test_bank import questions as any_question

AWKWARD = ["- 一", "a: b # c", "yes", "null", "1_000", "  x", "x\n\n  y", "| a |\n|---|"]
AWKWARD += ["'\"", "%x", "{a}", "~", "🀄"]
awkward = st.lists(st.sampled_from([*AWKWARD, "\n", " ", "x"]), min_size=1, max_size=6).map("".join)


@given(any_question(), awkward.filter(lambda text: text.strip() != ""))
def test_any_question_survives_the_file(question: object, text: str) -> None:
    stem = Texts(zh=text, en=text)
    plain = question.model_copy(  # type: ignore[attr-defined]
        update={"section": Section.BUSINESS, "stem": stem, "enemies": ()}
    )
    with TemporaryDirectory() as folder:
        write_bank(Path(folder), {("business", "billing"): (Texts(zh="计费", en="Billing"), [plain])}, [])
        read = read_bank(Path(folder))
        assert read.questions["BIL-001"].question == plain, [str(one) for one in read.problems]


def test_the_file_has_the_form_of_the_handbook(tmp_path: Path) -> None:
    bank = bank_of(tmp_path, ALL_KINDS)
    questions = [one.question for one in bank.questions.values()]
    topics = {("business", "billing"): (Texts(zh="计费账务", en="Billing"), questions)}
    (path,) = write_bank(tmp_path / "out", topics, [])
    lines = path.read_text("utf-8").splitlines()
    assert lines[:3] == ["section: business", "topic: billing", "title:"]
    assert "  - code: BIL-001" in lines
    assert "    key: [A, B]" in lines
    assert "    key: '35.61'" in lines


def many(count: int) -> list[Question]:
    """Questions of the same topic, each of some 25,000 bytes."""
    return [
        question_adapter.validate_python(
            {
                "kind": "numeric", "code": f"BIL-{number:03d}", "section": "business", "topic": "billing",
                "difficulty": 1, "rule": "1.1", "stem": {"zh": f"{chr(0xAC00 + number)}{'长' * 7900}"}, "key": "1",
                "rationale": {"zh": "理由"}, "unit": {"zh": "元"},
            }
        )
        for number in range(count)
    ]  # fmt: skip


def test_a_topic_too_large_for_one_file_is_written_in_several_and_reads_as_one(tmp_path: Path) -> None:
    title, questions = Texts(zh="计费账务"), many(200)
    written = write_bank(tmp_path, {("business", "billing"): (title, questions)}, [])
    assert [path.name for path in written] == [f"business-billing{part}.yaml" for part in ("", ".2", ".3")]
    assert all(path.stat().st_size <= LARGEST for path in written)
    assert sum(path.stat().st_size for path in written) > 2 * LARGEST
    read = read_bank(tmp_path)
    assert read.errors == ()
    assert [filed.question for _code, filed in sorted(read.questions.items())] == questions
    assert [topic.title for topic in read.topics.values()] == [title]


def test_a_topic_that_has_shrunk_leaves_no_further_file_and_others_stay(tmp_path: Path) -> None:
    for name in ("business-billing.2.yaml", "business-billing.old.yaml", "business-billing-x.2.yaml"):
        (tmp_path / name).write_text("")
    write_bank(tmp_path, {("business", "billing"): (Texts(zh="计费"), many(1))}, [])
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "business-billing-x.2.yaml", "business-billing.old.yaml", "business-billing.yaml",
    ]  # fmt: skip
