"""The journal 操作日志 of a run: ordered actions with server times. It is the only truth; all else is computed."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class ActionKind(StrEnum):
    """What a trainee can do at the desk; in brackets, what ``data`` holds."""

    BEGIN = "begin"  # {}: the clock starts, the cue appears
    SEARCH = "search"  # {q}
    OPEN = "open"  # {customer}: the record's card; what is open is where writes go
    VERIFY = "verify"  # {level: 0–3, proofs: [...]}
    PANEL = "panel"  # {panel}: a detail page of the open record
    UNMASK = "unmask"  # {field}: "number", "id", "name", "address", "contact:1" …
    KNOWLEDGE = "knowledge"  # {q}: search the knowledge base
    ARTICLE = "article"  # {article}: read it
    PIN = "pin"  # {ref}: choose as evidence, of the open record or a notice
    UNPIN = "unpin"  # {ref}
    ANSWER = "answer"  # {field, value}; the last value of a field counts
    SUBMIT = "submit"  # {}: ends the run; a workflow writes its ticket to the open record
    CLOSE = "close"  # {}: the server's own: time was up, or the run was left


@dataclass(frozen=True, slots=True)
class Action:
    """``seq`` counts from 1 in the order of arrival; ``lag_ms`` is how long the desk took to show the one before."""

    seq: int
    op_id: str
    at: datetime
    kind: ActionKind
    data: dict[str, Any] = field(default_factory=dict)
    lag_ms: int | None = None


@dataclass(frozen=True, slots=True)
class RunState:
    """The desk after some actions. ``refused`` counts actions that meant nothing (an unknown panel, after the end)."""

    begun_at: datetime | None = None
    ended_at: datetime | None = None
    submitted: bool = False
    customer: int | None = None
    panel: str | None = None
    level: int = 0
    proofs: tuple[str, ...] = ()
    opened: tuple[int, ...] = ()
    panels: tuple[tuple[int, str], ...] = ()
    unmasked: tuple[tuple[int, str], ...] = ()
    pins: tuple[tuple[int, str], ...] = ()  # (the record that was open, ref); a notice's record is -1
    articles: tuple[str, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)
    refused: int = 0
