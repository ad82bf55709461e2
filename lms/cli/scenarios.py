"""`flask scenarios …`: the role-plays' scripts, listed and rehearsed from their files, without a database."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

import click
from flask.cli import AppGroup
from pydantic import ValidationError

from lms.cli.content import shipped
from lms.content.scenarios import FOLDER, files_in, read_scenarios
from lms.content.yaml_lines import YamlRefused, decode
from lms.customers.scripted import Scripted
from lms.domain.conversation import Deed, Said, Silence, Step, rehearsed, turn_adapter
from lms.domain.evidence import explain
from lms.domain.scenarios import Scenario
from lms.domain.values import Language

scenarios = AppGroup("scenarios", help="List the role-plays' scenarios and rehearse them.")


@scenarios.command("list")
def list_() -> None:
    """Scenarios by id and title."""
    for filed in read_scenarios(shipped(FOLDER)).scenarios.values():
        click.echo(f"{filed.scenario.id}\t{filed.scenario.title.zh}\t{filed.scenario.title.en}")


@scenarios.command("rehearse")
@click.argument("name", metavar="ID")
@click.option(
    "--language", type=click.Choice([language.value for language in Language]), default="zh", show_default=True
)
@click.option("--agent", "agent", type=click.File("rb"), required=True, help="Lines of seconds<TAB>text; - for stdin.")
@click.option("--seed", type=int, default=1, show_default=True, help="Chooses among the customer's variants.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def rehearse(name: str, language: str, agent: BinaryIO, seed: int, as_json: bool) -> None:
    """Play the scripted customer of scenario ID against the agent's lines in a file.

    Each line is the seconds since the customer's last line, a tab, and what the agent says; @hold, @ticket,
    @transfer or @hang-up instead of words is a deed.
    """
    scenario, said = _found(name), Language(language)
    steps = [*rehearsed(scenario, said, seed, _agent_turns(agent))]
    if as_json:
        click.echo(json.dumps(_as_data(scenario, said, seed, steps), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(_as_transcript(scenario, said, steps)))


def _found(name: str) -> Scenario:
    files = {path.stem: path for path in files_in(shipped(FOLDER))}
    if name not in files:
        known = ", ".join(files) or "none"
        raise click.BadParameter(f"there is no scenario {name!r}; there are: {known}", param_hint="ID")
    read = read_scenarios(files[name])
    for problem in read.errors:
        click.echo(str(problem), err=True)
    if name not in read.scenarios:
        raise click.BadParameter(f"{files[name]} has errors; mend it first", param_hint="ID")
    return read.scenarios[name].scenario


def _agent_turns(file: BinaryIO) -> list[Said | Deed]:
    """The agent's prepared turns; a line that cannot be read is refused with its number."""
    try:
        text, _ = decode(file.read())
    except YamlRefused as refused:
        raise _refusal(file, refused.faults[0].line, refused.faults[0].what) from refused
    turns = [_agent_turn(row, file, number) for number, row in enumerate(text.split("\n"), 1) if row.strip()]
    if not turns:
        raise _refusal(file, 1, "the file has no lines; write seconds<TAB>text")
    return turns


def _agent_turn(row: str, file: BinaryIO, number: int) -> Said | Deed:
    seconds, tab, text = row.partition("\t")
    if not tab:
        raise _refusal(file, number, "no tab; write seconds<TAB>text")
    words = text.strip()
    content = {"kind": "deed", "do": words[1:]} if words.startswith("@") else {"kind": "said", "text": words}
    try:
        turn = turn_adapter.validate_python({**content, "seconds": float(seconds)})
    except ValidationError as error:
        wrong = error.errors()[0]
        raise _refusal(file, number, f"{wrong['loc'][-1]}: {wrong['msg']}") from error
    except ValueError as error:
        raise _refusal(file, number, f"{seconds.strip()!r} is no number of seconds") from error
    assert not isinstance(turn, Silence)
    return turn


def _refusal(file: BinaryIO, line: int, what: str) -> click.BadParameter:
    return click.BadParameter(f"{getattr(file, 'name', '-')}:{line}: {what}", param_hint="--agent")


def _as_data(scenario: Scenario, language: Language, seed: int, steps: list[Step]) -> dict[str, Any]:
    last = steps[-1].state
    return {
        "scenario": scenario.id,
        "sha256": scenario.sha256,
        "language": language.value,
        "seed": seed,
        "turns": [_turn_data(scenario, number, step) for number, step in enumerate(steps)],
        "end": last.end.value if last.end else None,
        "end_reason": _reason(scenario, language, steps),
        "traps": list(last.traps),
        "critical": list(last.critical),
        "late_handover": last.late_handover,
        "state_sha256": last.digest(),
    }


def _turn_data(scenario: Scenario, number: int, step: Step) -> dict[str, Any]:
    turn, state = step.turn, step.state
    said = Scripted().reply(scenario, (), state, step.reply)
    return {
        "turn": number,
        "seconds": turn.seconds if turn else 0,
        "agent": turn.text if isinstance(turn, Said) else None,
        "deed": turn.do if isinstance(turn, Deed) else "silence" if isinstance(turn, Silence) else None,
        "customer": said.text if said else None,
        "line": said.line_id if said else None,
        "beat": state.beat,
        "emotion": state.emotion,
        "revealed": list(state.revealed),
        "heard": list(step.reply.heard),
        "felt": [one.model_dump() for one in step.reply.felt],
        "evidence": _evidence(turn.text, state.language) if isinstance(turn, Said) else None,
        "end": state.end.value if state.end else None,
    }


def _evidence(text: str, language: Language) -> dict[str, Any]:
    """What the rules find in one line: labels, spans, and suspected spans that a person should look at."""
    found = explain(text, language)
    spans = {"spans": found.spans, "suspected": found.suspected}
    shown = {
        name: [{"label": one.label.value, "start": one.start, "end": one.end, "rule": one.rule} for one in listed]
        for name, listed in spans.items()
    }
    return {"labels": [label.value for label in found.labels], **shown}


def _reason(scenario: Scenario, language: Language, steps: list[Step]) -> str:
    ending = steps[-1].state.end
    if ending is None:
        return "the agent's lines are over before the call is"
    end = scenario.ends.of(ending)
    return end.text.in_(language) if end else f"the agent's deed: {ending.value}"


def _as_transcript(scenario: Scenario, language: Language, steps: list[Step]) -> Iterator[str]:
    """What was said, each turn under what it did to the story."""
    yield f"{scenario.id} · {scenario.title.in_(language)}"
    for number, step in enumerate(steps):
        data = _turn_data(scenario, number, step)
        done = data["agent"] if data["agent"] is not None else data["deed"] and f"({data['deed']})"
        if done is not None:
            yield f"\n{number:>3}  agent    +{data['seconds']:g} s  {done}"
        if data["customer"] is not None:
            yield f"     customer  {data['customer']}"
        yield f"     [{' · '.join([data['beat'], f'emotion {step.state.emotion}', *_notes(data)])}]"
    ending = steps[-1].state.end
    yield f"\nend: {ending.value if ending else 'open'} ({_reason(scenario, language, steps)})"


def _notes(data: dict[str, Any]) -> Iterator[str]:
    notes = {"revealed": data["revealed"], "heard": data["heard"]}
    notes["evidence"] = data["evidence"]["labels"] if data["evidence"] else []
    for name, listed in notes.items():
        if listed:
            yield f"{name} {', '.join(listed)}"
