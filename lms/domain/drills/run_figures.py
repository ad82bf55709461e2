"""What many runs say about the drills: shares, times and errors by template, skill and field. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from statistics import median

ENOUGH = 10  # runs, before a template is called hard or easy
HARD_BELOW = Fraction(30, 100)
EASY_ABOVE = Fraction(95, 100)


class Verdict(StrEnum):
    FEW = "few"  # too few runs to say
    HARD = "hard"
    EASY = "easy"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Sample:
    """One ended run. ``errors``: (kind, field) of each retrieval error that stands; ``critical``: kinds;

    ``filled``: (field, milliseconds from the cue to its last change).
    """

    template: str
    skill: str
    right: bool
    milliseconds: int | None
    errors: tuple[tuple[str, str], ...] = ()
    critical: tuple[str, ...] = ()
    filled: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """Some runs together; times in milliseconds, ``errors`` a run."""

    name: str
    n: int
    right: int
    median_ms: int | None
    p90_ms: int | None
    errors: Fraction
    critical: int

    @property
    def share(self) -> Fraction | None:
        """In percent."""
        return Fraction(100 * self.right, self.n) if self.n else None

    @property
    def verdict(self) -> Verdict:
        if self.n < ENOUGH:
            return Verdict.FEW
        share = Fraction(self.right, self.n)
        if share < HARD_BELOW:
            return Verdict.HARD
        return Verdict.EASY if share > EASY_ABOVE else Verdict.FINE


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """The errors at one field: how many, in how many of the ``n`` runs looked at, of which kinds (most first).

    ``median_ms``: from the cue until it was filled in, of the runs that filled it in.
    """

    field: str
    errors: int
    runs: int
    n: int
    kinds: tuple[tuple[str, int], ...]
    median_ms: int | None = None

    @property
    def per_hundred(self) -> Fraction:
        """Runs with an error there, of a hundred."""
        return Fraction(100 * self.runs, self.n)


def figures(name: str, samples: Sequence[Sample]) -> Figures:
    times = sorted(one.milliseconds for one in samples if one.milliseconds is not None)
    return Figures(
        name=name,
        n=len(samples),
        right=sum(one.right for one in samples),
        median_ms=int(median(times)) if times else None,
        p90_ms=percentile(times, 90),
        errors=Fraction(sum(len(one.errors) for one in samples), max(1, len(samples))),
        critical=sum(bool(one.critical) for one in samples),
    )


def percentile(ordered: Sequence[int], percent: int) -> int | None:
    """The smallest value that ``percent`` of the values do not exceed (nearest rank); None of nothing."""
    if not ordered:
        return None
    return ordered[max(1, -(-percent * len(ordered) // 100)) - 1]


def by_template(samples: Iterable[Sample]) -> tuple[Figures, ...]:
    """Hard and easy ones first, then by name."""
    found = _grouped(samples, lambda one: one.template)
    gravity = [Verdict.HARD, Verdict.EASY, Verdict.FINE, Verdict.FEW]
    return tuple(sorted(found, key=lambda one: (gravity.index(one.verdict), one.name)))


def by_skill(samples: Iterable[Sample]) -> tuple[Figures, ...]:
    return tuple(sorted(_grouped(samples, lambda one: one.skill), key=lambda one: one.name))


def _grouped(samples: Iterable[Sample], of: Callable[[Sample], str]) -> list[Figures]:
    groups: dict[str, list[Sample]] = {}
    for one in samples:
        groups.setdefault(of(one), []).append(one)
    return [figures(name, group) for name, group in groups.items()]


def by_field(samples: Sequence[Sample]) -> tuple[FieldErrors, ...]:
    """The fields that were filled in or went wrong, those with the most wrong runs first."""
    kinds: dict[str, Counter[str]] = {}
    runs: Counter[str] = Counter()
    times: dict[str, list[int]] = {}
    for one in samples:
        runs.update({field for _kind, field in one.errors})
        for kind, field in one.errors:
            kinds.setdefault(field, Counter())[kind] += 1
        for field, taken in one.filled:
            times.setdefault(field, []).append(taken)
    found = [
        FieldErrors(
            field, kinds.get(field, Counter()).total(), runs[field], len(samples),
            tuple(_most_first(kinds.get(field, Counter()))), int(median(times[field])) if field in times else None,
        )
        for field in {**kinds, **times}
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.runs, -one.errors, one.field)))


def _most_first(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
