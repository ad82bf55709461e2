"""A scenario small enough to follow by hand, and without flaws. Emotion 6, good at 3, walks out at 9."""

import copy
from typing import Any

from lms.domain.scenarios import Scenario, SharedParts


def both(text: str) -> dict[str, str]:
    return {"zh": f"{text}一", "en": f"{text} one"}


def line(name: str, *reveals: str, words: str = "") -> dict[str, Any]:
    return {"id": name, "zh": f"{name} {words}", "en": f"{name} {words}", "reveals": list(reveals)}


def intent(word: str) -> dict[str, Any]:
    """Heard where ``word`` stands, unless "not" stands in the same sentence."""
    patterns = {"any": [word], "all": [], "none": ["not"]}
    yes = [f"{word} {number}" for number in range(8)]
    no = [f"other {number}" for number in range(5)]
    return {
        "meaning": both(word),
        "patterns": {"zh": patterns, "en": patterns},
        "yes": {"zh": yes, "en": yes},
        "no": {"zh": no, "en": no},
    }


def criterion(name: str) -> dict[str, Any]:
    return {"id": name, "title": both(name), "anchors": {str(level): both(f"level {level}") for level in range(1, 6)}}


def otherwise(name: str, most: int, go: str, asks: bool = False) -> dict[str, Any]:
    return {"say": [line(f"{name}-else")], "max": most, "delta": 0, "asks": asks, "go": go}


def beat(name: str, say: list[dict[str, Any]], on: list[dict[str, Any]], other: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "acts": both(name), "expects": both(name), "visits": 1, "say": say, "on": on, "else": other}


def end(name: str) -> dict[str, Any]:
    return {"text": both(name), "say": [line(f"end-{name}")]}


def own_test(ending: str, language: str) -> dict[str, Any]:
    return {
        "id": f"{ending}-{language}", "language": language, "seed": 1, "ends": ending, "reveals": [], "traps": [],
        "agent": [{"s": 1, "say": "hello there"}],
    }  # fmt: skip


_DATA: dict[str, Any] = {
    "id": "small",
    "title": both("title"),
    "brief": both("brief"),
    "level": {"of": 3, "shows": [{"visited": ["middle"]}], "told_by": ["ticket"]},
    "tickets": [],
    "rules": ["1.7"],
    "path": both("path"),
    "customer": {name: both(name) for name in ("name", "called", "number", "calls_from", "persona", "wants")},
    "facts": [
        {
            "id": "secret",
            "known_by": "customer_knows",
            "text": both("the secret"),
            "words": {"zh": ["cat"], "en": ["cat"]},
            "reveal": [{"ever": ["kind"]}],
        },
        {
            "id": "record",
            "known_by": "crm_only",
            "text": both("the record"),
            "words": {"zh": ["file"], "en": ["file"]},
            "reveal": [{"ever": ["ticket"]}],
        },
        {
            "id": "hidden",
            "known_by": "crm_only",
            "text": both("the note"),
            "words": {"zh": ["note"], "en": ["note"]},
            "reveal": [],
        },
    ],
    "record": {
        "holder": {
            "name": {"zh": "周岚", "en": "Zhou Lan"},
            "pinyin": "zhou lan",
            "alike": [{"zh": "周兰", "en": "Zhou Lan"}, {"zh": "周澜", "en": "Zhou Lan"}],
            "id_last4": "0001",
        },
        "line": {
            "number": "12900010017",
            "account": "8000000001",
            "opened": "2020-01-01",
            "status": "active",
            "tells": ["record"],
        },
        "home": {"place": "银杏坊", "numbers": [1, 1, 101]},
        "plan": {"code": "m39", "since": "2020-01-01", "tells": []},
        "contracts": [],
        "used": {"data_gb": "1", "minutes": 1, "messages": 0},
        "bills": [
            {"month": month, "data_gb": "1", "minutes": 1, "messages": 0, "paid": paid, "tells": []}
            for month, paid in (("2026-02", "2026-03-05"), ("2026-01", "2026-02-05"), ("2025-12", "2026-01-05"))
        ],
        "services": [],
        "broadband": None,
        "merge": None,
        "security_note": None,
        "tickets": [],
        "notes": [{"at": "2026-03-01T10:00", "text": both("a line of the record"), "tells": ["hidden"]}],
    },
    "emotion": {
        "start": 6,
        "lowest": 1,
        "highest": 10,
        "good": 3,
        "leaves": {"at": 9, "warnings": 1, "say": [line("warning")]},
        "triggers": [
            {"id": "kindness", "when": {"heard": ["kind"]}, "delta": -2, "once": True, "text": both("kind")},
            {"id": "promptness", "when": {"heard": ["ticket"]}, "delta": -1, "once": True, "text": both("ticket")},
            {"id": "rudeness", "when": {"heard": ["rude"]}, "delta": 2, "once": False, "text": both("rude")},
            {"id": "slowness", "when": {"slow_s": 10}, "delta": 1, "once": False, "text": both("slow")},
        ],
    },
    "silence": {"after_s": 20, "hold_s": 60, "delta": 1, "check_ins": 2, "say": [line("anybody")]},
    "intents": {word: intent(word) for word in ("kind", "ticket", "rude", "price", "leak")},
    "beats": [
        beat(
            "first",
            [line("first-1"), line("first-2"), line("first-3")],
            [{"when": [{"heard": ["kind"]}], "go": "middle"}],
            otherwise("first", 2, "middle"),
        ),
        beat(
            "middle",
            [line("middle-1"), line("middle-2", "secret", words="cat")],
            [{"when": [{"ready": True}], "go": "resolved"}],
            otherwise("middle", 3, "unresolved", asks=True),
        ),
    ],
    "anywhere": [],
    "answers": [{"id": "price", "heard": ["price"], "max": 1, "say": [line("dear")]}],
    "needs": [
        {"id": "help", "heard": ["ticket"], "text": both("help"), "ask": [line("ask-help")]},
        {"id": "warmth", "heard": ["kind"], "text": both("warmth"), "ask": [line("ask-warmth")]},
    ],
    "traps": [{"id": "quote", "heard": ["price"], "delta": 1, "text": both("quote")}],
    "critical": [{"id": "leaked", "heard": ["leak"], "ends": True, "text": both("leak")}],
    "ends": {name: end(name) for name in ("resolved", "unresolved", "walked-out", "silent", "failed")},
    "rubric": {"opening": "start", "own": [criterion(name) for name in "abcd"], "closing": "finish"},
    "tests": [own_test(ending, code) for ending in ("resolved", "walked-out", "silent") for code in ("zh", "en")],
}

SHARED = SharedParts.model_validate(
    {"intents": {"greets": intent("greetings")}, "criteria": [criterion("start"), criterion("finish")]}
)


def data() -> dict[str, Any]:
    """A copy of the whole, to be changed by a test."""
    return copy.deepcopy(_DATA)


def small() -> Scenario:
    return Scenario.model_validate(data())
