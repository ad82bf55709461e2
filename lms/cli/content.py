"""`flask content …`: content files checked (without a database), loaded into it and written from it (contract 11)."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from lms.content.bank import BankFiles, read_bank
from lms.content.bank_export import write_bank
from lms.content.benchmarks import FOLDER as BENCHMARKS
from lms.content.benchmarks import BenchmarkFiles, holds_benchmarks, read_benchmarks
from lms.content.drill_files import DrillFiles, holds_drills, read_drills
from lms.content.drill_plans import SHIPPED
from lms.content.drill_proofs import SEEDS
from lms.content.drill_templates import FOLDER as DRILLS
from lms.content.operator import OPERATOR, OperatorFiles, holds_operator, read_operator
from lms.content.roleplay_plans import RolePlayPlanFiles, read_roleplay_plans
from lms.content.scenario_export import write_scenarios
from lms.content.scenarios import FOLDER, ScenarioFiles, holds_scenarios, read_scenarios, shipped_parts
from lms.content.seeds import QUESTION_BANK, exported_seeds, fingerprint, shipped_seeds
from lms.domain.values import Language
from lms.services import bank_files
from lms.services.bank_files import Conflict, LoadReport
from lms.services.scenarios import stored_scripts

content = AppGroup("content", help="Check, load and export the content files: questions and blueprints.")


@content.command("check")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--seeds", type=click.IntRange(1, 10_000), default=SEEDS, show_default=True, help="Tasks made of a drill template."
)
@click.option(
    "--language", type=click.Choice([language.value for language in Language]), default="en", show_default=True,
    help="Rules of questions, drills and the operator's files speak English alone.",
)  # fmt: skip
def check(paths: tuple[Path, ...], seeds: int, language: str) -> None:
    """Name what is wrong in content files: file, line, key and the mend.

    PATHS are files or folders; by default the whole question bank, all scenarios, the operator's files and the
    drills, each of whose templates is proved to have exactly one right answer by making tasks from many seeds.
    The exit code is 1 where there is an error; a warning is for someone to look at, and fails nothing.
    """
    folders = (question_bank(), shipped(FOLDER), shipped(OPERATOR), shipped(DRILLS))
    listed = list(paths) or [path for path in folders if path.is_dir()]
    operator = [path for path in listed if holds_operator(path)]
    drills = [path for path in listed if path not in operator and holds_drills(path)]
    scripts = [path for path in listed if path not in (*operator, *drills) and holds_scenarios(path)]
    benchmarks = [path for path in listed if holds_benchmarks(path)]
    questions = [path for path in listed if path not in (*scripts, *operator, *drills, *benchmarks)]
    read: list[BankFiles | BenchmarkFiles | ScenarioFiles | OperatorFiles | DrillFiles | RolePlayPlanFiles] = []
    read += [read_bank(questions)] if questions or not (scripts or operator or drills or benchmarks) else []
    read += [read_scenarios(scripts)] if scripts else []
    read += [read_roleplay_plans(path / "plans") for path in scripts if (path / "plans").is_dir()]
    benchmarks += [path / BENCHMARKS for path in scripts if (path / BENCHMARKS).is_dir()]
    read += [read_benchmarks(path) for path in benchmarks]
    read += [read_operator(path) for path in operator]
    read += read_drills(drills, seeds)
    for problem in (problem for files in read for problem in files.problems):
        click.echo(problem.told(Language(language)))
    for files in read:
        click.echo(summary(files))
    if any(files.errors for files in read):
        raise SystemExit(1)


@content.command("load")
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
def load(path: Path | None) -> None:
    """Bring the files of PATH, as `content export` writes them, into the database; by default all shipped content.

    Files with an error are refused as a whole. A record that was edited in the bank since the last load is left
    as it is and named as a conflict.
    """
    seeds = exported_seeds(path) if path else shipped_seeds(shipped(""))
    for problem in seeds.errors:
        click.echo(str(problem), err=True)
    if seeds.errors:
        raise click.ClickException("nothing was loaded; mend the files first")
    now = current_app.extensions["clock"].now()
    report = bank_files.load_seeds(seeds, now, "" if path else fingerprint(shipped("")))
    for conflict in report.conflicts:
        click.echo(told(conflict), err=True)
    click.echo(loaded(report))


@content.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--drafts", is_flag=True, help="Also what was never live; a load makes it live.")
def export(folder: Path, drafts: bool) -> None:
    """Write what is live to FOLDER: topics, blueprints, plans, scenarios; loading them again changes nothing."""
    stored = bank_files.stored(drafts=drafts)
    written = write_bank(folder, stored.topics, stored.plans)
    questions = sum(len(listed) for _title, listed in stored.topics.values())
    click.echo(f"{_many(questions, 'question')} and {_many(len(stored.plans), 'blueprint')} in {len(written)} files")
    if scripts := write_scenarios(folder / FOLDER, stored_scripts(drafts=drafts), shipped_parts()):
        click.echo(_many(len(scripts), "scenario"))
    for state, count in sorted(stored.left_out.items()):
        click.echo(f"left out: {_many(count, 'question')} in state {state}", err=True)


def told(conflict: Conflict) -> str:
    changed = "both the file and the bank changed it" if conflict.both else "it was edited in the bank"
    return f"conflict: {conflict.code}: {changed} since the last load; the bank's version stays"


def loaded(report: LoadReport) -> str:
    """``3 added, 1 updated, 120 unchanged, 0 conflicts``."""
    counts = (len(report.added), len(report.updated), report.unchanged, len(report.conflicts))
    return "{} added, {} updated, {} unchanged, {} in conflict".format(*counts)


def question_bank() -> Path:
    return shipped(QUESTION_BANK)


def shipped(name: str | Path) -> Path:
    """A folder of the shipped content, as a path from here where that is shorter."""
    folder = Path(current_app.config["CONTENT_ROOT"]) / name
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def drill_plans() -> Path:
    """The shipped drill plans."""
    return Path(current_app.config["CONTENT_ROOT"]) / SHIPPED


def summary(files: BankFiles | BenchmarkFiles | ScenarioFiles | OperatorFiles | DrillFiles | RolePlayPlanFiles) -> str:
    """``2 questions: business 1, case 1 · single 2 · en 2, zh 2 · 1 blueprint · 0 errors, 1 warning``."""
    found = f"{_many(len(files.errors), 'error')}, {_many(len(files.warnings), 'warning')}"
    if isinstance(files, OperatorFiles):
        counted = ", ".join(f"{name} {count}" for name, count in files.counts().items())
        return f"operator: {counted or 'not usable as it is'} · {found}"
    if isinstance(files, DrillFiles):
        kinds = ", ".join(f"{name} {count}" for name, count in files.counts().items())
        made = f"each proved by {_many(files.proved, 'task')} a language" if files.proved else "not proved"
        return " · ".join([f"drills: {kinds}", made, _many(len(files.plans.plans), "plan"), found])
    if isinstance(files, RolePlayPlanFiles):
        return f"{_many(len(files.plans), 'plan')} of role-plays · {found}"
    if isinstance(files, BenchmarkFiles):
        return f"{_many(len(files.benchmarks), 'benchmark call')} · {found}"
    if isinstance(files, ScenarioFiles):
        return f"{_many(len(files.scenarios), 'scenario')} · {found}"
    parts = [
        ", ".join(f"{name} {count}" for name, count in sorted(counter.items()))
        for counter in files.counts().values()
        if counter
    ]
    said = " · ".join([*parts, _many(len(files.blueprints), "blueprint")])
    return f"{_many(len(files.questions), 'question')}: {said} · {found}"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
