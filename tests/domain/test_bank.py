"""The bank's rules: secrets apart from the face, digests, folding."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain import bank
from lms.domain.questions import Kind, Question, parse_question
from lms.domain.values import Texts

# What a file can hold: composed characters, no controls, nothing invisible.
words = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Cn"]), min_size=1, max_size=30)
    .filter(lambda text: text.strip() and unicodedata.is_normalized("NFC", text))
)


@st.composite
def texts(draw: st.DrawFn) -> dict[str, str]:
    return {"zh": draw(words), "en": draw(words)}


@st.composite
def questions(draw: st.DrawFn, kind: Kind | None = None) -> Question:
    kind = kind or draw(st.sampled_from(list(Kind)))
    data = {
        "kind": kind,
        "code": "BIL-001",
        "section": draw(st.sampled_from(["business", "compliance", "case"])),
        "topic": "billing",
        "difficulty": draw(st.integers(1, 3)),
        "rule": draw(words),
        "enemies": draw(st.lists(st.sampled_from(["A-1", "A-2"]), unique=True)),
        "stem": draw(texts()),
        "rationale": draw(texts()),
    }
    ids = "ABCDEFGH"[: draw(st.integers(4, 6))]
    labels = [{"id": id_, "text": {"zh": f"{id_}{draw(words)}"[:9], "en": id_}} for id_ in ids]
    if kind in (Kind.SINGLE, Kind.MULTIPLE):
        data["options"] = [{**label, "why": draw(texts())} for label in labels]
        data["key"] = draw(st.sampled_from(ids)) if kind is Kind.SINGLE else draw(st.permutations(ids))[:2]
    elif kind is Kind.ORDERING:
        data |= {"steps": labels, "key": draw(st.permutations(ids))}
    elif kind is Kind.NUMERIC:
        data |= {"key": "35.61", "tolerance": "0.01", "unit": draw(texts())}
    else:
        line = {"id": "empathy", "name": draw(texts()), "points": draw(st.integers(1, 20)), "look_for": draw(texts())}
        data |= {"guide": [line], "model_answer": draw(texts())}
    for label in data.get("options", []) + data.get("steps", []):
        label["text"] = {"zh": label["text"]["zh"], "en": label["text"]["en"]}
    return parse_question(data)


@given(questions())
def test_a_question_split_and_joined_is_the_same_also_after_a_table_kept_it(question: Question) -> None:
    face, secrets = json.loads(json.dumps(bank.split(question)))
    assert bank.join(face, secrets) == question
    assert bank.digest(bank.join(face, secrets)) == bank.digest(question)


SECRET = "只有考官能看的话"


def sealed(kind: str, **rest: object) -> Question:
    """A question in which every secret text says :data:`SECRET`, and no other does."""
    both = {"zh": SECRET, "en": SECRET}
    shared = {"code": "BIL-001", "section": "business", "topic": "billing", "difficulty": 2, "rule": SECRET}
    return parse_question(
        {"kind": kind, **shared, "stem": {"zh": "问", "en": "ask"}, "rationale": both, **rest}
    )


def options(number: int) -> list[dict[str, object]]:
    return [
        {"id": id_, "text": {"zh": id_, "en": id_}, "why": {"zh": SECRET, "en": SECRET}} for id_ in "ABCDEF"[:number]
    ]


@pytest.mark.parametrize(
    "question",
    [
        sealed("single", options=options(3), key="B"),
        sealed("multiple", options=options(4), key=["B", "C"]),
        sealed("numeric", key="35.61", tolerance="0.01", unit={"zh": "元", "en": "yuan"}),
        sealed("ordering", steps=[{k: o[k] for k in ("id", "text")} for o in options(3)], key=["C", "A", "B"]),
        sealed(
            "written",
            guide=[{"id": "empathy", "name": {"zh": "共情", "en": "Empathy"}, "points": 3,
                    "look_for": {"zh": SECRET, "en": SECRET}}],
            model_answer={"zh": SECRET, "en": SECRET},
        ),
    ],
    ids=lambda question: question.kind.value,
)  # fmt: skip
def test_the_face_holds_nothing_secret(question: Question) -> None:
    face, secrets = bank.split(question)
    assert SECRET not in json.dumps(face, ensure_ascii=False)
    assert not face.keys() & {"key", "tolerance", "rationale", "model_answer", "rule", "why"}
    assert SECRET in json.dumps(secrets, ensure_ascii=False)


def test_a_written_face_names_criteria_and_points() -> None:
    question = sealed(
        "written",
        guide=[{"id": "empathy", "name": {"zh": "共情"}, "points": 3, "look_for": {"zh": SECRET}}],
        model_answer={"zh": SECRET},
        stem={"zh": "问"},
        rationale={"zh": SECRET},
    )
    assert bank.split(question)[0]["guide"] == [{"id": "empathy", "name": {"zh": "共情"}, "points": 3}]


@given(questions(), words)
def test_any_change_changes_the_digest(question: Question, other: str) -> None:
    changed = question.model_copy(update={"stem": Texts(zh=other, en=question.stem.en)})
    assert (bank.digest(changed) == bank.digest(question)) == (changed == question)


@given(words, words)
def test_a_folded_part_is_found_in_the_folded_whole(before: str, part: str) -> None:
    assert bank.fold(part).strip() in bank.fold(f"{before} {part}")


def test_folding_makes_full_width_capitals_and_markup_equal() -> None:
    assert bank.fold("**Ｖ２** 核身\n| 月费 |") == "v2 核身 月费"
