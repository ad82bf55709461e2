"""Forbidden absolute promises (rulebook 1.9): found by lexicon, judged by what stands round them in their clause."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

from lms.domain.evidence import promise_en, promise_zh
from lms.domain.evidence.clauses import Clause, masked, reread
from lms.domain.evidence.patterns import Pattern, either

REACH = 24  # characters behind a certain adverb within which its outcome must come
TRYING = Pattern(
    "^[^,]{0,12}(?:尽力|尽最大|尽全力|竭尽|全力以赴|努力|尽快|尽量|如实|不推)",
    r"^[^,]{0,24}\b(?:try|do (?:my|our) (?:\w+ )?best|do (?:everything|all|whatever) (?:i|we)|do what (?:i|we))\b",
)


HUNDRED = Pattern("%|百|per ?cent")


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of the plain text that holds a forbidden word; ``excuse`` is empty when it is a promise."""

    start: int
    end: int
    rule: str
    excuse: str = ""

    def moved(self, by: int) -> "Found":
        return Found(self.start + by, self.end + by, self.rule, self.excuse)


class Promises:
    """The promises of one language; ``words`` is its lexicon module."""

    def __init__(self, words: ModuleType) -> None:
        self.words = words
        self.by_themselves = {
            "performed": Pattern(words.PERFORMED),
            "vowed": Pattern(words.VOWED),
            "never-again": Pattern(words.NEVER_AGAIN),
            "superlative": Pattern(words.SUPERLATIVE),
        }
        self.certain = Pattern(words.CERTAIN)
        self.any = Pattern(either(words.PERFORMED, words.VOWED, words.CERTAIN, words.NEVER_AGAIN, words.SUPERLATIVE))

    def find(self, clauses: Sequence[Clause]) -> Iterator[Found]:
        clauses = reread(clauses, self.words.NEUTRAL)
        read: dict[tuple[str, ...], list[Found]] = {}  # a line that repeats itself is read once
        for place, clause in enumerate(clauses):
            before, after = _neighbours(clauses, place)
            untrue = any(self.words.DISAVOWED.within(later.text) for later in clauses[place + 1 : place + 3])
            context = (before, clause.text, after, f"{clause.asks}{untrue}")
            if context not in read:
                read[context] = list(self._in(clause.text, before, after, clause.asks, untrue))
            yield from (one.moved(clause.start) for one in read[context])
            if self._takes_over(clauses[max(0, place - 2) : place], clause.text):
                yield Found(clause.start, clause.start + len(clause.text), "promise.taken-over")

    def _takes_over(self, before: Sequence[Clause], text: str) -> bool:
        """ "My colleague could not promise it, but I can." """
        return self.words.BUT_I_CAN.within(text) and any(self.words.OTHERS_CANNOT.within(one.text) for one in before)

    def _in(self, text: str, previous: str, following: str, asks: bool, untrue: bool) -> Iterator[Found]:
        """The forbidden words of a clause; of each kind no more than the first that is a promise."""
        if not self.any.within(text):
            return
        announced = self.words.ANNOUNCED.within(previous) and not self.words.OWN.within(text[:4])
        promised = ""
        for rule, start, end in self._triggers(text, previous, following):
            if rule != promised:
                excuse = "reported" if announced or untrue else self._excuse(rule, text, start, end, asks)
                yield Found(start, end, f"promise.{rule}", excuse)
                promised = promised if excuse else rule

    def _triggers(self, text: str, previous: str, following: str) -> Iterator[tuple[str, int, int]]:
        for rule, pattern in self.by_themselves.items():
            for start, end in pattern.all(text):
                yield rule, start, end
        for start, end in self.certain.all(text):
            if self._has_outcome(text, start, end) or self._stands_apart(text, start, end, previous, following):
                yield "certain", start, end

    def _stands_apart(self, text: str, start: int, end: int, before: str, after: str) -> bool:
        """A certain adverb that is a clause by itself ("..., 100%.") takes its outcome from next door."""
        if len(text.strip()) - (end - start) > 1:
            return False
        if before and self._has_outcome(before, 0, 0):
            return True
        word = text[start:end]
        return self.words.LEADS.within(word) and self._has_outcome(word + after, 0, len(word))

    def _has_outcome(self, text: str, start: int, end: int) -> bool:
        """A certain adverb promises only with an outcome, not with advice, refusal or mere effort."""
        behind, words = text[end : end + REACH], self.words
        if words.ADVICE.within(behind):
            return False
        if words is promise_en:
            near = text[:start][-60:] + behind
            return words.OUTCOME_TO_COME.within(text) and not words.EFFORT.within(near)
        if not (outcome := words.OUTCOME.first(behind)):
            return False
        effort = words.EFFORT.first(behind)
        return effort is None or outcome[0] < effort[0]

    def _excuse(self, rule: str, text: str, start: int, end: int, asks: bool) -> str:
        """Why the word promises nothing here; empty if it does."""
        words, before, behind = self.words, masked(text[:start], self.words.NOT_DENYING), text[end:]
        if rule != "vowed" and (words.DENIED.within(before) or words.DENIED_BEHIND.within(behind)):
            return "denied"
        if words.REPORTED.within(before) or words.REPORTED_BEHIND.within(behind):
            return "reported"
        if rule != "vowed" and words.HEDGED.within(before):
            return "hedged"
        if words.SUPPOSED.within(before) or (rule != "vowed" and self._is_condition(before)):
            return "condition"
        if rule == "performed" and (excuse := self._excuse_of_performed(before, behind)):
            return excuse
        if rule == "certain" and words.ASKED_OF_YOU.within(before):
            return "customer's part"
        if rule == "certain" and self._is_measured(text[start:end], before, behind):
            return "measured"
        # A question word inside of the trigger ("no matter who") asks nothing.
        return "asked" if self._asks(before + masked(behind, words.NOT_DENYING), asks) else ""

    def _is_condition(self, before: str) -> bool:
        condition = self.words.CONDITION.first(before)
        return condition is not None and not self.words.OWN.within(before[condition[0] :])

    def _excuse_of_performed(self, before: str, behind: str) -> str:
        if TRYING.within(behind):
            return "trying"
        if self.words.PURPOSE.within(before):
            return "purpose"
        return "customer's part" if self.words.CUSTOMERS.within(before) else ""

    def _is_measured(self, word: str, before: str, behind: str) -> bool:
        """100 % of something that is, or has been done: a figure, not a promise."""
        percent = HUNDRED.within(word)
        return percent and (self.words.MEASURED.within(before) or self.words.MEASURED_BEHIND.within(behind))

    def _asks(self, text: str, asks: bool) -> bool:
        if self.words is promise_en:
            return asks and not promise_en.TAG.within(text) or promise_en.ASKED.within(text) and asks
        return (asks or promise_zh.ASKED.within(text)) and not promise_zh.TAG.within(text)


def _neighbours(clauses: Sequence[Clause], place: int) -> tuple[str, str]:
    """The texts of the clauses before and after, empty where they are of another sentence."""
    here = clauses[place].sentence
    before = clauses[place - 1] if place and clauses[place - 1].sentence == here else None
    after = clauses[place + 1] if place + 1 < len(clauses) and clauses[place + 1].sentence == here else None
    return before.text if before else "", after.text if after else ""


CHINESE = Promises(promise_zh)
ENGLISH = Promises(promise_en)
