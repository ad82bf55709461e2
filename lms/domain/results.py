"""Results 成绩: from shares to section scores, total and pass, exactly (contract 6); what a candidate sees of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lms.domain.blueprints import Blueprint
from lms.domain.values import Value, exact, parse_exact

# A topic is worth another look below this share of its points, and a strength from the other on.
TO_IMPROVE = Fraction(3, 4)
STRENGTH = Fraction(9, 10)


class Feedback(Value):
    """What a candidate sees after release; each sitting has its own. Keys stay hidden unless somebody says so."""

    total: bool = True
    sections: bool = True
    topics: bool = True
    own_answers: bool = False
    right_answers: bool = False
    comments: bool = False


@dataclass(frozen=True, slots=True)
class Earned:
    """One question of a paper: ``share`` (0…1) of its ``points``."""

    section: str
    points: int
    share: Fraction
    topic: str = ""


@dataclass(frozen=True, slots=True)
class SectionScore:
    """``earned`` of ``points`` raw points; ``score`` is the same on the scale of ``weight``."""

    section: str
    earned: Fraction
    points: int
    weight: int
    score: Fraction
    pass_points: int | None

    @property
    def passed(self) -> bool:
        return self.pass_points is None or self.score >= self.pass_points


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to, on a scale of 100."""

    sections: tuple[SectionScore, ...]
    total: Fraction
    passed: bool

    def dump_sections(self) -> dict[str, Any]:
        """As the table of results keeps them: exact texts by section."""
        return {
            section.section: {
                "points": exact(section.earned),
                "max": section.points,
                "weight": section.weight,
                "score": exact(section.score),
                "pass_points": section.pass_points,
                "passed": section.passed,
            }
            for section in self.sections
        }


def outcome(blueprint: Blueprint, questions: Iterable[Earned]) -> Outcome:
    """Section score = weight · Σ share·points ÷ Σ points; the total is their sum; pass lines are decided exactly."""
    earned = list(questions)
    sections = []
    for plan in blueprint.sections:
        own = [one for one in earned if one.section == plan.section]
        points = sum(one.points for one in own)
        got = sum((one.share * one.points for one in own), Fraction(0))
        score = plan.weight * got / points if points else Fraction(0)
        sections.append(SectionScore(plan.section.value, got, points, plan.weight, score, plan.pass_points))
    total = sum((section.score for section in sections), Fraction(0))
    passed = total >= blueprint.pass_total and all(section.passed for section in sections)
    return Outcome(tuple(sections), total, passed)


def load_sections(stored: Mapping[str, Mapping[str, Any]]) -> tuple[SectionScore, ...]:
    """The inverse of :meth:`Outcome.dump_sections`."""
    return tuple(
        SectionScore(
            name, parse_exact(row["points"]), row["max"], row["weight"], parse_exact(row["score"]), row["pass_points"]
        )
        for name, row in stored.items()
    )


@dataclass(frozen=True, slots=True)
class TopicShare:
    topic: str
    section: str
    share: Fraction
    questions: int


def by_topic(questions: Iterable[Earned]) -> list[TopicShare]:
    """How much of each topic's points was earned, least first."""
    groups: dict[tuple[str, str], list[Earned]] = {}
    for one in questions:
        groups.setdefault((one.section, one.topic), []).append(one)
    shares = [
        TopicShare(
            topic, section, sum((o.share * o.points for o in own), Fraction(0)) / sum(o.points for o in own), len(own)
        )
        for (section, topic), own in groups.items()
    ]
    return sorted(shares, key=lambda one: (one.share, one.section, one.topic))


def to_improve(topics: Sequence[TopicShare]) -> list[TopicShare]:
    return [one for one in topics if one.share < TO_IMPROVE]


def strengths(topics: Sequence[TopicShare]) -> list[TopicShare]:
    return [one for one in reversed(topics) if one.share >= STRENGTH]
