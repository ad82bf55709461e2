"""Benchmark calls 标杆通话, on which examiners calibrate: a transcript, the levels experts agreed on, and why."""

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from lms.domain.call_marks import HIGHEST
from lms.domain.crm.desk import PanelName
from lms.domain.scenarios import Flaw, Scenario
from lms.domain.scenarios.texts import Both, Id, Sentence
from lms.domain.values import Language, Value
from lms.domain.wording import Worded

BENCHMARK_ALIAS = "6021"  # the agent number spoken in benchmark calls; a hidden one speaks the number of its copy

BenchmarkId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]


class BenchmarkTurn(Value):
    """What was said, or done (``do``; the text then is a ticket's or a transfer's), ``s`` seconds after the last."""

    by: Literal["agent", "customer"]
    s: int = Field(ge=0, le=3600)
    text: Sentence
    do: Literal["hold", "transfer", "ticket", "hang-up"] | None = None


class BenchmarkLook(Value):
    """What the agent did in the CRM just before saying turn ``before``: opened the caller's record, set a ``level`` of
    verification, read a ``panel``."""

    before: int
    do: Literal["open", "verify", "panel"]
    level: int | None = Field(default=None, ge=0, le=3)
    panel: PanelName | None = None

    @model_validator(mode="after")
    def _whole(self) -> "BenchmarkLook":
        if (self.level is not None) != (self.do == "verify") or (self.panel is not None) != (self.do == "panel"):
            raise ValueError("verify has a level, panel has a panel, open has neither")
        return self


class AgreedMark(Value):
    """``turns`` count from 1: where the level can be seen."""

    level: int = Field(ge=1, le=HIGHEST)
    turns: tuple[int, ...] = Field(min_length=1)
    reason: Both


class BenchmarkCall(Value):
    """``marks`` by criterion of the scenario's rubric; ``critical``: failure → the turns at which it happened.

    Those of one ``series`` make a round of the gate; a ``hidden`` one comes up among live work instead. The agent
    speaks as ``BENCHMARK_ALIAS``. ``looks`` and ``end`` are told to whoever marks a
    hidden one, as of any call.
    """

    id: BenchmarkId
    scenario: Id
    language: Language
    series: int = Field(default=1, ge=1, le=99)
    hidden: bool = False
    turns: tuple[BenchmarkTurn, ...] = Field(min_length=6, max_length=40)
    looks: tuple[BenchmarkLook, ...] = ()
    end: Literal["resolved", "unresolved", "walked-out", "hung-up"] = "resolved"
    marks: dict[Id, AgreedMark]
    critical: dict[Id, tuple[int, ...]]

    @cached_property
    def sha256(self) -> str:
        fields = type(self).model_fields
        usual = {name for name in ("series", "hidden", "looks", "end") if getattr(self, name) == fields[name].default}
        plain = json.dumps(self.model_dump(mode="json", exclude=usual), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()


def benchmark_flaws(benchmark: BenchmarkCall, scenario: Scenario) -> Iterator[Flaw]:
    """What keeps ``benchmark`` from being marked by the rubric of ``scenario``, which is complete."""
    criteria = [criterion.id for criterion in scenario.rubric.own]
    for name in criteria:
        if name not in benchmark.marks:
            what = Worded("the criterion %(criterion)s has no mark", criterion=name)
            yield Flaw(("marks",), what, Worded("add %(criterion)s: with level, turns and reason", criterion=name))
    for name, mark in benchmark.marks.items():
        if name not in criteria:
            mend = Worded("it has %(names)s", names=", ".join(criteria))
            yield Flaw(("marks", name), Worded("the rubric has no such criterion"), mend)
        yield from _no_such_turns(benchmark, ("marks", name, "turns"), mark.turns)
    failures = [failure.id for failure in scenario.critical]
    for name, turns in benchmark.critical.items():
        if name not in failures:
            mend = Worded("it has %(names)s", names=", ".join(failures))
            yield Flaw(("critical", name), Worded("the scenario has no such failure"), mend)
        if not turns:
            mend = Worded("name the turns at which it happened, such as [4]")
            yield Flaw(("critical", name), Worded("no turn shows it"), mend)
        yield from _no_such_turns(benchmark, ("critical", name), turns)
    yield from _looks_out_of_place(benchmark)


def _looks_out_of_place(benchmark: BenchmarkCall) -> Iterator[Flaw]:
    spoken = [place for place, turn in enumerate(benchmark.turns, start=1) if turn.by == "agent" and place > 1]
    last = 0
    for index, look in enumerate(benchmark.looks):
        if look.before not in spoken or look.before < last:
            what = Worded("nothing can be looked up before turn %(turn)s there", turn=look.before)
            mend = Worded("name the agent's turns in their order: %(turns)s", turns=", ".join(map(str, spoken)))
            yield Flaw(("looks", index, "before"), what, mend)
        last = max(last, look.before)


def _no_such_turns(benchmark: BenchmarkCall, place: tuple[str | int, ...], turns: tuple[int, ...]) -> Iterator[Flaw]:
    for index, turn in enumerate(turns):
        if not 1 <= turn <= len(benchmark.turns):
            mend = Worded("turns count from 1 to %(last)s", last=len(benchmark.turns))
            yield Flaw((*place, index), Worded("there is no turn %(turn)s", turn=turn), mend)
