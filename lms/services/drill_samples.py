"""A specimen of a drill template for trainers: what it asks, and a task made from it with its whole right answer."""

from dataclasses import dataclass

from lms.domain.crm.knowledge import read_article
from lms.domain.drills.making import CannotMake, make_task
from lms.domain.drills.replay import NOBODY, NOTICE
from lms.domain.drills.tasks import Task
from lms.domain.drills.templates import Template
from lms.domain.values import Language
from lms.services import crm_search, crm_worlds
from lms.services.replay_answers import worded
from lms.services.run_desk import DeskView, label_of


class NoSuchTemplate(LookupError):
    """No shipped template has the code."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One field of the task and its right answer in words; ``rule``: what to read about it."""

    label: str
    right: str
    panel: str
    rule: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A task in one language, everything in words."""

    language: Language
    task: Task
    customer: str
    article: str
    answers: tuple[Answer, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Specimen:
    template: Template
    samples: tuple[Sample, ...]


def specimen(code: str, seed: int) -> Specimen:
    """The template with a task of ``seed`` in each language. Raises NoSuchTemplate."""
    template = next((one for one in crm_worlds.templates() if one.code == code), None)
    if template is None:
        raise NoSuchTemplate(code)
    try:
        samples = tuple(_sample(template, seed, language) for language in Language)
    except CannotMake:
        samples = ()
    return Specimen(template, samples)


def _sample(template: Template, seed: int, language: Language) -> Sample:
    world = crm_worlds.customers()
    task = make_task(template, world, seed, language)
    # The index is for searching, and nothing is searched here.
    view = DeskView(crm_search.stored(0), world, crm_worlds.look(language, task.now.date()), task)
    article = read_article(view.look.catalogue.articles, task.article, language)
    head = world.head(task.customer)
    wanted = task.workflow.evidence if task.workflow else ()
    return Sample(
        language=language,
        task=task,
        customer=f"{head.name.in_(language)} {head.number} {head.account}",
        article=f"{article.rule} {article.title}" if article else task.article,
        answers=tuple(
            Answer(one.label.in_(language), worded(view, one.field, one.expected), one.panel, one.rule)
            for one in task.fields
        ),
        evidence=tuple(label_of(view, NOBODY if ref.startswith(NOTICE) else task.customer, ref) for ref in wanted),
    )
