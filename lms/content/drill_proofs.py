"""Proofs that a drill template has exactly one right answer, for many seeds (rulebook 4).

A template is proved by making its tasks and looking at each as a sceptic would: one record of the whole world fits the
cue; each field reads one value, which is among its choices and in a panel that the caller's level opens; figures
agree with the rulebook computed another way; and a run without a mistake is worth 100 points.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from fractions import Fraction

from lms.content.drill_figures import recomputed
from lms.content.drill_templates import FiledTemplate
from lms.content.problems import Problem
from lms.content.yaml_lines import Place
from lms.domain.crm.desk import NEEDS, PanelName
from lms.domain.crm.records import Status
from lms.domain.crm.world import UnknownCircumstance, World
from lms.domain.drills.answers import Verdict, verdict
from lms.domain.drills.identity import level_of
from lms.domain.drills.journal import Action, ActionKind
from lms.domain.drills.making import CannotMake, case_of, make_task
from lms.domain.drills.plans import DrillKind, DrillPlan, LookupRules, WorkflowRules
from lms.domain.drills.replay import ARTICLE
from lms.domain.drills.scoring import score
from lms.domain.drills.tasks import Asked, FieldKind, Task
from lms.domain.values import Language, Texts

SEEDS = 25  # tasks of each template in each language
LOOK_ALIKES = 4
_GONE = (Status.CLOSED, Status.PORTED_OUT)
# Where a piece of evidence stands, by the first part of its reference.
_PANEL_OF = {
    "plan": PanelName.PLAN,
    "pack": PanelName.PLAN,
    "port": PanelName.PLAN,
    "contract": PanelName.CONTRACTS,
    "usage": PanelName.USAGE,
    "arrears": PanelName.BILLS,
    "bill": PanelName.BILLS,
    "vas": PanelName.SERVICES,
    "broadband": PanelName.BROADBAND,
    "ticket": PanelName.TICKETS,
    "note": PanelName.NOTES,
    "security": PanelName.NOTES,
    "sim": PanelName.PEOPLE,
    "contact": PanelName.PEOPLE,
    "merge": PanelName.PEOPLE,
}

_PLANS = {
    DrillKind.LOOKUP: DrillPlan(
        code="proof", kind=DrillKind.LOOKUP, title=Texts(en="proof"), minutes=60, tasks=5, lookup=LookupRules()
    ),
    DrillKind.WORKFLOW: DrillPlan(
        code="proof", kind=DrillKind.WORKFLOW, title=Texts(en="proof"), minutes=60, tasks=2, workflow=WorkflowRules()
    ),
}


def prove(filed: Iterable[FiledTemplate], world: World, seeds: int = SEEDS) -> list[Problem]:
    """What contradicts the templates' having exactly one right answer; each contradiction once a template."""
    index = Index(world)
    problems = []
    for one in filed:
        told: set[tuple[Place, str]] = set()
        for language in Language:
            for seed in range(1, seeds + 1):
                for place, what, mend in _doubts(one, world, index, seed, language):
                    if (place, mend) not in told:
                        told.add((place, mend))
                        problems.append(one.error(place, f"{what} (seed {seed}, {language})", mend))
    return problems


Doubt = tuple[Place, str, str]


def _doubts(filed: FiledTemplate, world: World, index: "Index", seed: int, language: Language) -> Iterator[Doubt]:
    try:
        task = make_task(filed.template, world, seed, language)
    except (CannotMake, UnknownCircumstance) as lack:
        yield ("circumstance",), str(lack), "choose a circumstance whose customers have it, or ask for something else"
        return
    yield from _one_record(task, index)
    yield from _caller_and_level(task)
    for asked in task.fields:
        yield from _one_value(task, asked)
    yield from _figures(filed, task, world)
    yield from _evidence_seen(task)
    yield from _worth_everything(task)


class Index:
    """Everything by which a customer can be found, over a whole world."""

    def __init__(self, world: World) -> None:
        self.heads = [world.head(n) for n in range(world.size)]
        self._by: dict[str, set[int]] = {}
        for head in self.heads:
            name, address = head.name, head.address
            told = (name.zh, name.en, address.zh, address.en)
            for term in (head.number, *head.extra_numbers, head.account, *head.tickets, *told):
                if term:
                    self._by.setdefault(term, set()).add(head.n)

    def with_term(self, term: str) -> set[int]:
        return self._by.get(term, set())


def _one_record(task: Task, index: Index) -> Iterator[Doubt]:
    """Of the whole world, the only live record that has everything which the cue and the caller give."""
    head = index.heads[task.customer]
    told = f"{task.cue}\n{task.caller.says}"
    name, address = head.name.in_(task.language), head.address.in_(task.language)
    terms = [one for one in (head.number, head.account, name, address, *head.tickets) if one in told]
    if task.caller.number in (head.number, *head.extra_numbers):
        terms.append(str(task.caller.number))
    if not terms:
        yield (
            ("cue",),
            "nothing in the cue finds a record",
            "give {number}, {account} or {ticket}, or {name} and {address}",
        )
        return
    found = set.intersection(*(index.with_term(term) for term in terms))
    if head.status not in _GONE:
        found = {n for n in found if index.heads[n].status not in _GONE}
    if found != {task.customer}:
        what = f"{len(found)} records fit {' + '.join(terms)}"
        yield ("cue",), what, "give more by which the record can be told apart"
    if len(task.similar) != LOOK_ALIKES:
        yield ("circumstance",), f"{len(task.similar)} look-alikes", "a world's size must be whole groups of five"


