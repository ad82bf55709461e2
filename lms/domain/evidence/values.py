"""What rules find: labels of a sentence, verdicts on a transcript, and where in the original text they stand."""

from dataclasses import dataclass
from enum import StrEnum

# Raised whenever a rule may decide differently; stored evidence keeps the version that it came from.
RULES_VERSION = "2"


class Label(StrEnum):
    """What a sentence of the agent's contains."""

    ABS = "ABS"  # forbidden absolute promise 绝对化承诺 (rulebook 1.9)
    EMP = "EMP"  # specific empathy 具体共情: a named loss, emotion or cause, or the customer's place taken
    EMP0 = "EMP0"  # formula empathy 套话共情
    DISM = "DISM"  # dismissal 推诿、指责 (rulebook 1.9)
    PII = "PII"  # personal data in full 完整个人信息 (rulebook 1.8)


class Verdict(StrEnum):
    HIT = "hit"
    SUSPECTED = "suspected"
    CLEAR = "clear"
    NOT_EVALUATED = "not-evaluated"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the original text, ``start`` to ``end`` (exclusive) in characters, and what was found there."""

    label: Label
    start: int
    end: int
    rule: str
    version: str = RULES_VERSION


@dataclass(frozen=True, slots=True)
class Explained:
    """One line: its labels, their spans in reading order, and spans for a person to judge.

    ``suspected`` holds forbidden wording that seems to be quoted, denied or asked about: no label, no accusation.
    """

    labels: tuple[Label, ...]
    spans: tuple[Span, ...]
    suspected: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verdict on a transcript: by which rule, and at which turn and span (None where there is none to show).

    ``note`` is a word for what is special, such as ``missing:brand``; ``figure`` a measured number where the rule
    measures one (seconds, share).
    """

    rule: str
    verdict: Verdict
    turn: int | None = None
    start: int | None = None
    end: int | None = None
    note: str = ""
    figure: float | None = None
    version: str = RULES_VERSION
