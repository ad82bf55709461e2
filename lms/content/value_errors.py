"""How each kind of pydantic's errors is said to an author: what is wrong, and the mend."""

import re
from collections.abc import Callable
from difflib import get_close_matches

from pydantic_core import ErrorDetails

from lms.content.yaml_lines import Place
from lms.domain.wording import Worded

# What a field's pattern asks for, by the field's name; content documentation shows the same forms.
_FORMS = {
    "code": Worded("write capital letters, digits and hyphens, BIL-001 (for a blueprint small letters, theory-full)"),
    "enemies": Worded("name other questions by their codes, such as [BIL-004]"),
    "topic": Worded("write small letters, digits and hyphens, such as number-porting"),
    "id": Worded("write one capital letter A to H (guides and scenarios: small letters, such as empathy)"),
    "key": Worded('name ids of options (A, B …), or for a computed answer a decimal in quotes such as "35.61"'),
    "tolerance": Worded('write a decimal in quotes, such as "0.01"'),
}

Said = tuple[Worded, Worded]
_Speaker = Callable[[ErrorDetails, Place, str | None], Said]


def spoken(detail: ErrorDetails, at: Place, typed: str | None) -> Said:
    """What is wrong and how to mend it; ``at``: the place, ``typed``: the value as it was typed, unquoted."""
    return _SPEAKERS.get(detail["type"], _anything)(detail, at, typed)


def _missing(detail: ErrorDetails, at: Place, typed: str | None) -> Said:
    return Worded("is missing"), Worded("add '%(key)s: …'", key=at[-1]) if at else Worded("add it")


def _not_text(detail: ErrorDetails, at: Place, typed: str | None) -> Said:
    given = detail["input"]
    if isinstance(given, list | dict):
        return Worded("one text is expected here"), Worded("write a text, without - or : below it")
    if given is None:
        return Worded("is empty"), Worded("write the text, or delete the key")
    return Worded("%(typed)s is not text as it stands", typed=typed), Worded(
        'put it in quotes: "%(typed)s"', typed=typed
    )


def _not_whole(detail: ErrorDetails, at: Place, typed: str | None) -> Said:
    given = detail["input"]
    if isinstance(given, str) and re.fullmatch(r"\s*-?[0-9]{1,9}\s*", given):
        mend = Worded("write %(number)s, without quotes or leading zeros", number=int(given))
        return Worded("a whole number is expected, this is text"), mend
    return Worded("a whole number is expected"), Worded("write one such as 2")


def _not_truth(detail: ErrorDetails, at: Place, typed: str | None) -> Said:
    return Worded("true or false is expected"), Worded("write true or false, without quotes")


def _not_fraction(detail: ErrorDetails, at: Place, typed: str | None) -> Said:
    return Worded("a fraction is expected"), Worded('write one such as "2/5" or 0.4')


def _not_list(detail: ErrorDetails, at: Place, typed: str | None) -> Said:
    return Worded("a list is expected"), Worded("write [A, B], or one '- ' line for each item")


def _not_mapping(detail: ErrorDetails, at: Place, typed: str | None) -> Said:
    if at and detail.get("ctx", {}).get("class_name") in ("Texts", "Both"):
        mend = Worded("write {zh: …, en: …}, or zh: and en: on lines of their own")
        return Worded("a text by language is expected"), mend
    return Worded("keys and values are expected"), Worded("write 'key: value' lines, indented")


def _not_chosen(detail: ErrorDetails, at: Place, typed: str | None) -> Said:
    allowed = re.findall(r"'([^']+)'", str(detail.get("ctx", {}).get("expected", "")))
    near = get_close_matches(str(detail["input"]), allowed, n=1)
    return Worded("%(given)s is not known here", given=_short(detail["input"])), _one_of(", ".join(allowed), near)


def _not_a_kind(detail: ErrorDetails, at: Place, typed: str | None) -> Said:
    allowed = re.findall(r": '([^']+)'", str(detail.get("ctx", {}).get("expected_tags", "")))
    given = detail.get("ctx", {}).get("tag")
    near = get_close_matches(str(given), allowed, n=1)
    what = Worded("%(given)r is no kind of question", given=given) if given else Worded("is missing")
    return what, _one_of(", ".join(allowed) or "single, multiple, numeric, ordering, written", near)


def _one_of(names: str, near: list[str]) -> Worded:
    if near:
        return Worded("did you mean %(near)r? write one of: %(names)s", near=near[0], names=names)
    return Worded("write one of: %(names)s", names=names)


def _wrong_form(detail: ErrorDetails, at: Place, typed: str | None) -> Said:
    names = [step for step in at if isinstance(step, str)]
    fits = Worded("write what fits %(pattern)s", pattern=detail.get("ctx", {}).get("pattern"))
    what = Worded("%(given)s has not the right form", given=_short(detail["input"]))
    return what, _FORMS.get(names[-1] if names else "", fits)


def _wrong_length(detail: ErrorDetails, at: Place, typed: str | None) -> Said:
    limits = detail.get("ctx", {})
    many = not detail["type"].startswith("string")
    if not many and "min_length" in limits:
        return Worded("is empty"), Worded("write the text, or delete the key")
    count = _items(len(detail["input"])) if many else _characters(len(detail["input"]))
    if "min_length" in limits:
        what = Worded("%(count)s, at least %(fewest)s are needed", count=count, fewest=limits["min_length"])
        return what, Worded("add what is missing")
    what = Worded("%(count)s, at most %(most)s are allowed", count=count, most=f"{limits['max_length']:,}")
    return what, Worded("make it shorter")


def _items(count: int) -> Worded:
    return Worded("%(count)s item", count=count) if count == 1 else Worded("%(count)s items", count=f"{count:,}")


def _characters(count: int) -> Worded:
    if count == 1:
        return Worded("%(count)s character", count=count)
    return Worded("%(count)s characters", count=f"{count:,}")


def _out_of_range(detail: ErrorDetails, at: Place, typed: str | None) -> Said:
    what = Worded("%(given)s is out of range", given=_short(detail["input"]))
    [(bound, limit)] = detail["ctx"].items()
    match bound:
        case "ge":
            return what, Worded("write a number of at least %(limit)s", limit=limit)
        case "gt":
            return what, Worded("write a number of more than %(limit)s", limit=limit)
        case "le":
            return what, Worded("write a number of at most %(limit)s", limit=limit)
    return what, Worded("write a number of less than %(limit)s", limit=limit)


def _anything(detail: ErrorDetails, at: Place, typed: str | None) -> Said:
    return Worded("%(said)s", said=detail["msg"]), Worded("change %(given)s", given=_short(detail["input"]))


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
