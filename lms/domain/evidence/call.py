"""All rules over a whole call, stage by stage; what cannot be evaluated says so and is never clear (contract 7)."""

from collections.abc import Iterator

from lms.domain.evidence.confirmation import confirmation
from lms.domain.evidence.deadlines import deadlines
from lms.domain.evidence.explain import explain
from lms.domain.evidence.handover import handover
from lms.domain.evidence.opening import opening
from lms.domain.evidence.questions import questions
from lms.domain.evidence.reading import Reading, unheard
from lms.domain.evidence.required_wording import required_wording
from lms.domain.evidence.timing import timing
from lms.domain.evidence.transcript import Circumstances, Transcript
from lms.domain.evidence.values import Evidence, Label, Span, Verdict
from lms.domain.evidence.verification import verification
from lms.domain.values import Language

WORDING = {
    Label.ABS: "wording.absolute-promise",
    Label.DISM: "wording.dismissal",
    Label.PII: "privacy.identifier",
    Label.EMP: "empathy.specific",
    Label.EMP0: "empathy.formula",
}
# A hit of these is a fault; a hit of every other rule is something done, or a mere measure.
FAULTS = frozenset(
    {
        "wording.absolute-promise", "wording.dismissal", "privacy.identifier", "privacy.before-verification",
        "response.late", "hold.too-long",
    }
)  # fmt: skip


def evidence_of(
    transcript: Transcript, language: Language, circumstances: Circumstances | None = None
) -> tuple[Evidence, ...]:
    """What the rules find in ``transcript``: for every rule at least one verdict.

    Hit: what the rule looks for is there (see ``FAULTS`` for whether that is good). Clear: it was looked for and is
    not there. Suspected: for a person to judge. Not evaluated: the transcript or ``circumstances`` do not tell.
    """
    call = Reading(transcript, language, circumstances or Circumstances())
    stages = (opening, verification, _wording, questions, confirmation, required_wording, handover, deadlines, timing)
    return tuple(evidence for stage in stages for evidence in stage(call))


def _wording(call: Reading) -> Iterator[Evidence]:
    """The labels of every line of the agent's."""
    explained = [(line.at, explain(line.turn.text, call.language)) for line in call.agent]
    for label, rule in WORDING.items():
        found = [
            _evidence(rule, verdict, at, span)
            for at, one in explained
            for verdict, spans in ((Verdict.HIT, one.spans), (Verdict.SUSPECTED, one.suspected))
            for span in spans
            if span.label is label
        ]
        yield from found or [Evidence(rule, Verdict.CLEAR) if call.agent else unheard(rule)]


def _evidence(rule: str, verdict: Verdict, at: int, span: Span) -> Evidence:
    return Evidence(rule, verdict, at, span.start, span.end, span.rule, version=span.version)
