"""Conversations 模拟通话: the engine of a role-play, a pure function of scenario, language, seed and turns."""

from lms.domain.conversation.brief import Brief, brief, unsaid_words
from lms.domain.conversation.engine import replay, start, step
from lms.domain.conversation.own_tests import failed_tests
from lms.domain.conversation.rehearsal import Step, rehearsed
from lms.domain.conversation.reply import Felt, Reply
from lms.domain.conversation.silences import silence_limit, with_silences
from lms.domain.conversation.state import State
from lms.domain.conversation.turns import Deed, Said, Silence, Turn, turn_adapter

__all__ = [
    "Brief",
    "Deed",
    "Felt",
    "Reply",
    "Said",
    "Silence",
    "State",
    "Step",
    "Turn",
    "brief",
    "rehearsed",
    "replay",
    "silence_limit",
    "start",
    "step",
    "failed_tests",
    "turn_adapter",
    "unsaid_words",
    "with_silences",
]
