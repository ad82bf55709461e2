"""What the film says beside the desk: answers in words, what was right, and what to read about a rule."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from lms.domain.crm import knowledge
from lms.domain.crm.desk import ArticleText
from lms.domain.drills.journal import RunState
from lms.domain.drills.ledger import VERIFICATION
from lms.domain.drills.replay import ARTICLE, NOBODY, NOTICE
from lms.domain.drills.tasks import Asked, Task
from lms.services.run_desk import DeskView
from lms.services.run_ledgers import RunLedger

MOST_ARTICLES = 2  # to read about one rule


@dataclass(frozen=True, slots=True)
class Right:
    """A field, what was handed in and what was right; ``label`` is empty for fields of the desk's own."""

    field: str
    label: str
    given: str
    right: str
    ok: bool


def label_in(view: DeskView, asked: Asked) -> str:
    return asked.label.in_(view.look.language)


def worded(view: DeskView, field: str, value: str) -> str:
    """An answer as the desk words it: a choice's label, an article's title, a moment without its T."""
    language = view.look.language
    if field == ARTICLE:
        found = knowledge.read_article(view.look.catalogue.articles, value, language)
        return f"{found.rule} {found.title}" if found else value
    asked = next((one for one in view.task.fields if one.field == field), None)
    if asked is None:
        return value
    labels = {choice.code: choice.label.in_(language) for choice in asked.choices}
    if asked.choices and "+" in value:
        return " + ".join(labels.get(code, code) for code in value.split("+"))
    return labels.get(value, value.replace("T", " ") if asked.kind == "moment" else value)


def right_answers(view: DeskView, state: RunState, ledger: RunLedger, pinned: Callable[[int, str], str]) -> list[Right]:
    """Everything that was asked with what was right; a note has no one right text. ``pinned`` words evidence."""
    wrong = {line.field for line in ledger.lines}
    rights = [_right(view, one.field, label_in(view, one), state, one.expected, wrong) for one in view.task.fields]
    rights.append(_right(view, ARTICLE, "", state, view.task.article, wrong))
    if (expected := view.task.workflow) is None:
        return rights
    pins = [pinned(customer, ref) for customer, ref in state.pins]
    wanted = [pinned(NOBODY if ref.startswith(NOTICE) else view.task.customer, ref) for ref in expected.evidence]
    evidence = Right("evidence", "", "\n".join(pins), "\n".join(wanted), "evidence" not in wrong)
    level = Right(VERIFICATION, "", f"V{state.level}", f"V{expected.level}", VERIFICATION not in wrong)
    return [level, evidence, *rights]


def _right(view: DeskView, field: str, label: str, state: RunState, expected: str, wrong: Collection[str]) -> Right:
    given = worded(view, field, state.answers.get(field, ""))
    return Right(field, label, given, worded(view, field, expected), field not in wrong)


def articles_of(view: DeskView, ledger: RunLedger) -> dict[str, tuple[ArticleText, ...]]:
    """Rule → what to read about it: its current articles, those on the task's own topic first."""
    return {rule: _about_rule(view, view.task, rule) for rule in dict.fromkeys(line.rule for line in ledger.lines)}


def _about_rule(view: DeskView, task: Task, rule: str) -> tuple[ArticleText, ...]:
    about = [one for one in view.look.catalogue.articles if one.rule == rule and not one.superseded]
    about.sort(key=lambda one: task.topic not in one.topics)
    texts = (knowledge.read_article(about, one.id, view.look.language) for one in about[:MOST_ARTICLES])
    return tuple(text for text in texts if text is not None)
