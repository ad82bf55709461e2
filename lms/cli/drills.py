"""`flask drills …`: list the task templates, make tasks with their answers, score a run from files. No database."""

import json
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from pydantic import TypeAdapter, ValidationError

from lms.cli.content import drill_plans, shipped
from lms.content.drill_plans import read_drill_plans
from lms.content.drill_templates import FOLDER, TemplateFiles, read_templates
from lms.content.operator import OPERATOR, read_catalogue
from lms.domain.crm.numbers import LARGEST
from lms.domain.crm.world import UnknownCircumstance, World
from lms.domain.drills.defaults import WORLD_SEED, WORLD_SIZE
from lms.domain.drills.drawing import pick_template
from lms.domain.drills.journal import Action, ActionKind
from lms.domain.drills.making import CannotMake, make_task
from lms.domain.drills.plans import DrillKind, DrillPlan
from lms.domain.drills.scoring import Score, as_document, score
from lms.domain.drills.tasks import Task
from lms.domain.drills.telling import answer, records
from lms.domain.values import Language, shown

drills = AppGroup("drills", help="System drills: list templates, make tasks with their answers, score runs.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@drills.command("list")
@click.option("--kind", type=click.Choice([kind.value for kind in DrillKind]), help="Only lookup or workflow.")
@json_option
def list_(kind: str | None, as_json: bool) -> None:
    """The templates by kind and code, with skill, difficulty, rule and title."""
    files = _templates(None)
    listed = [one for one in files.templates if kind in (None, one.kind.value)]
    if as_json:
        shape = {"code", "kind", "skill", "difficulty", "rule", "circumstance", "title", "topic", "ask"}
        click.echo(json.dumps([one.model_dump(mode="json", include=shape) for one in listed], ensure_ascii=False))
        return
    for one in listed:
        click.echo(f"{one.kind}\t{one.code}\t{one.skill}\t{one.difficulty}\t{one.rule}\t{one.title.in_(Language.ZH)}")


@drills.command("make")
@click.option("--kind", type=click.Choice([kind.value for kind in DrillKind]), help="lookup or workflow.")
@click.option("--template", "code", help="A template's code; otherwise the seed chooses one of the kind.")
@click.option("--seed", type=int, default=1, show_default=True, help="The first task's seed; each next adds 1.")
@click.option("--count", type=click.IntRange(1, 10_000), default=1, show_default=True, help="How many tasks.")
@click.option(
    "--language",
    type=click.Choice([one.value for one in Language]),
    default=Language.ZH.value,
    show_default=True,
    help="zh or en.",
)
@click.option("--world-seed", type=click.IntRange(0), default=WORLD_SEED, show_default=True)
@click.option("--world-size", type=click.IntRange(1, LARGEST), default=WORLD_SIZE, show_default=True)
@json_option
def make(
    kind: str | None,
    code: str | None,
    seed: int,
    count: int,
    language: str,
    world_seed: int,
    world_size: int,
    as_json: bool,
) -> None:
    """Make tasks: the cue, the records it touches, and the whole right answer. With --json an object a line.

    The same template, seed, language and world make the same task again.
    """
    if kind is None and code is None:
        raise click.UsageError("give --kind lookup or --kind workflow, or a --template")
    world = _world(world_seed, world_size)
    files = _templates(world)
    for one in range(seed, seed + count):
        task = _task(files, world, one, Language(language), kind, code)
        told = {
            "task": task.model_dump(mode="json"),
            "cue": task.cue,
            "records": records(task, world),
            "answer": answer(task),
        }
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else _in_words(told))


def _task(
    files: TemplateFiles, world: World, seed: int, language: Language, kind: str | None, code: str | None
) -> Task:
    try:
        if code is None:
            template = pick_template(files.templates, DrillKind(str(kind)), seed)
        else:
            if code not in files.filed:
                raise click.UsageError(f"there is no template {code!r}; there are: {', '.join(sorted(files.filed))}")
            template = files.filed[code].template
            if kind not in (None, template.kind.value):
                raise click.UsageError(f"the template {code} is a {template.kind}, not a {kind}")
        return make_task(template, world, seed, language)
    except (CannotMake, UnknownCircumstance) as error:
        raise click.UsageError(str(error)) from error


