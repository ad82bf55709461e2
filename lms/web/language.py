"""Which language a page is in: the person's choice, else the browser's, else Chinese."""

import re

from flask import g, has_request_context, request
from flask_login import current_user
from markupsafe import Markup

from lms.domain.values import Language, Texts

COOKIE = "language"
HAN = re.compile(r"[\u3400-\u9fff]")


def select_language() -> str:
    """``zh`` or ``en``; codes are compared by their first part, for `zh_CN` folders silently show English."""
    if not has_request_context():
        return Language.ZH
    if "language" not in g:
        g.language = _select()
    return str(g.language)


def _select() -> str:
    chosen = current_user.who.language if current_user.is_authenticated else None
    candidates = [chosen, request.cookies.get(COOKIE), *(code for code, _ in request.accept_languages)]
    for code in candidates:
        base = (code or "").replace("_", "-").split("-")[0].lower()
        if base in (Language.ZH, Language.EN):
            return base
    return Language.ZH


def html_lang() -> str:
    return "zh-Hans" if select_language() == Language.ZH else "en"


def language() -> Language:
    return Language(select_language())


def named(title: str, plan: Texts | None = None) -> str:
    """A title that a person wrote. On an English page Chinese says that it is, so that a screen reader changes its
    voice, and beside it stands the English title of the ``plan`` behind it."""
    if language() is Language.ZH or not HAN.search(title):
        return title
    marked = Markup('<span lang="zh-Hans">{}</span>').format(title)
    return marked + Markup(' <span class="quiet">{}</span>').format(plan.en) if plan and plan.en else marked
