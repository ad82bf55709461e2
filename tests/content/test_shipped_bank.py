"""The bank that comes with the program is free of errors."""

from pathlib import Path

import pytest

from lms.content.bank import BankFiles, read_bank


@pytest.fixture(scope="module")
def bank() -> BankFiles:
    return read_bank(Path(__file__).resolve().parents[2] / "question_bank")


def test_the_shipped_bank_has_no_errors(bank: BankFiles) -> None:
    assert [str(problem) for problem in bank.errors] == []


def test_the_shipped_bank_is_whole_in_both_languages(bank: BankFiles) -> None:
    assert bank.counts()["language"] == {"zh": len(bank.questions), "en": len(bank.questions)}
