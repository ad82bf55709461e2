"""The rules on 440 sentences by hands that had not seen them, several labels to a sentence where it has several.

Set A was open while the rules were mended; set B was kept aside until they were finished, set C (60 each, everyday
sentences of one or two clauses) was written after that. Exactly right, of 80, of C of 60:

    ======  ================  =========================  ==================
    set     before            when B was first measured  false accusations
    ======  ================  =========================  ==================
    A zh    68                80                         2, then 0
    A en    68                80                         1, then 0
    B zh    56                61                         2, then 2
    B en    58                65                         0, then 0
    C zh                      59                         0
    C en                      57                         0
    ======  ================  =========================  ==================

The figures of B and C in the middle are the honest ones: 126 of 160 hard and 116 of 120 everyday sentences unseen.
Their errors have been read since and what was general in them mended, so no set measures anything unseen any more; the
floors only guard what was reached.
"""

import json
from pathlib import Path

import pytest

from lms.domain.evidence import explain
from lms.domain.values import Language

HERE = Path(__file__).with_name("evidence_independent")
ACCUSATIONS = {"ABS", "DISM", "PII"}
SIZES = {"a_zh": 80, "a_en": 80, "b_zh": 80, "b_en": 80, "c_zh": 60, "c_en": 60}
FLOOR = 0.95


def read(name: str) -> list[tuple[str, set[str], set[str]]]:
    """Each sentence of a set, the labels its writer gave it, and the labels that the rules give it."""
    language = Language(name[-2:])
    rows = [json.loads(line) for line in (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    return [
        (row["text"], set(row["labels"]), {label.value for label in explain(row["text"], language).labels})
        for row in rows
    ]


@pytest.mark.parametrize("name", SIZES)
def test_most_sentences_have_exactly_their_labels(name: str) -> None:
    sentences = read(name)
    wrong = [sentence for sentence, meant, found in sentences if found != meant]
    assert len(sentences) == SIZES[name]
    assert len(sentences) - len(wrong) >= FLOOR * len(sentences), wrong


@pytest.mark.parametrize("name", SIZES)
def test_nobody_is_accused_falsely(name: str) -> None:
    accused = [(sentence, found) for sentence, meant, found in read(name) if (found - meant) & ACCUSATIONS]
    assert len(accused) <= 1, accused
