"""Deeds of the program's own, each by itself: one that fails keeps no other from being done."""

import logging
from collections.abc import Callable, Iterable

from lms.extensions import db

_log = logging.getLogger(__name__)


def one_by_one(deeds: Iterable[Callable[[], object]]) -> int:
    """How many of the deeds did something; one that fails is logged, and is the next round's to try again."""
    done = 0
    for deed in deeds:
        try:
            done += bool(deed())
        except Exception:
            db.session.rollback()
            _log.exception("one of many failed; the others are done")
    return done