def _caller_and_level(task: Task) -> Iterator[Doubt]:
    earned, needed = level_of(task.caller.proofs), _level(task)
    if earned < needed:
        place = ("workflow", "level") if task.workflow else ("verified",)
        yield place, f"the caller's proofs allow V{earned}, not V{needed}", "choose another caller or level"


def _level(task: Task) -> int:
    return task.workflow.level if task.workflow else task.verified


def _one_value(task: Task, asked: Asked) -> Iterator[Doubt]:
    place: Place = ("workflow",) if asked.panel == "ticket" else ("ask",)
    today = task.now.date()
    if asked.expected and verdict(asked, asked.expected, today) is not Verdict.RIGHT:
        yield place, f"{asked.field}: {asked.expected!r} is not read as itself", "mend the field's kind"
    for stale in asked.stale:
        if verdict(asked, stale, today) is not Verdict.STALE:
            yield place, f"{asked.field}: {stale!r} is both out of date and right", "mend the field's stale values"
    if asked.kind is FieldKind.CHOICE:
        known = {choice.code for choice in asked.choices}
        missing = [part for part in asked.expected.split("+") if part and part not in known]
        if missing:
            yield place, f"{asked.field}: {missing[0]!r} is not among its choices", "add it to the choices"
    if asked.panel != "ticket" and NEEDS[PanelName(asked.panel)] > _level(task):
        yield (
            place,
            f"{asked.field} stands in a panel that V{_level(task)} does not open",
            "raise the level, or ask less",
        )


def _figures(filed: FiledTemplate, task: Task, world: World) -> Iterator[Doubt]:
    case = case_of(world, task.customer)
    part = filed.template.workflow
    names = {asked.field: asked.field for asked in task.fields}
    if part and part.amount:
        names["amount"] = part.amount
    for asked in task.fields:
        figure = recomputed(names[asked.field], case)
        if figure is not None and figure != asked.expected:
            place: Place = ("workflow", "amount") if asked.field == "amount" else ("ask",)
            yield place, f"{asked.field}: {asked.expected}, the rulebook gives {figure}", "mend the figure"


def _evidence_seen(task: Task) -> Iterator[Doubt]:
    if task.workflow is None:
        return
    for ref in task.workflow.evidence:
        panel = _PANEL_OF.get(ref.split(":")[0])
        if panel is None:
            yield ("workflow", "evidence"), f"{ref} stands in no panel", "choose evidence that the desk shows"
        elif NEEDS[panel] > task.workflow.level:
            what = f"{ref} stands in a panel that V{task.workflow.level} does not open"
            yield ("workflow", "evidence"), what, "raise the level, or choose other evidence"


def _worth_everything(task: Task) -> Iterator[Doubt]:
    result = score(task, perfect_journal(task), _PLANS[task.kind], Fraction(1))
    if result.points != 100:
        keys = [one.key for one in result.errors] + [one.key for one in result.critical]
        wrong = ", ".join(keys) or "it is incomplete"
        yield (), f"a run without a mistake is worth {result.points}: {wrong}", "mend the template"


def perfect_journal(task: Task, seconds: int = 20) -> list[Action]:
    """What somebody who makes no mistake does at the desk, ``seconds`` from cue to submit."""
    deeds: list[tuple[ActionKind, dict[str, object]]] = [
        (ActionKind.BEGIN, {}),
        (ActionKind.SEARCH, {"q": task.caller.number or task.cue[:40]}),
        (ActionKind.OPEN, {"customer": task.customer}),
    ]
    if task.workflow:
        proofs = [proof.value for proof in task.caller.proofs]
        deeds.append((ActionKind.VERIFY, {"level": task.workflow.level, "proofs": proofs}))
        deeds += [(ActionKind.PIN, {"ref": ref}) for ref in task.workflow.evidence]
    panels = dict.fromkeys(asked.panel for asked in task.fields if asked.panel != "ticket")
    deeds += [(ActionKind.PANEL, {"panel": panel}) for panel in panels]
    for asked in task.fields:
        value = "已按流程处理" if asked.field == "ticket.note" else asked.expected
        deeds.append((ActionKind.ANSWER, {"field": asked.field, "value": value}))
    deeds += [(ActionKind.ANSWER, {"field": ARTICLE, "value": task.article}), (ActionKind.SUBMIT, {})]
    last = len(deeds)
    step = timedelta(seconds=seconds) / (last - 1)
    return [
        Action(seq, f"op-{seq}", task.now + step * (seq - 1), kind, data)
        for seq, (kind, data) in enumerate(deeds, start=1)
    ]
