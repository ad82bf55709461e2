"""A task: what is asked, whom it concerns, and the one right answer. Made from a template and a seed, then frozen.

``face()`` is the trainee's half: it has no field for anything that would give the answer away (contract 4).
"""

from datetime import datetime
from enum import StrEnum

from lms.domain.drills.plans import DrillKind
from lms.domain.values import Language, Texts, Value


class FieldKind(StrEnum):
    """How a field is typed and compared: see `lms.domain.drills.answers`."""

    DATE = "date"  # 2026-05-31; also accepted: 2026/5/31, 5月31日, 31 May 2026
    MOMENT = "moment"  # 2026-03-17T10:24
    MONEY = "money"  # 54.00
    NUMBER = "number"
    TEXT = "text"  # folded: width, case, spaces
    CHOICE = "choice"  # one of ``choices``


class Choice(Value):
    code: str
    label: Texts


class Asked(Value):
    """One field to be filled in. ``expected`` and ``stale`` are canonical texts of its kind.

    ``stale``: values that stand on the record but are out of date (a closed record, an old version, an ended
    contract): given as the answer they are named as such.
    """

    field: str  # "contract.end", "ticket.level" …
    kind: FieldKind
    label: Texts
    panel: str  # where a trainee finds it
    rule: str  # rulebook section that explains it
    expected: str
    accepted: tuple[str, ...] = ()  # further right answers (children in another order)
    stale: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()


class Proof(StrEnum):
    """What a caller can show of who they are (rulebook 1.8)."""

    OWN_NUMBER = "own-number"
    NAME = "name"
    ADDRESS = "address"
    ID_LAST4 = "id-last4"
    CODE = "code"  # SMS code or service password, keyed by the holder into the IVR
    FACE = "face"  # store or APP
    AUTHORISED = "authorised"  # a registered authorised contact


class Caller(Value):
    """Who calls, as the telephone and they themselves say."""

    number: str | None  # None: withheld
    says: str  # their words, in the task's language
    proofs: tuple[Proof, ...]


class Expected(Value):
    """What a workflow asks beyond its fields."""

    level: int  # V0–V3 that the caller's proofs allow and the matter needs
    evidence: tuple[str, ...]  # refs that must be pinned
    related: tuple[str, ...] = ()  # refs that may be pinned as well


class Task(Value):
    """``verified``: the level at which the task starts (a lookup's caller has passed the IVR)."""

    kind: DrillKind
    template: str
    seed: int
    language: Language
    world_seed: int
    world_size: int
    now: datetime  # the world's clock when the task begins
    skill: str
    difficulty: int
    cue: str
    caller: Caller
    verified: int = 0
    customer: int
    similar: tuple[int, ...] = ()  # the customers who look alike
    may_open: tuple[int, ...] = ()  # another record of the same person, as of a merged account
    fields: tuple[Asked, ...]
    topic: str  # the knowledge topic whose one current article fits
    article: str
    article_rule: str = ""  # what it explains; empty in tasks that were frozen before it was kept
    superseded: tuple[str, ...] = ()  # articles on the topic that stand no longer
    may_unmask: tuple[str, ...] = ()
    private: tuple[str, ...] = ()  # the customer's full name, number and ID: a note must not hold them
    workflow: Expected | None = None

    def face(self) -> "Face":
        return Face(
            kind=self.kind,
            language=self.language,
            now=self.now,
            cue=self.cue,
            caller=self.caller,
            verified=self.verified,
            fields=tuple(
                FaceField(field=one.field, kind=one.kind, label=one.label, choices=one.choices) for one in self.fields
            ),
        )


class FaceField(Value):
    field: str
    kind: FieldKind
    label: Texts
    choices: tuple[Choice, ...] = ()


class Face(Value):
    """What the trainee is told once the clock runs."""

    kind: DrillKind
    language: Language
    now: datetime
    cue: str
    caller: Caller
    verified: int
    fields: tuple[FaceField, ...]
