"""Scenarios written as files: keys in the files' order, short values on one line, each text readable as it is."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from lms.content.yaml_lines import plain
from lms.domain.scenarios import Scenario, SharedParts
from lms.domain.scenarios.rubric import Rubric

WIDEST = 110  # what stands on one line, in narrow characters; a Chinese one is twice as wide


class _Dumper(yaml.SafeDumper):
    """Quotes only what our reader would not take as text (``on`` is a key, ``5`` is not), indents lists."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def scenario_file(scenario: Scenario, shared: SharedParts) -> str:
    """The file of a complete scenario; reading it with the same shared parts gives an equal one."""
    written = as_written(scenario, shared)
    data = _id_first(written.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    dumped: str = yaml.serialize(_node(data), Dumper=_Dumper, allow_unicode=True, width=1_000_000)
    return dumped


def as_written(scenario: Scenario, shared: SharedParts) -> Scenario:
    """A complete scenario as its author writes it: what stands in the shared parts word for word is only named."""
    own = {name: intent for name, intent in scenario.intents.items() if shared.intents.get(name) != intent}
    criteria = list(scenario.rubric.own)
    opening, closing = scenario.rubric.opening, scenario.rubric.closing
    if criteria and not opening and shared.criterion(criteria[0].id) == criteria[0]:
        opening = criteria.pop(0).id
    if criteria and not closing and shared.criterion(criteria[-1].id) == criteria[-1]:
        closing = criteria.pop().id
    rubric = Rubric(opening=opening, own=tuple(criteria), closing=closing)
    written = {name: getattr(scenario, name) for name in Scenario.model_fields}
    return Scenario(**{**written, "intents": own, "rubric": rubric})


def write_scenarios(folder: Path, scenarios: Iterable[Scenario], shared: SharedParts) -> list[Path]:
    """One file each directly in ``folder``; the paths that were written. Other files stay."""
    written = []
    for scenario in scenarios:
        path = folder / f"{scenario.id}.yaml"
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(scenario_file(scenario, shared), encoding="utf-8", newline="\n")
        written.append(path)
    return written


def _id_first(data: Any) -> Any:
    """An id stands before what it names."""
    if isinstance(data, list):
        return [_id_first(one) for one in data]
    if not isinstance(data, dict):
        return data
    ordered = {"id": data["id"], **data} if "id" in data else data
    return {key: _id_first(value) for key, value in ordered.items()}


def _node(data: Any) -> yaml.Node:
    """``data`` as a YAML node; a list or mapping that fits on a line stands on one."""
    if isinstance(data, dict):
        return yaml.MappingNode(
            "tag:yaml.org,2002:map", [(_text(key), _node(value)) for key, value in data.items()], flow_style=_fits(data)
        )
    if isinstance(data, list):
        return yaml.SequenceNode("tag:yaml.org,2002:seq", [_node(one) for one in data], flow_style=_fits(data))
    if isinstance(data, str):
        return _text(data)
    return yaml.ScalarNode(_STR, json.dumps(data))


_STR = "tag:yaml.org,2002:str"


def _text(text: str) -> yaml.Node:
    """Text that would be read as a number or a truth stands in quotes, and so does an empty one."""
    style = '"' if plain(text) != text else "|" if "\n" in text else None
    return yaml.ScalarNode(_STR, text, style=style)


def _fits(data: Any) -> bool:
    return _width(data) <= WIDEST and not _has_rows(data)


def _has_rows(data: Any) -> bool:
    if isinstance(data, dict):
        return any(_has_rows(one) for one in data.values())
    return any(map(_has_rows, data)) if isinstance(data, list) else isinstance(data, str) and "\n" in data


def _width(data: Any) -> int:
    if isinstance(data, dict):
        return 2 + sum(_width(key) + _width(value) + 4 for key, value in data.items())
    if isinstance(data, list):
        return 2 + sum(_width(one) + 2 for one in data)
    return sum(1 if char.isascii() else 2 for char in str(data))
