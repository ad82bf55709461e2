"""Empathy 共情: specific when the customer's place is taken, or a feeling goes with what happened; else a formula."""

from collections.abc import Sequence
from types import ModuleType

from lms.domain.evidence import empathy_en, empathy_zh
from lms.domain.evidence.clauses import Clause, masked, reread
from lms.domain.evidence.patterns import Pattern
from lms.domain.evidence.promises import Found

STORY = 8  # characters of a clause that can tell what happened


class Empathies:
    """The empathy of one language; ``words`` is its lexicon module."""

    def __init__(self, words: ModuleType) -> None:
        self.words = words
        self.place_taken = Pattern(words.PLACE_TAKEN)
        self.who_would_not = Pattern(words.WHO_WOULD_NOT)
        self.granted = Pattern(words.GRANTED)
        self.formula = Pattern(words.FORMULA)

    def find(self, text: str, clauses: Sequence[Clause]) -> Found | None:
        """The best empathy of a line: rule ``empathy.place-taken``, ``.named``, ``.apology``, else ``.formula``."""
        said = reread(clauses, self.words.NEUTRAL)
        return self._place_taken(text) or self._specific(said) or self._first(said, self.formula, "empathy.formula")

    def _place_taken(self, text: str) -> Found | None:
        """Read over commas: "had that happened to me, ..." goes on in the next clause."""
        place = self.who_would_not.first(text) or self.place_taken.first(masked(text, self.words.NEUTRAL))
        return Found(*place, "empathy.place-taken") if place else None

    def _specific(self, said: Sequence[Clause]) -> Found | None:
        for place, clause in enumerate(said):
            # A cause stands in the clause of the feeling or next to it.
            near = said[max(0, place - 2) : place + 3]
            granted = None if clause.asks else self.granted.first(clause.text)
            if granted and self._has_cause(clause, near, said[max(0, place - 3) : place]):
                return Found(clause.start + granted[0], clause.start + granted[1], "empathy.named")
            if (sorry := self.words.SORRY.first(clause.text)) and self._done_to_you(near):
                return Found(clause.start + sorry[0], clause.start + sorry[1], "empathy.apology")
        return None

    def _has_cause(self, clause: Clause, near: Sequence[Clause], before: Sequence[Clause]) -> bool:
        """Whether what happened stands by the feeling; a request ("tell me the order number") is no happening."""
        told = [one for one in near if one is clause or not self.words.REQUEST.within(one.text)]
        if self._is_restated(clause, near):
            return False
        return self._happened(told) or self._is_story(clause, before)

    def _is_restated(self, clause: Clause, near: Sequence[Clause]) -> bool:
        """Whether the clause only reads facts back for the customer to confirm: no feeling, and "right?" at its end."""
        confirms = any(
            one.asks and one.sentence == clause.sentence and self.words.RESTATED.within(one.text) for one in near
        )
        return confirms and not self.words.FELT.within(clause.text)

    def _first(self, said: Sequence[Clause], pattern: Pattern, rule: str) -> Found | None:
        for clause in said:
            if place := pattern.first(clause.text):
                return Found(clause.start + place[0], clause.start + place[1], rule)
        return None

    def _is_story(self, clause: Clause, before: Sequence[Clause]) -> bool:
        """Whether a feeling is named that goes with what was told of the customer right before, in whatever words."""
        return self.words.FELT_BY_YOU.within(clause.text) and any(
            len(one.text.strip()) >= STORY
            and not one.asks
            and not self.words.NO_STORY.within(one.text)
            and not self.formula.within(one.text)
            for one in before
        )

    def _happened(self, near: Sequence[Clause]) -> bool:
        return any(self.words.HAPPENED.within(clause.text) for clause in near)

    def _done_to_you(self, near: Sequence[Clause]) -> bool:
        """An apology names its cause: that it was done to the customer, and there or later what it was."""
        for place, clause in enumerate(near):
            if done := self.words.DONE_TO_YOU.first(clause.text):
                return self.words.HAPPENED.within(clause.text[done[0] :]) or self._happened(near[place + 1 :])
        return False


CHINESE = Empathies(empathy_zh)
ENGLISH = Empathies(empathy_en)
