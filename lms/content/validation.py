"""Plain data against a pydantic value, and pydantic's errors as problems with line, dotted key and mend."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from lms.content.problems import Problem, SourceFile
from lms.content.yaml_lines import Place
from lms.domain.values import Language

T = TypeVar("T")

# What a field's pattern asks for, by the field's name; content documentation shows the same forms.
_FORMS = {
    "code": "write capital letters, digits and hyphens, BIL-001 (for a blueprint small letters, theory-full)",
    "enemies": "name other questions by their codes, such as [BIL-004]",
    "topic": "write small letters, digits and hyphens, such as number-porting",
    "id": "write one capital letter A to H (guides and scenarios: small letters, such as empathy)",
    "key": 'name ids of options (A, B …), or for a computed answer a decimal in quotes such as "35.61"',
    "tolerance": 'write a decimal in quotes, such as "0.01"',
}

# Words of a rule that spans several fields → the field that an author should look at, and how to mend it.
_RULES = (
    ("is not one of the options", "key", "name the id of an option that stands above"),
    (
        "the key must name two or more",
        "key",
        "name at least two options that are right, and leave one that is not",
    ),
    ("the key must name every step", "key", "list the id of every step once, in the right order"),
    ("two options", "options", "give each option its own id and its own text"),
    ("two steps", "steps", "give each step its own id and its own text"),
    ("two criteria", "guide", "give each criterion its own id"),
    ("its own enemy", "enemies", "leave the question's own code out"),
    ("tolerance must not be negative", "tolerance", 'write how far off an answer may be, such as "0.01"'),
    ("give the text in zh", "", "write zh: …, en: … or both under it"),
    ("no language has all", "", "give every text at least in one and the same language"),
    ("some texts are missing", "", "translate all of them, or none"),
    ("pass_points", "pass_points", "lower it to the weight or below"),
    ("a section appears twice", "sections", "put all picks of a section into one plan"),
    ("weights must sum to 100", "sections", "change the weights until they do"),
    ("has exactly one key", "", "write one key; put a second condition on a line of its own"),
    ("a turn has either say or do", "", "write say: … for words, or do: … for a deed"),
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
            mend = "put the text before it in quotes: inside { } a comma begins a new key"
            return source.error((*place, *at), "a piece of text stands where a language is expected", mend)
        return source.error((*place, *at), "unknown key", _did_you_mean(str(at[-1]), known))
    if detail["type"] == "too_short" and len(detail["input"]) >= detail.get("ctx", {})["min_length"]:
        return None  # some items were refused, and each of them is a problem of its own
    if detail["type"].startswith("union_tag"):
        at = (*at, "kind")
    speak = _SPEAKERS.get(detail["type"], _anything)
    what, mend = speak(detail, at, source.document.sources.get((*place, *at)))
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
    what = detail["msg"].removeprefix("Value error, ")
    for words, key, mend in _RULES:
        if words in what:
            aimed = (*place, key) if key and (*place, key) in source.document.lines else place
            return source.error(aimed, what, mend)
    return source.error(place, what, "change it here so that this holds")


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


def _did_you_mean(typed: str, known: list[str]) -> str:
    near = get_close_matches(typed.lower().replace("_", "-"), known, n=1, cutoff=0.6) or get_close_matches(
        typed.lower(), known, n=1, cutoff=0.6
    )
    listed = ", ".join(known)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"delete it; here stand: {listed}" if listed else "delete it"


# How each kind of pydantic error is said: (error, place, the value as it was typed) → what, mend.
_Said = tuple[str, str]
_Speaker = Callable[[ErrorDetails, Place, str | None], _Said]


def _missing(detail: ErrorDetails, at: Place, typed: str | None) -> _Said:
    return "is missing", f"add '{at[-1]}: …'" if at else "add it"


def _not_text(detail: ErrorDetails, at: Place, typed: str | None) -> _Said:
    given = detail["input"]
    if isinstance(given, list | dict):
        return "one text is expected here", "write a text, without - or : below it"
    if given is None:
        return "is empty", "write the text, or delete the key"
    return f"{typed} is not text as it stands", f'put it in quotes: "{typed}"'


def _not_whole(detail: ErrorDetails, at: Place, typed: str | None) -> _Said:
    given = detail["input"]
    if isinstance(given, str) and re.fullmatch(r"\s*-?[0-9]{1,9}\s*", given):
        return (
            "a whole number is expected, this is text",
            f"write {int(given)}, without quotes or leading zeros",
        )
    return "a whole number is expected", "write one such as 2"


def _not_truth(detail: ErrorDetails, at: Place, typed: str | None) -> _Said:
    return "true or false is expected", "write true or false, without quotes"


def _not_fraction(detail: ErrorDetails, at: Place, typed: str | None) -> _Said:
    return "a fraction is expected", 'write one such as "2/5" or 0.4'


def _not_list(detail: ErrorDetails, at: Place, typed: str | None) -> _Said:
    return "a list is expected", "write [A, B], or one '- ' line for each item"


def _not_mapping(detail: ErrorDetails, at: Place, typed: str | None) -> _Said:
    if at and detail.get("ctx", {}).get("class_name") in ("Texts", "Both"):
        return "a text by language is expected", "write {zh: …, en: …}, or zh: and en: on lines of their own"
    return "keys and values are expected", "write 'key: value' lines, indented"


def _not_chosen(detail: ErrorDetails, at: Place, typed: str | None) -> _Said:
    allowed = re.findall(r"'([^']+)'", str(detail.get("ctx", {}).get("expected", "")))
    near = get_close_matches(str(detail["input"]), allowed, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{_short(detail['input'])} is not known here", f"{hint}use one of: {', '.join(allowed)}"


def _not_a_kind(detail: ErrorDetails, at: Place, typed: str | None) -> _Said:
    allowed = re.findall(r": '([^']+)'", str(detail.get("ctx", {}).get("expected_tags", "")))
    given = detail.get("ctx", {}).get("tag")
    near = get_close_matches(str(given), allowed, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    listed = ", ".join(allowed) or "single, multiple, numeric, ordering, written"
    return (f"{given!r} is no kind of question" if given else "is missing"), f"{hint}write one of: {listed}"


def _wrong_form(detail: ErrorDetails, at: Place, typed: str | None) -> _Said:
    names = [step for step in at if isinstance(step, str)]
    form = _FORMS.get(names[-1] if names else "", f"write what fits {detail.get('ctx', {}).get('pattern')}")
    return f"{_short(detail['input'])} has not the right form", form


def _wrong_length(detail: ErrorDetails, at: Place, typed: str | None) -> _Said:
    limits = detail.get("ctx", {})
    many = not detail["type"].startswith("string")
    if not many and "min_length" in limits:
        return "is empty", "write the text, or delete the key"
    count = len(detail["input"])
    unit = ("item" if many else "character") + ("" if count == 1 else "s")
    if "min_length" in limits:
        return f"{count} {unit}, at least {limits['min_length']} are needed", "add what is missing"
    return f"{count:,} {unit}, at most {limits['max_length']:,} are allowed", "make it shorter"


def _out_of_range(detail: ErrorDetails, at: Place, typed: str | None) -> _Said:
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    bound = " and ".join(f"{words[name]} {limit}" for name, limit in detail.get("ctx", {}).items() if name in words)
    return f"{_short(detail['input'])} is out of range", f"write a number of {bound}"


def _anything(detail: ErrorDetails, at: Place, typed: str | None) -> _Said:
    return detail["msg"], f"change {_short(detail['input'])}"


def _short(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 60 else text[:57] + "…"


_SPEAKERS: dict[str, _Speaker] = {
    "missing": _missing,
    "string_type": _not_text,
    "int_type": _not_whole,
    "int_from_float": _not_whole,
    "int_parsing": _not_whole,
    "bool_type": _not_truth,
    "fraction_type": _not_fraction,
    "fraction_parsing": _not_fraction,
    "tuple_type": _not_list,
    "list_type": _not_list,
    "model_type": _not_mapping,
    "model_attributes_type": _not_mapping,
    "dict_type": _not_mapping,
    "enum": _not_chosen,
    "literal_error": _not_chosen,
    "union_tag_invalid": _not_a_kind,
    "union_tag_not_found": _not_a_kind,
    "string_pattern_mismatch": _wrong_form,
    "string_too_short": _wrong_length,
    "string_too_long": _wrong_length,
    "too_short": _wrong_length,
    "too_long": _wrong_length,
    "greater_than": _out_of_range,
    "greater_than_equal": _out_of_range,
    "less_than": _out_of_range,
    "less_than_equal": _out_of_range,
}
