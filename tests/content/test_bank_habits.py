"""Length that tells the key: whoever knows nothing must not gain by picking or shunning the longest."""

from pathlib import Path

import pytest

from lms.content.bank import read_bank
from tests.content.bank_files import SINGLE, topic, write


def bank_with_keys(folder: Path, texts: list[str]) -> list[str]:
    """Warnings about a bank of singles with ``texts`` as keys, beside options of 4 and 6 characters."""
    questions = []
    for number, text in enumerate(texts):
        question = SINGLE.replace("BIL-001", f"BIL-{number:03}").replace(
            "应收多少元？", f"题目{chr(0x6C34 + number)}x？"
        )
        question = question.replace("How much is due?", f"Question {chr(97 + number)}?")
        question = question.replace('{zh: "33.39", en: "33.39"}', "{zh: 甲乙丙丁, en: abcd}")
        question = question.replace('{zh: "69.00", en: "69.00"}', "{zh: 甲乙丙丁戊己, en: abcdef}")
        questions.append(question.replace('{zh: "35.61", en: "35.61"}', f"{{zh: {text}, en: {text}}}"))
    write(folder, topic("".join(questions)))
    bank = read_bank(folder)
    assert not bank.errors
    return [str(problem) for problem in bank.warnings if problem.file == folder.as_posix()]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "khkhkhkh",
            "the longest option is the key in 24 of 24 single-choice questions, by chance it would be 8",
        ),
        ("khkhk", "the longest option is the key in 0 of 24"),
        ("khk", "the shortest option is the key in 24 of 24"),
    ],
)
def test_a_habit_is_told_once_for_each_language(tmp_path: Path, text: str, words: str) -> None:
    told = [one for one in bank_with_keys(tmp_path, [text] * 24) if words in one]
    assert len(told) == 2


def test_chance_is_no_habit(tmp_path: Path) -> None:
    assert bank_with_keys(tmp_path, ["khkhkhkh", "khkhk", "khk"] * 8) == []


def test_a_few_questions_are_no_habit(tmp_path: Path) -> None:
    assert bank_with_keys(tmp_path, ["khkhkhkh"] * 10) == []
