"""Drill templates as files: `scenarios/drills/{lookup,workflow}/CODE.yaml`, with the skills and callers they name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from lms.content import bank_rules
from lms.content.opening import opened
from lms.content.problems import Problem, SourceFile, in_order
from lms.content.validation import validated
from lms.content.yaml_lines import Place
from lms.domain.crm.catalogue import Catalogue
from lms.domain.drills.plans import DrillKind
from lms.domain.drills.templates import CallerProfile, Template, Variants
from lms.domain.values import Texts, Value

FOLDER = Path("scenarios", "drills")
FEWEST_VARIANTS = 3


class Skills(Value):
    """The file `skills.yaml`: what drills train, by slug."""

    skills: dict[str, Texts]


class Callers(Value):
    """The file `callers.yaml`: who calls, by name."""

    callers: dict[str, CallerProfile]


@dataclass(frozen=True, slots=True)
class FiledTemplate:
    template: Template
    source: SourceFile

    def error(self, place: Place, what: str, mend: str) -> Problem:
        return self.source.error(place, what, mend)


@dataclass(frozen=True, slots=True)
class TemplateFiles:
    """The sound templates by code, the skills' titles, and what is wrong."""

    filed: dict[str, FiledTemplate]
    skills: dict[str, Texts]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def templates(self) -> list[Template]:
        """By kind and code."""
        listed = [one.template for one in self.filed.values()]
        return sorted(listed, key=lambda one: (list(DrillKind).index(one.kind), one.code))


def read_templates(folder: Path, catalogue: Catalogue | None = None) -> TemplateFiles:
    """The templates below ``folder`` (`scenarios/drills`); with a catalogue, what they name is looked up there."""
    reader = _Reader(folder)
    for kind in DrillKind:
        for path in sorted((folder / kind.value).glob("[!.]*.yaml")):
            reader.read(path, kind)
    if catalogue is not None:
        for one in reader.filed.values():
            reader.problems += _unknown_names(one, catalogue)
    return TemplateFiles(reader.filed, reader.skills, in_order(reader.problems))


_template_adapter = TypeAdapter(Template)


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.problems: list[Problem] = []
        self.filed: dict[str, FiledTemplate] = {}
        skills, _ = self._file(folder / "skills.yaml", TypeAdapter(Skills))
        callers, source = self._file(folder / "callers.yaml", TypeAdapter(Callers))
        self.skills = skills.skills if skills else {}
        self.callers: dict[str, Any] = source.document.data["callers"] if callers and source else {}
        if callers and source:
            for name, profile in callers.callers.items():
                self.problems += _few_variants(profile.says, source, ("callers", name, "says"))

    def _file(self, path: Path, adapter: TypeAdapter[Any]) -> tuple[Any, SourceFile | None]:
        source, problems = opened(path)
        self.problems += problems
        if source is None:
            return None, None
        checked = validated(adapter, source.document.data, source, ())
        self.problems += checked.problems
        return checked.value, source

    def read(self, path: Path, kind: DrillKind) -> None:
        source, problems = opened(path)
        self.problems += problems
        if source is None:
            return
        data = source.document.data
        caller = data.get("caller") if isinstance(data, dict) else None
        if isinstance(caller, str):
            if caller not in self.callers:
                self.problems.append(_no_such("caller", caller, self.callers, source))
                return
            data = {**data, "caller": self.callers[caller]}
        checked = validated(_template_adapter, data, source, ())
        self.problems += checked.problems
        if checked.value is not None:
            self._file_template(checked.value, source, kind)

    def _file_template(self, template: Template, source: SourceFile, kind: DrillKind) -> None:
        if source.path.stem != template.code:
            what, mend = "the file name is not the template's code", f"rename it to {template.code}.yaml"
            self.problems.append(source.error(("code",), what, mend))
        if template.kind is not kind:
            what, mend = f"a {template.kind} stands among the {kind}s", f"move it to {template.kind}/"
            self.problems.append(source.error(("kind",), what, mend))
        if template.skill not in self.skills:
            self.problems.append(_no_such("skill", template.skill, self.skills, source))
        if first := self.filed.get(template.code):
            what = f"{first.source.name} has this code already"
            self.problems.append(source.error(("code",), what, "give the template a code of its own"))
            return
        self.problems += bank_rules.untranslated(template.title, source, ("title",))
        self.problems += _few_variants(template.cue, source, ("cue",))
        self.filed[template.code] = FiledTemplate(template, source)


def _no_such(key: str, name: str, known: Mapping[str, object], source: SourceFile) -> Problem:
    near = get_close_matches(name, list(known), n=1)
    mend = f"did you mean {near[0]!r}?" if near else f"use one of: {', '.join(known)}"
    return source.error((key,), f"there is no {key} {name!r}", mend)


def _few_variants(variants: Variants, source: SourceFile, place: Place) -> Iterator[Problem]:
    for language, texts in (("zh", variants.zh), ("en", variants.en)):
        if len(set(texts)) < FEWEST_VARIANTS:
            what = f"{len(set(texts))} different wordings, at least {FEWEST_VARIANTS} are needed"
            yield source.error((*place, language), what, "say it in other words too, so that nobody learns it by heart")


def _unknown_names(filed: FiledTemplate, catalogue: Catalogue) -> Iterator[Problem]:
    """Circumstance, topic and solutions that the operator's files do not have."""
    template = filed.template
    circumstances = {one.name: one for one in catalogue.circumstances}
    if template.circumstance not in circumstances:
        yield _no_such("circumstance", template.circumstance, circumstances, filed.source)
    current = [one.id for one in catalogue.articles if template.topic in one.topics and not one.superseded]
    if len(current) != 1:
        said = f"{len(current)} current articles ({', '.join(current)})" if current else "no current article"
        yield filed.error(("topic",), f"{said} on {template.topic!r}", "name a topic that exactly one article settles")
    if template.workflow:
        solutions = {one.id for one in catalogue.solutions}
        part = template.workflow
        named = (("solution", (part.solution,)), ("confusions", part.confusions), ("kept_out", part.kept_out))
        for key, names in named:
            for name in names:
                if name not in solutions:
                    near = get_close_matches(name, solutions, n=1)
                    mend = f"did you mean {near[0]!r}?" if near else "name one of solutions.yaml"
                    yield filed.error(("workflow", key), f"there is no solution {name!r}", mend)
