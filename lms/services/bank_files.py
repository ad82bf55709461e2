"""The bank between files and database (contract 11): files seed it, an edited record is never overwritten."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import defer

from lms.content.bank import BankFiles
from lms.content.filed import FiledTopic
from lms.content.seeds import Seeds
from lms.domain import bank
from lms.domain.benchmarks import BenchmarkCall
from lms.domain.plans import Plan
from lms.domain.questions import Question as Content
from lms.domain.scenarios import Scenario
from lms.domain.values import Texts
from lms.extensions import db
from lms.models.audit import AuditEntry
from lms.models.bank import Question, QuestionKey, QuestionVersion, Topic
from lms.services.benchmark_files import load_benchmarks
from lms.services.blueprint_files import load_plans, stored_plans
from lms.services.load_report import Conflict, Known, LoadReport, judge
from lms.services.scenarios import load_scripts
from lms.services.writing import Deed, writing

__all__ = ["Conflict", "LoadReport", "load", "stored"]

BATCH = 500
LOADED = "bank.loaded"  # in the audit trail


def load(
    files: BankFiles,
    actor_id: int | None,
    now: datetime,
    *,
    drill_plans: Collection[Plan] = (),
    scripts: Collection[Scenario] = (),
    benchmarks: Collection[BenchmarkCall] = (),
    fingerprint: str = "",
) -> LoadReport:
    """Bring what the files hold into the bank, in one commit; loading the same files again changes nothing.

    A new question is live at once, without an author. A known one gets a version only where it was not edited since
    the last load; a retired one stays retired. Only the files' sound values are looked at: the caller has already
    refused files with errors.
    """
    report = LoadReport()
    with writing(actor_id, now) as deed:
        _load_topics(deed, list(files.topics.values()), report)
        _load_questions(deed, {code: filed.question for code, filed in files.questions.items()}, report)
        load_plans(deed, [*(filed.blueprint for filed in files.blueprints.values()), *drill_plans], report)
        load_scripts(deed, scripts, report)
        load_benchmarks(deed, benchmarks, report)
        if report.conflicts:
            fingerprint = ""  # what stands against these files may be mended in the program: they are read again
        if report.changed or fingerprint != loaded_last():
            told = {"added": report.added, "updated": report.updated, "topics": report.topics}
            deed.note(LOADED, "bank", **told, files=fingerprint)
    return report


def load_seeds(seeds: Seeds, now: datetime, fingerprint: str = "") -> LoadReport:
    """Everything at once, by nobody in particular: the caller has refused seeds with errors.

    ``fingerprint``: of the files (`lms.content.seeds`), where they are the shipped ones.
    """
    calls = seeds.benchmarks.benchmarks.values()
    return load(
        seeds.bank, None, now,
        drill_plans=seeds.plans, scripts=seeds.scenarios, benchmarks=calls, fingerprint=fingerprint,
    )  # fmt: skip


def loaded_last() -> str:
    """The fingerprint of the files of the last load, where they were the shipped ones and all came in; else ""."""
    newest = select(AuditEntry.details).where(AuditEntry.action == LOADED).order_by(AuditEntry.id.desc()).limit(1)
    details = db.session.execute(newest).scalar_one_or_none() or {}
    return str(details.get("files", ""))


def _load_topics(deed: Deed, topics: Sequence[FiledTopic], report: LoadReport) -> None:
    known = {topic.code: topic for topic in deed.session.execute(select(Topic)).scalars()}
    for filed in topics:
        wanted = {"section": filed.section.value, "title": filed.title.model_dump(exclude_none=True)}
        row = known.get(filed.topic)
        if row is None:
            deed.session.add(Topic(code=filed.topic, **wanted))
        elif (row.section, row.title) != (wanted["section"], wanted["title"]):
            row.section, row.title = filed.section.value, filed.title.model_dump(exclude_none=True)
        else:
            continue
        report.topics += 1


def _load_questions(deed: Deed, contents: Mapping[str, Content], report: LoadReport) -> None:
    rows = deed.session.execute(select(Question.code, Question.id, Question.digest, Question.loaded_digest))
    known = {code: Known(id_, digest, loaded) for code, id_, digest, loaded in rows}
    fresh: list[Content] = []
    changed: list[Content] = []
    adopted: list[dict[str, Any]] = []
    for code, content in contents.items():
        if code not in known:
            fresh.append(content)
            report.added.append(code)
            continue
        digest = bank.digest(content)
        verdict = judge(code, known[code], digest, report)
        if verdict == "update":
            changed.append(content)
        elif verdict == "adopt":
            adopted.append({"id": known[code].id, "loaded_digest": digest})
    for batch in _batches(fresh):
        _insert_questions(deed, batch)
    for batch in _batches(changed):
        _add_versions(deed, batch, {content.code: known[content.code].id for content in batch})
    if adopted:
        deed.session.execute(update(Question), adopted)


def _batches(contents: Sequence[Content]) -> Iterator[Sequence[Content]]:
    for start in range(0, len(contents), BATCH):
        yield contents[start : start + BATCH]


def columns_of(content: Content, digest: str, now: datetime) -> dict[str, Any]:
    """What lists, filters and searches look at."""
    return {
        "kind": content.kind.value,
        "section": content.section.value,
        "topic": content.topic,
        "difficulty": content.difficulty,
        "languages": " ".join(sorted(content.languages)),
        "rule": content.rule,
        "title": bank.title(content),
        "search": bank.search_text(content),
        "digest": digest,
        "updated_at": now,
    }


def _insert_questions(deed: Deed, batch: Sequence[Content]) -> None:
    rows = []
    for content in batch:
        digest = bank.digest(content)
        columns = columns_of(content, digest, deed.now)
        rows.append({"code": content.code, "state": "live", "loaded_digest": digest, **columns})
    deed.session.execute(insert(Question), rows)
    codes = [content.code for content in batch]
    ids = select(Question.code, Question.id).where(Question.code.in_(codes))
    versions = _insert_versions(deed, batch, dict(deed.session.execute(ids).all()), 1)
    pointers = [{"id": id_, "newest_id": version, "live_id": version} for id_, version in versions.items()]
    deed.session.execute(update(Question), pointers)


def _add_versions(deed: Deed, batch: Sequence[Content], ids: Mapping[str, int]) -> None:
    """A further version of questions that are there already."""
    newest = select(Question.id, QuestionVersion.number, Question.state).join(
        QuestionVersion, QuestionVersion.id == Question.newest_id
    )
    found = {row[0]: row for row in deed.session.execute(newest.where(Question.id.in_(ids.values())))}
    for content in batch:
        question_id = ids[content.code]
        _, number, state = found[question_id]
        version = _insert_versions(deed, [content], ids, number + 1)[question_id]
        digest = bank.digest(content)
        row = {"id": question_id, "loaded_digest": digest, "newest_id": version}
        if state == "live":
            row["live_id"] = version
        deed.session.execute(update(Question), [row | columns_of(content, digest, deed.now)])


def _insert_versions(deed: Deed, batch: Sequence[Content], ids: Mapping[str, int], number: int) -> dict[int, int]:
    """Question id → the id of its new version, which got its first key too."""
    halves = {ids[content.code]: (content, *bank.split(content)) for content in batch}
    deed.session.execute(
        insert(QuestionVersion),
        [
            {
                "question_id": question_id,
                "number": number,
                "face": face,
                "digest": bank.digest(content),
                "author_id": None,
                "saved_at": deed.now,
                "note": "",
            }
            for question_id, (content, face, _) in halves.items()
        ],
    )
    made = select(QuestionVersion.question_id, QuestionVersion.id).where(
        QuestionVersion.question_id.in_(halves), QuestionVersion.number == number
    )
    versions = dict(deed.session.execute(made).all())
    deed.session.execute(
        insert(QuestionKey),
        [
            {
                "version_id": versions[question_id],
                "revision": 1,
                "body": secrets,
                "author_id": None,
                "saved_at": deed.now,
                "reason": "",
            }
            for question_id, (_, _, secrets) in halves.items()
        ],
    )
    return versions


@dataclass(frozen=True, slots=True)
class Stored:
    """The bank as files would hold it: (section, topic) → title and questions; what stays out by state."""

    topics: dict[tuple[str, str], tuple[Texts, list[Content]]]
    plans: list[Plan]
    left_out: dict[str, int]


def stored(*, drafts: bool = False) -> Stored:
    """What is live, each question by its live version; with ``drafts`` also what never was live.

    Retired questions and blueprints stay out, and so do unreviewed edits: a load makes live what files hold.
    """
    titles = {row.code: Texts(**row.title) for row in db.session.execute(select(Topic)).scalars()}
    topics: dict[tuple[str, str], tuple[Texts, list[Content]]] = {}
    left_out: dict[str, int] = {}
    for question in db.session.execute(select(Question).options(defer(Question.search))).scalars():
        shown = question.live_id or (question.newest_id if drafts and question.state != "retired" else None)
        if shown is None:
            left_out[question.state] = left_out.get(question.state, 0) + 1
            continue
        content = _content(shown)
        title = titles.get(content.topic) or Texts(zh=content.topic)
        topics.setdefault((content.section.value, content.topic), (title, []))[1].append(content)
    return Stored(topics, stored_plans(), left_out)


def _content(version_id: int) -> Content:
    version = db.session.get_one(QuestionVersion, version_id)
    return bank.join(version.face, version.keys[-1].body)
