"""Habits that only a whole bank shows: where the length of an option tells whether it is the key."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from lms.content.filed import FiledQuestion
from lms.content.problems import Problem, Severity
from lms.domain.questions import Single
from lms.domain.values import Language

FEWEST = 20  # below this many questions chance explains anything
SIGMAS = 3  # standard deviations from chance; so far off by chance about once in 370 banks


def length_habits(filed: Sequence[FiledQuestion], folder: str) -> Iterator[Problem]:
    """A warning for each language in which the longest or the shortest option is the key too often or seldom.

    A key that is never the longest helps a guesser as much as one that always is.
    """
    singles = [one.question for one in filed if isinstance(one.question, Single)]
    for language in Language:
        spoken = [question for question in singles if language in question.languages]
        for name, sign in (("longest", 1), ("shortest", -1)):
            picked = [found for question in spoken if (found := standing_out(question, language, sign))]
            hits = sum(is_key for is_key, _ in picked)
            chance = sum((share for _, share in picked), Fraction(0))
            variance = sum((share * (1 - share) for _, share in picked), Fraction(0))
            if len(picked) >= FEWEST and (hits - chance) ** 2 > SIGMAS**2 * variance:
                what = (
                    f"in {language.value} the {name} option is the key in {hits} of {len(picked)} "
                    f"single-choice questions, by chance it would be {round(chance)}"
                )
                rival = "distractors" if hits > chance else "keys"
                mend = f"make some {rival} the {name}, so that length tells nothing"
                yield Problem(folder, 1, "", what, mend, Severity.WARNING)


def standing_out(question: Single, language: Language, sign: int) -> tuple[bool, Fraction] | None:
    """Whether the one longest option is the key (the shortest, with ``sign`` −1), and the chance that it is.

    None where several options share that length.
    """
    lengths = {option.id: sign * len(option.text.in_(language)) for option in question.options}
    edge = max(lengths.values())
    at_the_edge = [one for one, length in lengths.items() if length == edge]
    return (at_the_edge[0] == question.key, Fraction(1, len(lengths))) if len(at_the_edge) == 1 else None
