"""What the next practice trains: which skills are weak, and how many of its tasks they get. Pure.

The rule, as the page says it: a skill is weak when it was tried at least twice and, of its last five tries, fewer than
four in five were right (a set's own pass line, rulebook 4) or the median time was over the limit. Two of five tasks
of the next set come from the weakest skill, and no template comes more than twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

RECENT = 5  # tries of a skill that are looked at
ENOUGH = 2  # fewer say nothing
RIGHT = Fraction(4, 5)
WEAK_SHARE = Fraction(2, 5)  # of the next set
MOST_OF_A_TEMPLATE = 2


@dataclass(frozen=True, slots=True)
class Tried:
    """One ended run of practice. ``milliseconds``: from cue to end; ``limit_ms``: the drill's own, at full pace."""

    skill: str
    right: bool
    milliseconds: int | None
    limit_ms: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a skill stands: ``right`` of the last ``recent`` tries, and their median time."""

    skill: str
    recent: int
    right: int
    median_ms: int | None
    limit_ms: int

    @property
    def share(self) -> Fraction:
        return Fraction(self.right, self.recent)

    @property
    def slow(self) -> bool:
        return self.median_ms is not None and self.median_ms > self.limit_ms

    @property
    def weak(self) -> bool:
        return self.recent >= ENOUGH and (self.share < RIGHT or self.slow)

    @property
    def pace(self) -> Fraction:
        """The median time in limits."""
        return Fraction(self.median_ms or 0, self.limit_ms)


@dataclass(frozen=True, slots=True)
class Portion:
    """``tasks`` tasks of the next set, drawn from ``templates``."""

    templates: tuple[str, ...]
    tasks: int


def standings(tried: Sequence[Tried]) -> tuple[Standing, ...]:
    """Each skill that was tried, the weakest first; ``tried`` is in order of time, the newest first."""
    by_skill: dict[str, list[Tried]] = {}
    for one in tried:
        listed = by_skill.setdefault(one.skill, [])
        if len(listed) < RECENT:
            listed.append(one)
    found = [_standing(skill, listed) for skill, listed in by_skill.items()]
    return tuple(sorted(found, key=lambda one: (not one.weak, one.share, -one.pace, one.skill)))


def _standing(skill: str, recent: Sequence[Tried]) -> Standing:
    times = [one.milliseconds for one in recent if one.milliseconds is not None]
    return Standing(
        skill=skill,
        recent=len(recent),
        right=sum(one.right for one in recent),
        median_ms=int(median(times)) if times else None,
        limit_ms=recent[0].limit_ms,
    )


def weak_skills(found: Sequence[Standing]) -> tuple[str, ...]:
    """The weakest first."""
    return tuple(one.skill for one in found if one.weak)


def portions(skills: Mapping[str, str], count: int, weakest: str | None) -> tuple[Portion, ...]:
    """A set of ``count`` tasks from the templates in ``skills`` (template → skill), the weakest skill's part first.

    Where there are too few templates, the set is shorter rather than a template a third time. Raises ValueError
    where there is no template at all.
    """
    if not skills:
        raise ValueError("no template to practise with")
    weak = tuple(sorted(code for code, skill in skills.items() if skill == weakest))
    others = tuple(sorted(code for code, skill in skills.items() if skill != weakest))
    if not weak:
        return (_portion(others, count),)
    if not others:
        return (_portion(weak, count),)
    first = _portion(weak, max(1, int(count * WEAK_SHARE)))
    rest = _portion(others, count - first.tasks)
    return (first, rest) if rest.tasks else (first,)


def _portion(templates: tuple[str, ...], count: int) -> Portion:
    return Portion(templates, min(count, MOST_OF_A_TEMPLATE * len(templates)))
