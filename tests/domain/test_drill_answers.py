"""What a trainee may type for a right answer, in Chinese and English notations; and what is simply wrong."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain.drills.answers import Verdict, verdict
from lms.domain.drills.tasks import Asked, Choice, FieldKind
from lms.domain.values import Texts

TODAY = date(2026, 3, 16)
DEPARTMENTS = (
    Choice(code="billing", label=Texts(zh="计费账务部", en="Billing")),
    Choice(code="none", label=Texts(zh="不派单", en="No ticket")),
)


def asked(kind: FieldKind, expected: str, **more: object) -> Asked:
    return Asked.model_validate(
        {
            "field": "x",
            "kind": kind,
            "label": {"zh": "已用分钟数", "en": "Minutes used"},
            "panel": "plan",
            "rule": "1.4",
            "expected": expected,
            "choices": DEPARTMENTS if kind is FieldKind.CHOICE else (),
            **more,
        }
    )


@pytest.mark.parametrize(
    "typed",
    [
        "2026-05-31",
        "2026/5/31",
        "2026.05.31",
        "２０２６年５月３１日",
        "20260531",
        "5月31日",
        "5月31号",
        "5/31",
        "31 May 2026",
        "May 31, 2026",
        "31st may",
        " 2026 - 05 - 31 ",
    ],
)
def test_a_day_in_many_notations(typed: str) -> None:
    assert verdict(asked(FieldKind.DATE, "2026-05-31"), typed, TODAY) is Verdict.RIGHT


@pytest.mark.parametrize("typed", ["2025-05-31", "31/5", "2026-02-30", "0000-00-00", "5月", "到期", "9999999", "２"])
def test_what_is_no_such_day_is_wrong(typed: str) -> None:
    assert verdict(asked(FieldKind.DATE, "2026-05-31"), typed, TODAY) is Verdict.WRONG


def test_a_day_without_a_year_is_this_years() -> None:
    assert verdict(asked(FieldKind.DATE, "2027-05-31"), "5月31日", TODAY) is Verdict.WRONG


@pytest.mark.parametrize(
    "typed", ["2026-03-17T10:24", "2026-03-17 10:24", "3月17日10点24分", "17 Mar 10:24", "2026/3/17 10：24:00"]
)
def test_a_moment_in_many_notations(typed: str) -> None:
    assert verdict(asked(FieldKind.MOMENT, "2026-03-17T10:24"), typed, TODAY) is Verdict.RIGHT


@pytest.mark.parametrize("typed", ["2026-03-17", "10:24", "2026-03-17 25:00", "2026-03-17T22:24"])
def test_what_is_no_such_moment_is_wrong(typed: str) -> None:
    assert verdict(asked(FieldKind.MOMENT, "2026-03-17T10:24"), typed, TODAY) is Verdict.WRONG


@pytest.mark.parametrize(
    "typed", ["1728", "1728.00", "1,728.0", "¥1728", "1728元", "１７２８．００", "RMB 1,728", "1728 yuan", "1728块"]
)
def test_an_amount_in_many_notations(typed: str) -> None:
    assert verdict(asked(FieldKind.MONEY, "1728.00"), typed, TODAY) is Verdict.RIGHT


@pytest.mark.parametrize("typed", ["1728.01", "17,28", "-1728", "元", ".", "1e3", "1728 7", "NaN", "一千"])
def test_another_amount_is_wrong(typed: str) -> None:
    assert verdict(asked(FieldKind.MONEY, "1728.00"), typed, TODAY) is Verdict.WRONG


@pytest.mark.parametrize("typed", ["342", "342分钟", "342 minutes", "342.0"])
def test_a_number_may_carry_the_unit_of_its_label(typed: str) -> None:
    assert verdict(asked(FieldKind.NUMBER, "342"), typed, TODAY) is Verdict.RIGHT


def test_a_number_with_another_unit_is_wrong() -> None:
    assert verdict(asked(FieldKind.NUMBER, "342"), "342小时", TODAY) is Verdict.WRONG


@pytest.mark.parametrize("typed", ["billing", "计费账务部", " BILLING "])
def test_a_choice_by_code_or_label(typed: str) -> None:
    assert verdict(asked(FieldKind.CHOICE, "billing"), typed, TODAY) is Verdict.RIGHT


@pytest.mark.parametrize("typed", ["T2+T3+T8", "T8,T2,T3", "T3、T8、T2", "t2 t3 t8"])
def test_children_in_any_order(typed: str) -> None:
    assert verdict(asked(FieldKind.CHOICE, "T2+T3+T8"), typed, TODAY) is Verdict.RIGHT


def test_text_is_folded() -> None:
    right = asked(FieldKind.TEXT, "ZX-12 0a")
    assert verdict(right, "ｚｘ-120A", TODAY) is Verdict.RIGHT
    assert verdict(right, "ZX-12 0b", TODAY) is Verdict.WRONG


def test_a_stale_value_is_named_as_such() -> None:
    version = asked(FieldKind.MONEY, "69.00", stale=("59.00",))
    assert verdict(version, "59元", TODAY) is Verdict.STALE


@pytest.mark.parametrize("typed", [None, "", "  \u3000"])
def test_nothing_typed_is_missing_unless_nothing_is_right(typed: str | None) -> None:
    assert verdict(asked(FieldKind.CHOICE, "billing"), typed, TODAY) is Verdict.MISSING
    assert verdict(asked(FieldKind.CHOICE, ""), typed, TODAY) is Verdict.RIGHT


@given(st.sampled_from(FieldKind), st.text(max_size=60))
def test_no_text_raises(kind: FieldKind, typed: str) -> None:
    assert verdict(asked(kind, "7"), typed, TODAY) in set(Verdict)


@given(st.decimals(min_value=-10_000, max_value=10_000, places=2, allow_nan=False))
def test_an_amount_is_itself(amount: object) -> None:
    assert verdict(asked(FieldKind.MONEY, str(amount)), f"{amount}元", TODAY) is Verdict.RIGHT
