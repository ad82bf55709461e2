"""What the scripts of a call's pages send: a JSON object with a message's own id and its text."""

import json
from typing import Any

from flask import abort, request

LONGEST_ID = 40


class BadRequest(ValueError):
    """The request is none of the pages' own; says which field."""


def json_object() -> dict[str, Any]:
    """400 where the body is no JSON object."""
    try:
        body = json.loads(request.get_data(cache=False) or b"null")
    except (ValueError, RecursionError):
        abort(400)
    if not isinstance(body, dict):
        abort(400)
    return body


def message_of(body: dict[str, Any]) -> str:
    message = body.get("message")
    if not isinstance(message, str) or not 8 <= len(message) <= LONGEST_ID:
        raise BadRequest("message")
    if not message.isascii() or not message.isprintable():
        raise BadRequest("message")
    return message


def text_of(body: dict[str, Any]) -> str:
    """What was typed, as :func:`storable`."""
    text = body.get("text")
    if not isinstance(text, str):
        raise BadRequest("text")
    return storable(text)


def storable(text: str) -> str:
    """``text`` without what no database takes."""
    return "".join(one for one in text if one != "\x00" and not "\ud800" <= one <= "\udfff")
