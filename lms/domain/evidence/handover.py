"""The hand-over of a level-3 case 升级移交 (rulebook 1.7): a complete ticket within 10 minutes of the need."""

from collections.abc import Iterator

from lms.domain.evidence.reading import Reading, unheard
from lms.domain.evidence.transcript import Kind
from lms.domain.evidence.values import Evidence, Verdict

LIMIT = 600.0  # seconds


def handover(call: Reading) -> Iterator[Evidence]:
    """``handover.in-time`` with the seconds it took, and a verdict for each field of the ticket."""
    need = call.told.level_3_at
    rules = ("handover.in-time", "handover.queue", "handover.summary", "handover.contact")
    if call.told.level != 3 or need is None:
        note = "not-level-3" if call.told.level in (1, 2) else "need-unknown"
        yield from (unheard(rule, note) for rule in rules)
        return
    tickets = [(at, turn) for at, turn in enumerate(call.turns) if turn.kind is Kind.TICKET and turn.seconds >= need]
    if not tickets:
        yield from (Evidence(rule, Verdict.CLEAR, note="no-ticket") for rule in rules)
        return
    at, turn = tickets[0]
    taken = turn.seconds - need
    late = taken > LIMIT
    yield Evidence(rules[0], Verdict.CLEAR if late else Verdict.HIT, at, note="late" if late else "", figure=taken)
    for rule in rules[1:]:
        filled = bool(str(getattr(turn.ticket, rule.removeprefix("handover."))).strip())
        yield Evidence(rule, Verdict.HIT if filled else Verdict.CLEAR, at)
