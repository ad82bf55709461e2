"""What is exported reads back the same, whatever a text holds."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from lms.content.bank import read_bank
from lms.content.bank_export import write_bank
from lms.domain.questions import Section
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
