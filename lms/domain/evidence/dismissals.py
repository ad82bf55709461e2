"""Dismissal 推诿、指责 (rulebook 1.9): wording that calms by command, sends away, blames, or shrugs."""

from collections.abc import Iterator, Sequence
from types import ModuleType

from lms.domain.evidence import dismissal_en, dismissal_zh, slights_en, slights_zh
from lms.domain.evidence.clauses import Clause, reread
from lms.domain.evidence.patterns import Pattern, either
from lms.domain.evidence.promises import Found

# A clause of help in the same line turns these from a refusal into a hand-over.
FORGIVEN_BY_HELP = ("not-mine", "shrug")


class Dismissals:
    """The dismissals of one language; ``words`` and ``slights`` are its lexicon modules."""

    def __init__(self, words: ModuleType, slights: ModuleType) -> None:
        self.words = words
        self.own_effort = Pattern(slights.OWN_EFFORT)
        kinds = {
            "calm": words.CALM, "not-mine": words.NOT_MINE, "go-away": words.GO_AWAY,
            "blame": words.BLAME, "shrug": words.SHRUG, "futile": slights.FUTILE,
            "belittled": slights.BELITTLED, "impatient": slights.IMPATIENT,
        }  # fmt: skip
        self.kinds = {name: Pattern(kind) for name, kind in kinds.items()}
        self.any = Pattern(either(*kinds.values()))

    def find(self, clauses: Sequence[Clause]) -> Iterator[Found]:
        previous: Clause | None = None
        clauses = reread(clauses, self.words.NEUTRAL)
        for place, clause in enumerate(clauses):
            if self.any.within(clause.text):
                helped = any(self.words.HELPS.within(near.text) for near in clauses[max(0, place - 2) : place + 4])
                yield from self._in(clause.text, clause, previous, helped)
            previous = clause

    def _in(self, text: str, clause: Clause, previous: Clause | None, helped: bool) -> Iterator[Found]:
        for name, kind in self.kinds.items():
            if place := kind.first(text):
                excuse = self._excuse(name, text[: place[0]], text[: place[1] - 2], previous, helped)
                yield Found(clause.start + place[0], clause.start + place[1], f"dismissal.{name}", excuse)

    def _excuse(self, name: str, before: str, upto: str, previous: Clause | None, helped: bool) -> str:
        words = self.words
        if words.DENIED.within(before):
            return "denied"
        # "The agent told you to calm down": the saying may stand inside of the match.
        said = upto if name in ("calm", "not-mine") else before
        if words.REPORTED.within(said) or (previous is not None and self._announced(previous)):
            return "reported"
        if name in FORGIVEN_BY_HELP and helped:
            return "helped"
        if name == "futile" and self.own_effort.within(before):
            return "own"
        if name == "go-away" and words.OFFERED.within(before):
            return "offered"
        return ""

    def _announced(self, previous: Clause) -> bool:
        return _ANNOUNCED.within(previous.text)


_ANNOUNCED = Pattern(
    "(?:您|你|客户|他|她|对方|同事|师傅|有人|前面|之前|营业厅)[^我]{0,10}(?:说|讲|告诉您|提到|听到|回复您)(?:的|是|"
    "过)?$", r"\b(?:you|he|she|they|agent|colleague|rep|someone|technician)\b.{0,20}\b(?:said|told you|told me|"
    "says)(?: that)? ?$",
)  # fmt: skip
CHINESE = Dismissals(dismissal_zh, slights_zh)
ENGLISH = Dismissals(dismissal_en, slights_en)
