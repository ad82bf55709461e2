"""Evidence 证据: what rules find in the transcript of a call, in Chinese and English; a person decides (contract 7)."""

from lms.domain.evidence.call import FAULTS, evidence_of
from lms.domain.evidence.explain import explain
from lms.domain.evidence.transcript import Circumstances, Kind, Speaker, TicketForm, Transcript, Turn
from lms.domain.evidence.values import RULES_VERSION, Evidence, Explained, Label, Span, Verdict

__all__ = [
    "FAULTS",
    "RULES_VERSION",
    "Circumstances",
    "Evidence",
    "Explained",
    "Kind",
    "Label",
    "Span",
    "Speaker",
    "TicketForm",
    "Transcript",
    "Turn",
    "Verdict",
    "evidence_of",
    "explain",
]
