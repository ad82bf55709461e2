"""Invented questions of every kind, for the tests of the pure rules."""

from typing import Any

from lms.domain.questions import Multiple, Numeric, Ordering, Single, Written, parse_question

SECRET = "SENTINEL-"  # stands in every text that a candidate may never read


def both(text: str) -> dict[str, str]:
    return {"zh": f"{text}（中）", "en": f"{text} (en)"}


def _shared(kind: str, code: str, changes: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": kind, "code": code, "section": "business", "topic": "plans", "difficulty": 1,
        "rule": f"{SECRET}rule", "stem": both(f"stem {code}"), "rationale": both(f"{SECRET}rationale"), **changes,
    }  # fmt: skip


def _options(ids: str) -> list[dict[str, Any]]:
    return [{"id": i, "text": both(f"option {i}"), "why": both(f"{SECRET}why-{i}")} for i in ids]


def single(code: str = "Q-1", *, ids: str = "ABCD", key: str = "B", **changes: Any) -> Single:
    return parse_question(_shared("single", code, {"options": _options(ids), "key": key, **changes}))  # type: ignore[return-value]


def multiple(code: str = "Q-2", *, ids: str = "ABCDE", key: str = "ABC", **changes: Any) -> Multiple:
    return parse_question(_shared("multiple", code, {"options": _options(ids), "key": list(key), **changes}))  # type: ignore[return-value]


def numeric(
    code: str = "Q-3", *, key: str = "5", tolerance: str = "0", unit: dict[str, str] | None = None, **changes: Any
) -> Numeric:
    body = {"key": key, "tolerance": tolerance, "unit": unit or {"zh": "元", "en": "yuan"}, **changes}
    return parse_question(_shared("numeric", code, body))  # type: ignore[return-value]


def ordering(code: str = "Q-4", *, key: str = "CABD", **changes: Any) -> Ordering:
    steps = [{"id": i, "text": both(f"step {i}")} for i in sorted(key)]
    return parse_question(_shared("ordering", code, {"steps": steps, "key": list(key), **changes}))  # type: ignore[return-value]


def written(code: str = "Q-5", **changes: Any) -> Written:
    guide = [
        {"id": i, "name": both(f"criterion {i}"), "points": points, "look_for": both(f"{SECRET}look-{i}")}
        for i, points in (("empathy", 3), ("feasible", 4), ("compliant", 3))
    ]
    body = {"section": "case", "guide": guide, "model_answer": both(f"{SECRET}model"), **changes}
    return parse_question(_shared("written", code, body))  # type: ignore[return-value]
