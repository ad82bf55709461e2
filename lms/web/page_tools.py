"""What every template may use: the person, the moment, terms, marks and prose."""

import os
from fractions import Fraction
from typing import Any

from flask import Flask, g, url_for
from jinja2 import StrictUndefined

from lms.domain.values import shown
from lms.web import language, moment, navigation, prose, words
from lms.web.access import someone


def _mark(number: Fraction | int | None) -> str:
    return "—" if number is None else shown(Fraction(number))


def _percent(number: Fraction | float | None) -> str:
    return "—" if number is None else f"{float(number):.0f}%"


def _sprite() -> str:
    """The address of the icons, asked for once a request: a page may show a hundred."""
    if "sprite" not in g:
        g.sprite = url_for("bootstrap.static", filename="icons/bootstrap-icons.svg")
    return str(g.sprite)


def _context() -> dict[str, Any]:
    person = someone()
    return {
        "person": person,
        "places": navigation.places(person) if person else [],
        "is_staff": bool(person and navigation.is_staff(person)),
        "html_lang": language.html_lang(),
        "page_language": language.select_language(),
    }


def _stamp_static(app: Flask) -> None:
    """Add the file's time to the address of a static file, so that a long cache never shows an old one."""
    stamps: dict[str, str] = {}

    @app.url_defaults
    def stamp(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint != "static" or "filename" not in values or app.static_folder is None:
            return
        name = values["filename"]
        if name not in stamps or app.debug:
            path = os.path.join(app.static_folder, name)
            stamps[name] = str(int(os.stat(path).st_mtime)) if os.path.exists(path) else "0"
        values["v"] = stamps[name]


def init_app(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        moment=moment.show_moment,
        clock_time=moment.show_time,
        day=moment.show_day,
        duration=moment.show_duration,
        month=moment.show_month,
        mark=_mark,
        percent=_percent,
        prose=prose.prose,
        phrase=prose.phrase,
        named=language.named,
    )
    app.jinja_env.globals.update(
        word=words.word,
        words_of=words.words_of,
        sprite=_sprite,
        now=moment.now,
        place_address=navigation.address,
        place_is_current=navigation.is_current,
        url_for=url_for,
    )
    app.context_processor(_context)
    _stamp_static(app)
