"""`flask papers …`: draw papers from the bank's files, or from the live bank, to see what a blueprint gives."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import click
from flask.cli import AppGroup

from lms.cli.content import question_bank
from lms.content.bank import read_bank
from lms.content.filed import pool_entry
from lms.domain.blueprints import Blueprint
from lms.domain.papers import Assembler, CannotAssemble, Form, PoolEntry, rehearse, shortages, stock_of
from lms.domain.values import Language
from lms.services import blueprints as service
from lms.services.sitting_papers import live_pool

papers = AppGroup("papers", help="List blueprints and draw papers from them.")
language_option = click.option("--language", default="zh", show_default=True, help="zh or en.")
database_option = click.option(
    "--database", is_flag=True, help="Use the live bank instead of the files in question_bank/."
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The blueprints, the certification exam first, and where the questions come from."""

    blueprints: tuple[Blueprint, ...]
    filed: tuple[PoolEntry, ...]
    database: bool

    def find(self, code: str) -> Blueprint:
        for blueprint in self.blueprints:
            if blueprint.code == code:
                return blueprint
        known = ", ".join(blueprint.code for blueprint in self.blueprints) or "none"
        raise click.ClickException(f"there is no blueprint {code!r}; there are: {known}")

    def pool(self, blueprint: Blueprint) -> Sequence[PoolEntry]:
        return [entry for entry, _version in live_pool(blueprint)] if self.database else self.filed


def shelf(database: bool) -> Shelf:
    if database:
        return Shelf(_in_order(service.newest_plans()), (), True)
    bank = read_bank(question_bank())
    blueprints = [filed.blueprint for filed in bank.blueprints.values()]
    return Shelf(_in_order(blueprints), tuple(pool_entry(filed.question) for filed in bank.questions.values()), False)


def _in_order(blueprints: Sequence[Blueprint]) -> tuple[Blueprint, ...]:
    return tuple(sorted(blueprints, key=lambda blueprint: (not blueprint.certification, blueprint.code)))


def _language(code: str) -> Language:
    if code not in set(Language):
        raise click.ClickException(f"there is no language {code!r}; there are: {', '.join(Language)}")
    return Language(code)


@papers.command("list")
@language_option
@database_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_(language: str, database: bool, as_json: bool) -> None:
    """Blueprints by code and title, the certification exam first."""
    said = _language(language)
    rows = [{"code": plan.code, "title": plan.title.in_(said)} for plan in shelf(database).blueprints]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['code']}\t{row['title']}")


@papers.command("assemble")
@click.argument("blueprint")
@language_option
@database_option
@click.option("--forms", type=click.IntRange(1, 100_000), default=1, show_default=True, help="How many papers.")
@click.option("--seed", type=int, default=1, show_default=True, help="The first paper's seed; each next adds 1.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line.")
def assemble(blueprint: str, language: str, database: bool, forms: int, seed: int, as_json: bool) -> None:
    """Draw papers of BLUEPRINT, a line each: seed, then the questions of every section."""
    said = _language(language)
    stock = shelf(database)
    plan = stock.find(blueprint)
    pool = stock.pool(plan)
    try:
        assembler = Assembler(plan, pool, said, rehearse(plan, pool, said))
        for short in shortages(plan, stock_of(pool), said):
            cap = f"exposure cap {plan.exposure_cap}"
            click.echo(f"warning: {short.cell.name} is short by {short.missing} for the {cap}", err=True)
        for number in range(forms):
            click.echo(_line(assembler.form(seed + number), plan, as_json))
    except CannotAssemble as error:
        raise click.ClickException(f"{plan.code} in {said}: {error}") from error


def _line(form: Form, plan: Blueprint, as_json: bool) -> str:
    sections = {part.section.value: form.codes(part.section) for part in plan.sections}
    if as_json:
        return json.dumps({"seed": form.seed, "sections": sections}, ensure_ascii=False)
    return f"{form.seed}: " + " · ".join(f"{name} {' '.join(codes)}" for name, codes in sections.items())
