"""The question bank's rules: what of a question is secret, when it counts as changed, how it is found."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from lms.domain.questions import Multiple, Ordering, Question, Single, Written, parse_question
from lms.domain.values import Value

Plain = dict[str, Any]

TITLE_LENGTH = 200
_MARKUP = re.compile(r"!\[([^\]]*)\]\([^)]*\)|[*_`#>|]+")


def split(question: Question) -> tuple[Plain, Plain]:
    """``(face, secrets)``: what a candidate may see of a question, and what may never reach one (contract 4).

    The secrets hold the class's ``SECRET`` fields, the rule (a clause often states the answer) and, as ``why``, each
    option's explanation by its id. A written question's face keeps its criteria's ids, names and points.
    """
    whole = question.model_dump(mode="json", exclude_none=True)
    hidden = question.SECRET | {"rule"}
    secrets = {name: value for name, value in whole.items() if name in hidden}
    face = {name: value for name, value in whole.items() if name not in hidden}
    if isinstance(question, Single | Multiple):
        secrets["why"] = {option["id"]: option["why"] for option in whole["options"]}
        face["options"] = [{"id": option["id"], "text": option["text"]} for option in whole["options"]]
    if isinstance(question, Written):
        face["guide"] = [{name: line[name] for name in ("id", "name", "points")} for line in whole["guide"]]
    return face, secrets


def join(face: Mapping[str, Any], secrets: Mapping[str, Any]) -> Question:
    """The question whose :func:`split` gave the two halves; raises pydantic's ValidationError on anything else."""
    whole = {**face, **{name: value for name, value in secrets.items() if name != "why"}}
    if "why" in secrets:
        whole["options"] = [{**option, "why": secrets["why"][option["id"]]} for option in face["options"]]
    return parse_question(whole)


def digest(value: Value) -> str:
    """SHA-256 over the canonical JSON of the whole value: equal exactly when nothing was changed."""
    plain = value.model_dump(mode="json", exclude_none=True)
    canonical = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def fold(text: str) -> str:
    """Text as it is searched: full-width forms and capitals made equal, marks of Markdown and line breaks dropped."""
    plain = _MARKUP.sub(r" \1 ", unicodedata.normalize("NFKC", text))
    return " ".join(plain.casefold().split())


def search_text(question: Question) -> str:
    """Code, stem and options in every language, folded, a line each (so that no search finds across two texts)."""
    texts = [question.stem]
    if isinstance(question, Single | Multiple):
        texts += [option.text for option in question.options]
    elif isinstance(question, Ordering):
        texts += [step.text for step in question.steps]
    said = [text for pair in texts for text in (pair.zh, pair.en) if text]
    return "\n".join(fold(text) for text in [question.code, *said])


def title(question: Question) -> str:
    """The stem's beginning as one plain line, for lists."""
    stem = question.stem.zh or question.stem.en or ""
    return " ".join(_MARKUP.sub(r" \1 ", stem).split())[:TITLE_LENGTH]
