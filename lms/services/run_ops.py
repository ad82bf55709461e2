"""What a desk sends: one action of one run, its shape checked before anything is asked of the database."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lms.domain.crm.desk import PanelName
from lms.domain.crm.search import LONGEST_QUERY, QueryRefused, Refusal, read_query
from lms.domain.drills.journal import ActionKind
from lms.domain.drills.tasks import Proof

LONGEST_ANSWER = 2000
LONGEST_NAME = 60
LARGEST_CUSTOMER = 2**31 - 1
LARGEST_LAG = 600_000  # milliseconds


class BadAction(ValueError):
    """Not an action; ``field`` names the part that is wrong, ``query`` why a search is not looked up."""

    def __init__(self, field: str, query: Refusal | None = None) -> None:
        self.field = field
        self.query = query
        super().__init__(field)


@dataclass(frozen=True, slots=True)
class Op:
    """``data`` holds exactly what its kind needs; ``lag_ms``: how long the desk took to show the action before."""

    op_id: str
    kind: ActionKind
    data: dict[str, Any]
    lag_ms: int | None

    @property
    def text(self) -> str:
        """``data`` as it stands in the journal."""
        return json.dumps(self.data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_op(raw: Any) -> Op:
    """The action in a request's body; raises :class:`BadAction`. CLOSE is the server's own and no desk's."""
    if not isinstance(raw, dict):
        raise BadAction("body")
    op_id, kind, data, lag = raw.get("op"), raw.get("kind"), raw.get("data", {}), raw.get("lag_ms")
    if not isinstance(op_id, str) or not 8 <= len(op_id) <= 40 or not (op_id.isascii() and op_id.isprintable()):
        raise BadAction("op")
    if not isinstance(kind, str) or kind not in _READERS:
        raise BadAction("kind")
    if not isinstance(data, dict):
        raise BadAction("data")
    known_lag = type(lag) is int and 0 <= lag <= LARGEST_LAG
    return Op(op_id, ActionKind(kind), _READERS[kind](data), lag if known_lag else None)


def _text(data: dict[str, Any], key: str, longest: int) -> str:
    value = data.get(key)
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        raise BadAction(key)
    try:
        value.encode()
    except UnicodeEncodeError as error:  # half a character
        raise BadAction(key) from error
    return value


def _number(data: dict[str, Any], key: str, most: int) -> int:
    value = data.get(key)
    if type(value) is not int or not 0 <= value <= most:
        raise BadAction(key)
    return value


def _named(key: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda data: {key: _text(data, key, LONGEST_NAME)}


def _panel(data: dict[str, Any]) -> dict[str, Any]:
    name = _text(data, "panel", LONGEST_NAME)
    if name not in {panel.value for panel in PanelName}:
        raise BadAction("panel")
    return {"panel": name}


def _verify(data: dict[str, Any]) -> dict[str, Any]:
    proofs = data.get("proofs")
    known = {proof.value for proof in Proof}
    if not isinstance(proofs, list) or not all(isinstance(one, str) and one in known for one in proofs):
        raise BadAction("proofs")
    return {"level": _number(data, "level", 3), "proofs": sorted(set(proofs))}


def _answer(data: dict[str, Any]) -> dict[str, Any]:
    return {"field": _text(data, "field", LONGEST_NAME), "value": _text(data, "value", LONGEST_ANSWER)}


def _search(data: dict[str, Any]) -> dict[str, Any]:
    query = data.get("q")
    if not isinstance(query, str):
        raise BadAction("q")
    try:
        read_query(query)
    except QueryRefused as refused:
        raise BadAction("q", refused.reason) from refused
    return {"q": _text(data, "q", LONGEST_QUERY)}


def _query(data: dict[str, Any]) -> dict[str, Any]:
    return {"q": _text(data, "q", LONGEST_QUERY)}


_READERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    ActionKind.BEGIN: lambda _data: {},
    ActionKind.SEARCH: _search,
    ActionKind.OPEN: lambda data: {"customer": _number(data, "customer", LARGEST_CUSTOMER)},
    ActionKind.VERIFY: _verify,
    ActionKind.PANEL: _panel,
    ActionKind.UNMASK: _named("field"),
    ActionKind.KNOWLEDGE: _query,
    ActionKind.ARTICLE: _named("article"),
    ActionKind.PIN: _named("ref"),
    ActionKind.UNPIN: _named("ref"),
    ActionKind.ANSWER: _answer,
    ActionKind.SUBMIT: lambda _data: {},
}
