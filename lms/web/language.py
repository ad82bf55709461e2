"""Which language a page is in: the person's choice, else the browser's, else Chinese."""

from flask import g, has_request_context, request
from flask_login import current_user

from lms.domain.values import Language

COOKIE = "language"


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
