"""The film of a run 回放: a strip with a pointer, the desk as it stood, every error at its moment."""

from typing import Any

from flask import Blueprint, abort, render_template, url_for

from lms.domain.people import Role
from lms.services import drill_replay
from lms.services.drill_replay import Film, Frame
from lms.services.drill_titles import skill_title
from lms.services.replay_access import NotForYou
from lms.web.access import allow, who
from lms.web.desk_words import error_word, proof_words
from lms.web.drill_words import formula
from lms.web.language import language
from lms.web.replay_words import deed_word, desk_field, right_text, seen_text

page = Blueprint("drill_replay", __name__)


@page.get("/drills/runs/<int:run_id>/replay")
@allow(Role.NEW_HIRE, Role.TRAINER, Role.EXAMINER)
def replay_page(run_id: int) -> str:
    try:
        film = drill_replay.film(who(), run_id, language())
    except NotForYou:
        abort(404)
    return render_template(
        "drills/replay.html",
        film=film,
        reel=[_frame(film, frame) for frame in film.frames],
        formula=formula(film.plan, film.factor),
        skill=skill_title(film.skill, language()),
        back=_back(film),
        deed_word=deed_word,
        desk_field=desk_field,
        error_word=error_word,
        proof_words=proof_words(),
        seen_text=seen_text,
        right_text=right_text,
        clock=clock,
    )


def _frame(film: Film, frame: Frame) -> dict[str, Any]:
    """What the script needs of a frame: when it was, and which parts of the page it shows."""
    shelves = {"card": frame.card, "panel": frame.panel, "found": frame.found, "pad": frame.pad}
    shown = [f"{name}-{place}" for name, place in shelves.items() if place is not None]
    return {"seq": frame.seq, "at": frame.at_ms, "views": shown, "article": frame.article or ""}


def _back(film: Film) -> str | None:
    if film.seat != "own":
        return None
    if film.practice:
        return url_for("drill_desk.set_page", set_id=film.set_id)
    return url_for("results.own_list")


def clock(ms: int) -> str:
    """``12340`` → ``00:12.3``, rounded as the figures above it are."""
    tenths = round(ms / 100)
    return f"{tenths // 600:02d}:{tenths // 10 % 60:02d}.{tenths % 10}"
