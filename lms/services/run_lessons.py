"""What a practice run teaches: each error with what was seen, what was right, and the rule to read about it."""

from dataclasses import dataclass

from lms.domain.crm import knowledge
from lms.domain.crm.desk import ArticleText
from lms.domain.drills.ledger import DRILL_RULE, CriticalFailure, CriticalKind, ErrorKind, RetrievalError
from lms.domain.drills.replay import ARTICLE, NOBODY, NOTICE
from lms.domain.drills.scoring import Score, score
from lms.services.run_desk import DeskView, label_of
from lms.services.runs import RunView, desk_view

MOST_ARTICLES = 2  # to read about one error


@dataclass(frozen=True, slots=True)
class Lesson:
    """``seconds``: when it happened, from the cue; None for what was left out. ``rule``: a section of the operator's
    rulebook; empty where only the drill's own rules speak. ``field``: what the task calls it; ``code``: what it is at
    the desk."""

    kind: str
    critical: bool
    field: str
    code: str
    seen: str
    right: str
    rule: str
    seconds: float | None
    articles: tuple[ArticleText, ...]


@dataclass(frozen=True, slots=True)
class Lessons:
    score: Score
    lessons: tuple[Lesson, ...]
    right_article: ArticleText | None  # None where it stands beside an error


def lessons_of(view: RunView) -> Lessons:
    """The ended run's score and its errors in the order in which they happened, in the run's language."""
    desk = desk_view(view.run)
    found = score(view.task, view.journal, view.plan, view.drill_set.factor, view.run.paused_seconds)
    told: set[str] = set()  # articles that stand beside an earlier error
    failures = [_lesson(desk, view, one, told) for one in found.critical]
    errors = [_lesson(desk, view, one, told) for one in found.errors]
    right = knowledge.read_article(desk.look.catalogue.articles, view.task.article, desk.look.language)
    return Lessons(found, (*failures, *errors), None if view.task.article in told else right)


def _lesson(desk: DeskView, view: RunView, error: RetrievalError | CriticalFailure, told: set[str]) -> Lesson:
    field = error.field if isinstance(error, RetrievalError) else ""
    kind = error.kind
    return Lesson(
        kind=kind.value,
        critical=isinstance(error, CriticalFailure),
        field=_field(desk, field) or _disclosed(desk, error.key),
        code=field,
        seen=_value(desk, kind, field, error.seen),
        right=_value(desk, kind, field, error.right),
        rule="" if error.rule == DRILL_RULE else error.rule,
        seconds=_seconds(view, error),
        articles=_articles(desk, error.rule, told),
    )


def _field(desk: DeskView, field: str) -> str:
    return next((one.label.in_(desk.look.language) for one in desk.task.fields if one.field == field), "")


def _disclosed(desk: DeskView, key: str) -> str:
    """What was looked at too early, from a failure's key: disclosure:panel:bills, disclosure:unmask:number."""
    match key.split(":", 2):
        case ["disclosure", "panel", name]:
            return desk.look.say("panel", name)
        case ["disclosure", "unmask", field] | ["unmasked", _, field]:
            return desk.look.say("column", field.split(":")[0])
    return ""


def _value(desk: DeskView, kind: ErrorKind | CriticalKind, field: str, value: str) -> str:
    """A canonical value as the desk words it."""
    if not value:
        return ""
    if kind in (ErrorKind.WRONG_CUSTOMER, ErrorKind.WRONG_RECORD, CriticalKind.WRONG_CUSTOMER_WRITE):
        return desk.world.customer(int(value)).account
    if field == "evidence":
        return " / ".join(_evidence(desk, ref) for ref in value.split("+"))
    if field == ARTICLE:
        article = knowledge.read_article(desk.look.catalogue.articles, value, desk.look.language)
        return f"{article.title} {article.version}" if article else value
    for asked in desk.task.fields:
        if asked.field == field:
            labels = {choice.code: choice.label.in_(desk.look.language) for choice in asked.choices}
            return labels.get(value, value.replace("T", " ") if asked.kind == "moment" else value)
    return value


def _evidence(desk: DeskView, ref: str) -> str:
    return label_of(desk, NOBODY if ref.startswith(NOTICE) else desk.task.customer, ref)


def _seconds(view: RunView, error: RetrievalError | CriticalFailure) -> float | None:
    action = next((one for one in view.journal if one.seq == error.at_seq), None)
    left_out = error.kind in (ErrorKind.MISSING, ErrorKind.EVIDENCE_MISSING, ErrorKind.WRONG_RECORD)
    if action is None or view.run.begun_at is None or left_out:
        return None
    return (action.at - view.run.begun_at).total_seconds()


def _articles(desk: DeskView, rule: str, told: set[str]) -> tuple[ArticleText, ...]:
    """What to read about a rule: current articles of it, those on the task's own topic first; each once."""
    if rule == DRILL_RULE:  # how drills are scored: no article of the operator's says that
        return ()
    about = [one for one in desk.look.catalogue.articles if one.rule == rule and not one.superseded]
    about.sort(key=lambda one: desk.task.topic not in one.topics)
    fresh = [one.id for one in about[:MOST_ARTICLES] if one.id not in told]
    told.update(fresh)
    texts = (knowledge.read_article(about, one, desk.look.language) for one in fresh)
    return tuple(text for text in texts if text is not None)
