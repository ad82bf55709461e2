"""Open and closed questions 开放式与封闭式提问."""

from collections.abc import Iterator

from lms.domain.evidence.clauses import clauses
from lms.domain.evidence.patterns import Pattern
from lms.domain.evidence.reading import Line, Reading, unheard
from lms.domain.evidence.values import Evidence, Verdict

OPEN = Pattern(
    "什么|怎么|怎样|为什么|为何|哪|谁|几|多少|多久|如何|何时|啥|咋",
    r"^[ \"']*(?:and |so |then |ok |okay |sorry )*(?:what|how|why|which|when|where|who|whose|could you (?:tell|"
    r"describe|explain|walk)|can you (?:tell|describe|explain|walk)|please (?:tell|describe|explain)|tell me)\b"
)  # fmt: skip
CLOSED = Pattern(
    "吗|么$|是不是|是否|有没有|能不能|可不可以|会不会|要不要|对不对|对吧|好不好|行不行|还是",
    r"^[ \"']*(?:and |so |then |ok |okay |sorry )*(?:is|are|was|were|do|does|did|have|has|had|can|could|will|would|"
    r"shall|should|may|might|isn't|aren't|don't|didn't|haven't)\b",
    r"\b(?:right|correct|ok|okay|isn't it|is that right|yes or no)$"
)  # fmt: skip


def questions(call: Reading) -> Iterator[Evidence]:
    """Each question with its span; clear where a kind was never asked."""
    found = [evidence for line in call.agent for evidence in _asked(line)]
    yield from found
    for rule in ("question.open", "question.closed"):
        if not any(evidence.rule == rule for evidence in found):
            yield Evidence(rule, Verdict.CLEAR) if call.agent else unheard(rule)


def _asked(line: Line) -> Iterator[Evidence]:
    for clause in clauses(line.plain.text):
        text = clause.text.strip()
        if not clause.asks and not text.endswith(("吗", "呢")):
            continue
        kind = "open" if OPEN.within(text) and not CLOSED.within(text) else "closed"
        offset = clause.text.index(text[0])
        start, end = line.plain.original(clause.start + offset, clause.start + offset + len(text))
        yield Evidence(f"question.{kind}", Verdict.HIT, line.at, start, end)
