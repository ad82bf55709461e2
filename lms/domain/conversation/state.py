"""Where a conversation stands: everything that the engine knows, and nothing else, in one frozen value."""

import hashlib
import json
from collections.abc import Iterable

from lms.domain.scenarios.beats import Ending
from lms.domain.values import Language, Value

HANDOVER_S = 600  # level 3: tickets within ten minutes from the need (rulebook 1.7)


class State(Value):
    """A function of scenario, language, seed and the turns so far. Times are milliseconds since the first line.

    ``misses`` counts how often ``else`` was said in this visit of the beat; ``used`` how often an answer was given
    or a need asked for; ``ever`` holds all intents heard, ``spoken`` the ids of the customer's lines in order.
    """

    scenario: str
    language: Language
    seed: int
    beat: str
    emotion: int
    visits: dict[str, int]
    turns: int = 0
    misses: int = 0
    used: dict[str, int] = {}
    ever: tuple[str, ...] = ()
    fired: tuple[str, ...] = ()
    revealed: tuple[str, ...] = ()
    traps: tuple[str, ...] = ()
    critical: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()
    check_ins: int = 0
    warnings: int = 0
    on_hold: bool = False
    elapsed_ms: int = 0
    need_shown_ms: int | None = None
    handed_over_ms: int | None = None
    end: Ending | None = None

    @property
    def late_handover(self) -> bool | None:
        """Whether the hand-over came more than ten minutes after its need; None where it is not due or not over."""
        if self.need_shown_ms is None:
            return None
        took = (self.elapsed_ms if self.handed_over_ms is None else self.handed_over_ms) - self.need_shown_ms
        if took > HANDOVER_S * 1000:
            return True
        return None if self.handed_over_ms is None else False

    def with_(self, **changes: object) -> "State":
        return self.model_copy(update=changes)

    def counted(self, name: str) -> dict[str, int]:
        """``used`` with one more for ``name``."""
        return {**self.used, name: self.used.get(name, 0) + 1}

    def digest(self) -> str:
        """SHA-256 of the state; equal for a log replayed."""
        plain = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()


def joined(kept: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    """``kept`` and what is new of ``more``, in order, each once."""
    return tuple(dict.fromkeys((*kept, *more)))
