"""The bank written as files that read well and differ little: the README's form, a stable order, one text a line."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from lms.content.filed import names_topic, topic_file_name
from lms.content.roleplay_plans import EXPORTED
from lms.content.yaml_lines import LARGEST
from lms.domain.drills.plans import DrillPlan
from lms.domain.plans import Plan
from lms.domain.questions import Question
from lms.domain.roleplay_plans import RolePlayPlan
from lms.domain.values import Texts

_FIELDS = (
    "code", "kind", "difficulty", "rule", "enemies", "stem", "options", "steps", "key", "tolerance", "unit", "guide",
    "model_answer", "rationale",
)  # fmt: skip
_AS_DEFAULT: dict[str, Any] = {"enemies": [], "tolerance": "0"}


class _Flow(list[Any]):
    """A list that stands on one line: ``[A, B]``."""


class _Dumper(yaml.SafeDumper):
    """Lists indented below their key; texts of several lines as ``|`` blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _flow(dumper: yaml.SafeDumper, items: _Flow) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", list(items), flow_style=True)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Flow, _flow)


def topic_files(section: str, topic: str, title: Texts, questions: Iterable[Question]) -> list[str]:
    """A topic's files, its questions by code: one, or as many as keep each small enough to be read again."""
    head = {"section": section, "topic": topic, "title": title.model_dump(exclude_none=True)}
    opening = f"{_dump(head)}questions:\n"
    files: list[list[str]] = [[]]
    size, room = 0, LARGEST - len(opening.encode())
    for question in sorted(questions, key=lambda question: question.code):
        entry = _indented(_dump([_entry(question)]))
        size += len(entry.encode()) + 1
        if size > room:
            files.append([])
            size = len(entry.encode()) + 1
        files[-1].append(entry)
    # A blank line before each question keeps a change to one apart from its neighbours.
    return [opening + "\n".join(entries) for entries in files]


def _entry(question: Question) -> dict[str, Any]:
    whole = question.model_dump(mode="json", exclude_none=True)
    entry = {name: whole[name] for name in _FIELDS if name in whole and whole[name] != _AS_DEFAULT.get(name)}
    for name in ("enemies", "key"):
        if isinstance(entry.get(name), list):
            entry[name] = _Flow(entry[name])
    return entry


def _dump(value: Any) -> str:
    dumped: str = yaml.dump(
        value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100_000, default_flow_style=False
    )
    return dumped


def _indented(text: str) -> str:
    return re.sub(r"(?m)^(?=[^\n])", "  ", text)


def blueprint_file(plan: Plan) -> str:
    """The file of a blueprint or a drill plan; what is as by default is left out."""
    return _dump(plan.model_dump(mode="json", exclude_none=True, exclude_defaults=True))


def write_bank(
    folder: Path, topics: Mapping[tuple[str, str], tuple[Texts, list[Question]]], plans: Iterable[Plan]
) -> list[Path]:
    """Write every topic, blueprint and drill plan below ``folder``; the paths that were written.

    Other files stay, save the further files that a topic no longer needs: their questions stand in those it has now.
    """
    texts = {
        folder / topic_file_name(section, topic, number): text
        for (section, topic), (title, questions) in sorted(topics.items())
        for number, text in enumerate(topic_files(section, topic, title, questions), start=1)
    }
    for section, topic in topics:
        for path in folder.glob(f"{section}-{topic}.*.yaml"):
            if path not in texts and names_topic(path, section, topic):
                path.unlink()
    texts |= {folder / _home(plan) / f"{plan.code}.yaml": blueprint_file(plan) for plan in plans}
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(texts)


def _home(plan: Plan) -> str:
    if isinstance(plan, RolePlayPlan):
        return EXPORTED
    return "plans" if isinstance(plan, DrillPlan) else "blueprints"
