"""Evidence 证据: what rules find in the transcript of a call, in Chinese and English; a person decides (contract 7)."""

from lms.domain.evidence.explain import explain
from lms.domain.evidence.values import RULES_VERSION, Evidence, Explained, Label, Span, Verdict

__all__ = ["RULES_VERSION", "Evidence", "Explained", "Label", "Span", "Verdict", "explain"]
