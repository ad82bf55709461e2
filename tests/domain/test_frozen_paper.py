"""The frozen paper: the same text again, the same seal, and nothing secret on it."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain import bank
from lms.domain.frozen_paper import FrozenPaper, FrozenQuestion, digest, freeze, load
from lms.domain.papers import Drawn, Form
from lms.domain.questions import AnswerRejected, Kind
from lms.domain.values import Language
from tests.domain.invented_questions import SECRET, multiple, numeric, ordering, single, written

QUESTIONS = [single(), multiple(), numeric(key="777123", tolerance="0.0321"), ordering(), written()]
ALLOWED = {
    "position", "version_id", "section", "kind", "points", "order", "stem", "options", "unit", "criteria",
}  # fmt: skip


def a_paper(language: Language = Language.ZH) -> FrozenPaper:
    drawn = tuple(Drawn(q.code, q.section, q.kind, 2, q.presented[::-1]) for q in QUESTIONS)
    faces = {q.code: (number, bank.split(q)[0]) for number, q in enumerate(QUESTIONS, start=11)}
    return freeze(Form(42, language, drawn), faces, title="三月场", blueprint="small")


def test_a_paper_comes_back_from_its_text_as_it_went() -> None:
    paper = a_paper()
    assert load(paper.dump()) == paper
    assert load(paper.dump()).dump() == paper.dump()


TEXT = st.text(max_size=30)


@given(
    st.lists(
        st.builds(
            FrozenQuestion, position=st.integers(1, 99), version_id=st.integers(1, 2**31), section=TEXT,
            kind=st.sampled_from([str(kind) for kind in Kind]), points=st.integers(1, 50),
            order=st.lists(TEXT, max_size=8).map(tuple), stem=TEXT, options=st.lists(TEXT, max_size=8).map(tuple),
            unit=TEXT, criteria=st.lists(st.tuples(TEXT, st.integers(1, 20)), max_size=3).map(tuple),
        ),
        max_size=4,
    ),
    TEXT,
    st.integers(0, 2**63),
)  # fmt: skip
def test_any_paper_comes_back_as_it_went(questions: list[FrozenQuestion], title: str, seed: int) -> None:
    paper = FrozenPaper(title, "zh", "small", "forward", seed, tuple(questions))
    assert load(paper.dump()) == paper


def test_the_seal_is_the_same_for_the_same_paper_and_another_for_any_change() -> None:
    paper = a_paper()
    seal = digest(paper.dump())
    assert seal == digest(a_paper().dump())
    assert len(seal) == 64
    first, *others = paper.questions
    changed = [
        replace(paper, seed=43),
        replace(paper, navigation="forward"),
        replace(paper, questions=(replace(first, order=first.order[::-1]), *others)),
        replace(paper, questions=(replace(first, stem=first.stem + " "), *others)),
        replace(paper, questions=tuple(others)),
    ]
    assert len({seal, *(digest(other.dump()) for other in changed)}) == 6


@pytest.mark.parametrize("language", list(Language))
def test_nothing_secret_is_on_a_paper(language: Language) -> None:
    paper = a_paper(language)
    text = paper.dump()
    assert SECRET not in text
    assert "777123" not in text
    assert "0.0321" not in text
    for question in json.loads(text)["questions"]:
        assert set(question) == ALLOWED, "a new field of a paper: may a candidate see it?"


def test_the_order_on_a_paper_does_not_follow_the_key() -> None:
    """A multiple choice's key lists its ids first; its letters on the paper come from the draw alone."""
    frozen = a_paper().questions[1]
    assert frozen.order == ("E", "D", "C", "B", "A")
    assert frozen.letters == "ABCDE"
    assert frozen.options[0] == "option E（中）"


def test_a_paper_is_in_one_language() -> None:
    english = a_paper(Language.EN)
    assert "（中）" not in english.dump().replace(english.title, "")
    assert english.questions[2].unit == "yuan"
    assert english.questions[4].criteria[0] == ("criterion empathy (en)", 3)
    assert "(en)" not in a_paper(Language.ZH).dump()


@pytest.mark.parametrize("position", [0, -1, 6, 2**63])
def test_a_position_that_the_paper_does_not_have_is_rejected(position: int) -> None:
    with pytest.raises(AnswerRejected):
        a_paper().question(position)


def test_the_positions_of_a_paper() -> None:
    paper = a_paper()
    assert [paper.question(n).position for n in range(1, 6)] == [1, 2, 3, 4, 5]
    assert [paper.question(n).version_id for n in range(1, 6)] == [11, 12, 13, 14, 15]


def test_an_answer_in_words_or_numbers_stays_as_it_is() -> None:
    paper = a_paper()
    assert paper.question(3).in_ids("5元") == "5元"
    assert paper.question(5).in_ids("A") == "A"
    assert paper.question(1).in_ids(None) is None


def test_a_multiple_choice_is_kept_in_the_order_of_its_ids() -> None:
    """However the paper shuffled it, the same pick is the same stored answer."""
    assert a_paper().question(2).in_ids(["A", "C", "E"]) == ["A", "C", "E"]
    assert a_paper().question(2).in_ids(["A", "B"]) == ["D", "E"]


def test_a_letter_that_the_paper_does_not_have_is_rejected() -> None:
    """The question has the ids A to D; with three options shown, D is no letter of this paper."""
    shown = replace(a_paper().questions[0], order=("D", "B", "A"), options=("d", "b", "a"))
    with pytest.raises(AnswerRejected):
        shown.read("D")
    assert shown.in_ids(shown.read("A")) == "D"
