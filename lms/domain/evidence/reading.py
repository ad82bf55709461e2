"""A transcript laid open for the rules: plain texts, the agent's lines, and evidence with spans in the original."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from lms.domain.evidence.patterns import Pattern
from lms.domain.evidence.plain import PlainText, plain
from lms.domain.evidence.transcript import Circumstances, Kind, Speaker, Transcript, Turn
from lms.domain.evidence.values import Evidence, Verdict
from lms.domain.values import Language


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody said at turn ``at``."""

    at: int
    turn: Turn
    plain: PlainText

    def found(self, rule: str, pattern: Pattern, verdict: Verdict = Verdict.HIT, note: str = "") -> Evidence | None:
        """Evidence of the first match, if there is one."""
        place = pattern.first(self.plain.text)
        if place is None or place[0] == place[1]:
            return None
        start, end = self.plain.original(*place)
        return Evidence(rule, verdict, self.at, start, end, note)


@dataclass(frozen=True)
class Reading:
    """A transcript in ``language``, read once for all rules."""

    transcript: Transcript
    language: Language
    told: Circumstances

    @property
    def turns(self) -> Sequence[Turn]:
        return self.transcript.turns

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        said = (Line(at, turn, plain(turn.text)) for at, turn in enumerate(self.turns) if turn.kind is Kind.SAY)
        return tuple(line for line in said if line.plain.text.strip())

    @cached_property
    def agent(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.turn.speaker is Speaker.AGENT)

    @cached_property
    def customer(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.turn.speaker is Speaker.CUSTOMER)

    def answer_to(self, line: Line) -> Line | None:
        """What the customer says next after a line of the agent's."""
        return next((said for said in self.customer if said.at > line.at), None)

    @property
    def ended(self) -> bool:
        return any(turn.kind in (Kind.HANG_UP, Kind.TRANSFER) for turn in self.turns)

    def seek(self, rule: str, pattern: Pattern, lines: Sequence[Line]) -> Evidence:
        """Hit at the first of ``lines`` that has it; clear if none does; not evaluated without lines."""
        for line in lines:
            if evidence := line.found(rule, pattern):
                return evidence
        return Evidence(rule, Verdict.CLEAR) if lines else unheard(rule)

    def every(self, rule: str, pattern: Pattern) -> Iterator[Evidence]:
        """A hit for each match in the agent's lines; clear if there is none; not evaluated without lines."""
        any_found = False
        for line in self.agent:
            for start, end in pattern.all(line.plain.text):
                any_found = True
                first, last = line.plain.original(start, end)
                yield Evidence(rule, Verdict.HIT, line.at, first, last)
        if not any_found:
            yield Evidence(rule, Verdict.CLEAR) if self.agent else unheard(rule)


def unheard(rule: str, note: str = "nothing-said") -> Evidence:
    return Evidence(rule, Verdict.NOT_EVALUATED, note=note)