def _in_words(told: dict[str, Any]) -> str:
    task, right = told["task"], told["answer"]
    number = task["caller"]["number"] or "—"
    lines = [f"{task['template']} · {task['kind']} · seed {task['seed']}", f"☎ {number}: {task['caller']['says']}"]
    lines += [task["cue"], ""]
    for one in told["records"]:
        full, masked = one["full"], one["masked"]
        lines.append(f"{one['role']:9} {one['customer']:>8}  {full['name']} {full['number']} · {masked['address']}")
    lines.append("")
    lines += [f"{field} = {value['expected']}" for field, value in right["fields"].items()]
    lines.append(f"article = {right['article']}")
    if right["verification"] is not None:
        lines.append(f"V{right['verification']} · evidence {', '.join(right['evidence']) or '—'}")
    return "\n".join([*lines, ""])


@drills.command("score")
@click.argument("taskfile", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("journalfile", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--plan", "code", help="A shipped plan's code; otherwise the certification plan of the kind.")
@click.option("--factor", type=float, default=1.0, show_default=True, help="Of all times: extra time.")
@click.option("--paused", type=click.IntRange(0), default=0, show_default=True, help="Seconds paused.")
@json_option
def score_(taskfile: Path, journalfile: Path, code: str | None, factor: float, paused: int, as_json: bool) -> None:
    """Score a run. TASKFILE holds a task as `make --json` prints it; JOURNALFILE a JSON list of actions, each
    {"seq": 1, "op_id": "…", "at": "2026-03-16T10:00:00+08:00", "kind": "open", "data": {"customer": 17}}."""
    task = _read_task(taskfile)
    if not 0.1 <= factor <= 10:
        raise click.UsageError("--factor must be from 0.1 to 10")
    stretch = Fraction(str(factor))
    result = score(task, _read_journal(journalfile), _plan(task.kind, code), stretch, paused)
    click.echo(json.dumps(as_document(result), ensure_ascii=False) if as_json else _score_in_words(result))


def _read_task(path: Path) -> Task:
    data = _json(path)
    try:
        return Task.model_validate(data["task"] if isinstance(data, dict) and "task" in data else data)
    except ValidationError as error:
        raise click.UsageError(f"{path} holds no task: {_first(error)}") from error


_journal_adapter = TypeAdapter(list[dict[str, Any]])


def _read_journal(path: Path) -> list[Action]:
    try:
        rows = _journal_adapter.validate_python(_json(path))
        return [
            Action(
                int(row["seq"]),
                str(row["op_id"]),
                datetime.fromisoformat(row["at"]),
                ActionKind(row["kind"]),
                row.get("data") or {},
                row.get("lag_ms"),
            )
            for row in rows
        ]
    except ValidationError as error:
        raise click.UsageError(f"{path} is no list of actions: {_first(error)}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise click.UsageError(f"{path}: an action has no sound {error}") from error


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{path} is not JSON: {error}") from error


def _first(error: ValidationError) -> str:
    detail = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}"


def _plan(kind: DrillKind, code: str | None) -> DrillPlan:
    plans = read_drill_plans(drill_plans()).plans
    wanted = code or f"{kind}-certification"
    plan = plans.get(wanted)
    if plan is None or plan.kind is not kind:
        known = ", ".join(one.code for one in plans.values() if one.kind is kind) or "none"
        raise click.UsageError(f"there is no {kind} plan {wanted!r}; there are: {known}")
    return plan


def _score_in_words(result: Score) -> str:
    lines = [f"{shown(result.points)} = {shown(result.accuracy)} + {shown(result.efficiency)}"]
    lines += [
        f"#{one.at_seq} {one.kind}: {one.field} {one.seen!r} → {one.right!r} ({one.rule})" for one in result.errors
    ]
    lines += [f"#{one.at_seq} critical {one.kind}: {one.seen} → {one.right} ({one.rule})" for one in result.critical]
    return "\n".join(lines)


def _world(seed: int, size: int) -> World:
    catalogue, problems = read_catalogue(shipped(OPERATOR))
    if catalogue is None:
        raise click.ClickException(_lines(problems))
    return World(seed, size, catalogue)


def _templates(world: World | None) -> TemplateFiles:
    files = read_templates(shipped(FOLDER), world.catalogue if world else None)
    if files.errors:
        raise click.ClickException(_lines(files.errors))
    return files


def _lines(problems: Sequence[object]) -> str:
    return "\n".join(map(str, problems))
