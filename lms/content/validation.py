"""Plain data against a pydantic value, and pydantic's errors as problems with line, dotted key and mend."""

import json
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from lms.content.problems import Problem, SourceFile
from lms.content.value_errors import spoken
from lms.content.yaml_lines import Place
from lms.domain.values import Language
from lms.domain.wording import Worded

T = TypeVar("T")

# Words of a rule that spans several fields → the field that an author should look at, and how to mend it.
_RULES = (
    ("is not one of the options", "key", Worded("name the id of an option that stands above")),
    (
        "the key must name two or more",
        "key",
        Worded("name at least two options that are right, and leave one that is not"),
    ),
    ("the key must name every step", "key", Worded("list the id of every step once, in the right order")),
    ("two options", "options", Worded("give each option its own id and its own text")),
    ("two steps", "steps", Worded("give each step its own id and its own text")),
    ("two criteria", "guide", Worded("give each criterion its own id")),
    ("its own enemy", "enemies", Worded("leave the question's own code out")),
    ("tolerance must not be negative", "tolerance", Worded('write how far off an answer may be, such as "0.01"')),
    ("give the text in zh", "", Worded("write zh: …, en: … or both under it")),
    ("no language has all", "", Worded("give every text at least in one and the same language")),
    ("some texts are missing", "", Worded("translate all of them, or none")),
    ("pass_points", "pass_points", Worded("lower it to the weight or below")),
    ("a section appears twice", "sections", Worded("put all picks of a section into one plan")),
    ("weights must sum to 100", "sections", Worded("change the weights until they do")),
    ("has exactly one key", "", Worded("write one key; put a second condition on a line of its own")),
    ("a turn has either say or do", "", Worded("write say: … for words, or do: … for a deed")),
)


@dataclass(frozen=True, slots=True)
class Validated(Generic[T]):
    """The value, or None and what keeps it from being one."""

    value: T | None
    problems: list[Problem]


def validated(adapter: TypeAdapter[T], data: Any, source: SourceFile, place: Place) -> Validated[T]:
    """``data``, which stands at ``place``, as a value of the adapter's type.

    Strict, by way of JSON: a list may be a tuple and a text an enumeration, but ``true`` is no number and
    ``35.61`` no text, and a fraction typed as 0.4 is exactly 2/5.
    """
    try:
        return Validated(adapter.validate_json(json.dumps(data), strict=True), [])
    except ValidationError as error:
        details = error.errors(include_url=False)
    problems = [_problem(detail, adapter, data, source, place) for detail in details]
    return Validated(None, [problem for problem in problems if problem])


def _problem(
    detail: ErrorDetails, adapter: TypeAdapter[Any], data: Any, source: SourceFile, place: Place
) -> Problem | None:
    at = _place_in(data, detail["loc"], detail["type"])
    if detail["type"] == "value_error":
        return _rule_broken(detail, source, (*place, *at))
    if detail["type"] == "extra_forbidden":
        known = fields_at(adapter.json_schema(), detail["loc"][:-1])
        if detail["input"] is None and known == sorted(Language):
            mend = Worded("put the text before it in quotes: inside { } a comma begins a new key")
            return source.error((*place, *at), Worded("a piece of text stands where a language is expected"), mend)
        return source.error((*place, *at), Worded("unknown key"), _did_you_mean(str(at[-1]), known))
    if detail["type"] == "too_short" and len(detail["input"]) >= detail.get("ctx", {})["min_length"]:
        return None  # some items were refused, and each of them is a problem of its own
    if detail["type"].startswith("union_tag"):
        at = (*at, "kind")
    what, mend = spoken(detail, at, source.document.sources.get((*place, *at)))
    return source.error((*place, *at), what, mend)


def _place_in(data: Any, loc: tuple[int | str, ...], kind: str) -> Place:
    """``loc`` as keys and indexes, without the steps that are pydantic's own (a union's tag, ``[key]``)."""
    place: list[int | str] = []
    for number, step in enumerate(loc):
        steps = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
        if step in steps:
            data = data[step]
        elif kind != "missing" or number < len(loc) - 1:
            continue
        place.append(step)
    return tuple(place)


def _rule_broken(detail: ErrorDetails, source: SourceFile, place: Place) -> Problem:
    raised = detail.get("ctx", {}).get("error")
    what = raised.args[0] if raised and raised.args else detail["msg"].removeprefix("Value error, ")
    for words, key, mend in _RULES:
        if words in what:
            aimed = (*place, key) if key and (*place, key) in source.document.lines else place
            return source.error(aimed, what, mend)
    return source.error(place, what, Worded("change it here so that this holds"))


def fields_at(schema: Any, loc: tuple[int | str, ...]) -> list[str]:
    """The keys that a JSON schema knows at pydantic's ``loc``."""
    definitions = schema.get("$defs", {})

    def opened(node: Any) -> list[Any]:
        """``node`` itself, or what its reference or its alternatives stand for."""
        while "$ref" in node:
            node = definitions[node["$ref"].rsplit("/", 1)[-1]]
        parts = node.get("anyOf", []) + node.get("oneOf", [])
        return [whole for part in parts for whole in opened(part)] if parts else [node]

    def below(node: Any, step: int | str) -> list[Any]:
        mapping = node.get("discriminator", {}).get("mapping", {})
        if step in mapping:
            return opened({"$ref": mapping[step]})
        inner = [
            one.get("items") if isinstance(step, int) else one.get("properties", {}).get(step) for one in opened(node)
        ]
        return [part for one in inner if one for part in opened(one)]

    nodes = [schema]
    for step in loc:
        nodes = [child for node in nodes for child in below(node, step)]
    return sorted({key for node in nodes for one in opened(node) for key in one.get("properties", {})})


def _did_you_mean(typed: str, known: list[str]) -> Worded:
    near = get_close_matches(typed.lower().replace("_", "-"), known, n=1, cutoff=0.6) or get_close_matches(
        typed.lower(), known, n=1, cutoff=0.6
    )
    if near:
        return Worded("did you mean %(near)r?", near=near[0])
    return Worded("delete it; here stand: %(names)s", names=", ".join(known)) if known else Worded("delete it")
