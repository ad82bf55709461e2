"""The question bank as files: topic files and blueprints read, checked one by one and against each other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, TypeAdapter

from lms.content import bank_habits, bank_rules
from lms.content.filed import (
    FiledBlueprint,
    FiledQuestion,
    FiledTopic,
    is_further,
    names_topic,
    pool_entry,
    topic_file_name,
)
from lms.content.opening import opened
from lms.content.problems import Problem, SourceFile, in_order
from lms.content.validation import validated
from lms.content.yaml_lines import Place
from lms.domain.blueprints import Blueprint
from lms.domain.questions import Section, question_adapter
from lms.domain.questions.base import Topic
from lms.domain.values import Texts, Value

BLUEPRINTS = "blueprints"


class TopicHead(Value):
    """What stands once at the top of a topic file; the questions below it are checked one by one."""

    section: Section
    topic: Topic
    title: Texts
    questions: tuple[dict[str, Any], ...] = Field(min_length=1)


_head_adapter = TypeAdapter(TopicHead)
_blueprint_adapter = TypeAdapter(Blueprint)


@dataclass(frozen=True, slots=True)
class BankFiles:
    """A bank that was read: questions and blueprints by code, topics by (section, topic), and what is wrong.

    A question or blueprint with errors of its own is not among the values, only among the problems.
    """

    questions: dict[str, FiledQuestion]
    topics: dict[tuple[Section, str], FiledTopic]
    blueprints: dict[str, FiledBlueprint]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.is_error)

    def counts(self) -> dict[str, Counter[str]]:
        """How many questions of each ``section``, ``kind`` and ``language``."""
        questions = [filed.question for filed in self.questions.values()]
        return {
            "section": Counter(question.section.value for question in questions),
            "kind": Counter(question.kind.value for question in questions),
            "language": Counter(language.value for one in questions for language in one.languages),
        }


def read_bank(paths: Path | Sequence[Path]) -> BankFiles:
    """The bank in a folder, or in several files and folders.

    A file is read together with the folder it belongs to, since enemies and blueprints look across files;
    only the problems of what was named are told. Never raises on what a file holds, and a path that cannot be
    read is a problem like any other.
    """
    named = [paths] if isinstance(paths, Path) else list(paths)
    told = [file for path in named for file in (files_in(path) if path.is_dir() else [path])]
    homes = dict.fromkeys(path if path.is_dir() else home_of(path) for path in named)
    reader = _Reader()
    for file in dict.fromkeys([*(file for home in homes for file in files_in(home)), *told]):
        reader.read(file)
    reader.check_across()
    for folder in (path for path in homes if path in named):
        filed = [one for one in reader.questions.values() if home_of(one.source.path) == folder]
        reader.problems += bank_habits.length_habits(filed, folder.as_posix())
    names = {path.as_posix() for path in (*told, *named)}
    shown = in_order([problem for problem in reader.problems if problem.file in names])
    return BankFiles(reader.questions, reader.topics, reader.blueprints, shown)


def home_of(file: Path) -> Path:
    """The bank folder that a topic file or blueprint belongs to."""
    return file.parent.parent if file.parent.name == BLUEPRINTS else file.parent


def files_in(folder: Path) -> Iterator[Path]:
    """Topic files and then blueprints of a bank folder; hidden files (an editor's) are left alone."""
    for place in (folder, folder / BLUEPRINTS):
        if place.is_dir():
            visible = (path for path in place.iterdir() if not path.name.startswith("."))
            # By stems: a topic's first file stands before its further ones.
            yield from sorted(
                (path for path in visible if path.suffix in (".yaml", ".yml")), key=lambda path: path.stem
            )


class _Reader:
    """Collects values and problems while it goes from file to file."""

    def __init__(self) -> None:
        self.questions: dict[str, FiledQuestion] = {}
        self.topics: dict[tuple[Section, str], FiledTopic] = {}
        self.blueprints: dict[str, FiledBlueprint] = {}
        self.problems: list[Problem] = []
        # Of all questions, unsound ones included: an enemy that has a typing slip of its own does exist.
        self._codes: dict[str, tuple[SourceFile, Place]] = {}

    def read(self, path: Path) -> None:
        source, problems = opened(path)
        self.problems += problems
        if source is None:
            return
        self.problems += bank_rules.cut_texts(source)
        if path.parent.name == BLUEPRINTS:
            self._blueprint(source)
        else:
            self._topic(source)

    def _topic(self, source: SourceFile) -> None:
        data = source.document.data
        head = validated(_head_adapter, data, source, ())
        self.problems += head.problems
        if head.value is not None:
            self._topic_head(head.value, source)
        entries = data.get("questions") if isinstance(data, dict) else None
        for number, entry in enumerate(entries if isinstance(entries, list) else []):
            if isinstance(entry, dict):
                self._question(entry, data, source, ("questions", number))

    def _topic_head(self, head: TopicHead, source: SourceFile) -> None:
        if not names_topic(source.path, head.section.value, head.topic):
            what = "the file name does not say its section and topic"
            self.problems.append(source.error((), what, f"rename it to {topic_file_name(head.section, head.topic)}"))
        topic = FiledTopic(head.section, head.topic, head.title, source)
        first = self.topics.setdefault((head.section, head.topic), topic)
        if first is not topic and not is_further(source.path):
            what = f"{first.source.name} holds this topic already"
            self.problems.append(source.error(("topic",), what, "keep a topic's questions in one file"))
        if first.title != topic.title:
            what = f"the title is not the one that {first.source.name} gives this topic"
            self.problems.append(source.error(("title",), what, "write the same title in all files of the topic"))
        self.problems += bank_rules.untranslated(head.title, source, ("title",))

    def _question(self, entry: dict[str, Any], data: dict[str, Any], source: SourceFile, place: Place) -> None:
        inherited = {key: data.get(key) for key in ("section", "topic")}
        for key in inherited.keys() & entry.keys():
            what, mend = f"a question has no {key} of its own", "delete it; the top of the file says it"
            self.problems.append(source.error((*place, key), what, mend))
        if self._code_is_taken(entry.get("code"), source, place):
            return
        question = validated(question_adapter, {**entry, **inherited}, source, place)
        # What is wrong at the top of the file is told once, there.
        at_the_top = {source.document.name_of((*place, key)) for key in inherited}
        self.problems += [one for one in question.problems if one.key not in at_the_top]
        self.problems += bank_rules.holes(entry, source, place)
        if question.value is not None:
            filed = FiledQuestion(question.value, source, place)
            self.questions[filed.code] = filed
            self.problems += bank_rules.of_one(filed)

    def _code_is_taken(self, code: object, source: SourceFile, place: Place) -> bool:
        """Whether another question has the code; if so, with a problem."""
        if not isinstance(code, str):
            return False
        first, there = self._codes.setdefault(code, (source, place))
        if first is source and there == place:
            return False
        what = f"the code is taken ({first.name}:{first.document.line_of(there)})"
        mend = "give the question a code of its own; codes are never re-used"
        self.problems.append(source.error((*place, "code"), what, mend))
        return True

    def _blueprint(self, source: SourceFile) -> None:
        checked = validated(_blueprint_adapter, source.document.data, source, ())
        self.problems += checked.problems
        if (blueprint := checked.value) is None:
            return
        if source.path.stem != blueprint.code:
            what, mend = "the file name is not the blueprint's code", f"rename it to {blueprint.code}.yaml"
            self.problems.append(source.error(("code",), what, mend))
        self.blueprints.setdefault(blueprint.code, FiledBlueprint(blueprint, source))
        self.problems += bank_rules.untranslated(blueprint.title, source, ("title",))

    def check_across(self) -> None:
        """What no file can know alone."""
        filed = list(self.questions.values())
        for one in filed:
            self.problems += bank_rules.enemies(one, list(self._codes))
        self.problems += bank_rules.prefixes(filed)
        self.problems += bank_rules.twins(filed)
        pool = [pool_entry(one.question) for one in filed]
        for blueprint in self.blueprints.values():
            self.problems += bank_rules.unfillable(blueprint, pool)
