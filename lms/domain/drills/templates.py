"""Templates 任务模板: what a task is about, in words with slots, and where its one right answer is read from."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from lms.domain.crm.circumstances import Word
from lms.domain.crm.records import TicketType
from lms.domain.crm.texts import Topic
from lms.domain.drills.evidence import NAMES
from lms.domain.drills.fields import FIELDS
from lms.domain.drills.figures import FIGURES
from lms.domain.drills.plans import DrillKind
from lms.domain.drills.tasks import Proof
from lms.domain.values import Language, Prose, Texts, Value

SLOT = re.compile(r"\{([a-z_0-9]*)\}")
# Slots by which a record can be found, and slots that only tell what the matter is.
FINDING = ("number", "tail", "name", "address", "account", "ticket")
TELLING = ("surname", "id_last4", "service", "pack", "hours")

SolutionId = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*$", max_length=40)]


class Variants(Value):
    """The same said in several ways; a seed picks one."""

    zh: tuple[Prose, ...] = Field(min_length=1)
    en: tuple[Prose, ...] = Field(min_length=1)

    def in_(self, language: Language) -> tuple[str, ...]:
        return self.zh if language is Language.ZH else self.en

    def slots(self) -> Iterator[str]:
        return (slot for text in (*self.zh, *self.en) for slot in SLOT.findall(text))

    @model_validator(mode="after")
    def _known_slots(self) -> "Variants":
        for slot in self.slots():
            if slot not in (*FINDING, *TELLING):
                raise ValueError(f"there is no slot {{{slot}}}; there are: {', '.join((*FINDING, *TELLING))}")
        return self


class CallerProfile(Value):
    """Who calls: from which number, with which proofs, and how they say who they are."""

    number: Literal["own", "extra-sim", "contact", "other", "withheld"]
    proofs: tuple[Proof, ...]
    says: Variants


class TicketPart(Value):
    """The ticket that is right; its department follows from the type (rulebook 1.7).

    No ``type``: it is answered in the call. ``clock``: urgent is a reconnection within 2 h, rights a request for one's
    own data.
    """

    type: TicketType | None = None
    level: int = Field(ge=1, le=3)
    clock: Literal["normal", "urgent", "rights"] = "normal"
    children: tuple[TicketType, ...] = ()

    @model_validator(mode="after")
    def _levels_fit(self) -> "TicketPart":
        if self.children and self.level < 3:
            raise ValueError("child tickets go with level 3")
        if self.type is TicketType.PRIVACY and self.level < 3:
            raise ValueError("a T5 is always level 3")
        if self.type is None and (self.level > 1 or self.children):
            raise ValueError("what is answered in the call is level 1")
        return self


class WorkflowPart(Value):
    """``level``: the verification needed. ``evidence`` must be pinned, ``related`` may be. ``confusions``: solutions
    that stand beside the right one; ``kept_out``: those that would be right in part, and so are never offered.
    ``authority``: who may approve the amount, by which limits."""

    level: int = Field(ge=0, le=3)
    evidence: tuple[str, ...]
    related: tuple[str, ...] = ()
    solution: SolutionId
    confusions: tuple[SolutionId, ...] = ()
    kept_out: tuple[SolutionId, ...] = ()
    amount: str | None = None
    authority: Literal["refund", "goodwill"] | None = None
    ticket: TicketPart

    @model_validator(mode="after")
    def _known_names(self) -> "WorkflowPart":
        for name in (*self.evidence, *self.related):
            if name not in NAMES:
                raise ValueError(f"there is no evidence {name!r}; there are: {', '.join(sorted(NAMES))}")
        if self.amount is not None and self.amount not in FIGURES:
            raise ValueError(f"there is no figure {self.amount!r}; there are: {', '.join(sorted(FIGURES))}")
        if overlap := {self.solution, *self.confusions} & {*self.kept_out}:
            raise ValueError(f"{', '.join(sorted(overlap))} is both offered and kept out")
        if self.authority and not self.amount:
            raise ValueError("an authority needs an amount")
        return self


class Template(Value):
    """One kind of task. ``verified``: what a lookup's caller has already passed. ``ask``: ids of `fields.FIELDS`."""

    code: Word
    kind: DrillKind
    skill: Word
    difficulty: int = Field(ge=1, le=3)
    rule: str
    circumstance: Word
    title: Texts
    caller: CallerProfile
    verified: int = Field(default=0, ge=0, le=3)
    cue: Variants
    ask: tuple[str, ...] = ()
    topic: Topic
    may_unmask: tuple[str, ...] = ()
    workflow: WorkflowPart | None = None

    @model_validator(mode="after")
    def _of_its_kind(self) -> "Template":
        for field in self.ask:
            if field not in FIELDS:
                raise ValueError(f"there is no field {field!r}; there are: {', '.join(FIELDS)}")
        if (self.kind is DrillKind.WORKFLOW) != (self.workflow is not None):
            raise ValueError("a workflow, and only a workflow, has a workflow part")
        if self.kind is DrillKind.LOOKUP and not self.ask:
            raise ValueError("a lookup asks for fields")
        return self
