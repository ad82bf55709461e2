"""When something goes wrong: a page in the person's language, or JSON where a script asked; nothing inside leaks."""

from babel.dates import format_timedelta
from flask import Flask, current_app, jsonify, make_response, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import BadRequest, HTTPException, InternalServerError, ServiceUnavailable
from werkzeug.wrappers import Response

from lms.extensions import db
from lms.services.write_turn import NoTurn
from lms.web.access import wants_json
from lms.web.limits import seconds_left


def explanation(code: int) -> tuple[str, str]:
    """(title, what to do) for an HTTP status."""
    texts = {
        400: (_("请求有误"), _("请返回上一页，检查后再试。")),
        401: (_("请先登录"), _("登录已失效，请重新登录；已输入的内容保存在本机。")),
        403: (_("没有权限"), _("您的角色不能进入此页。如需权限，请联系管理员。")),
        404: (_("页面不存在"), _("地址有误，或内容不属于您。")),
        409: (_("内容已变化"), _("他人或另一窗口已先行更改，请刷新后再试。")),
        413: (_("内容过大"), _("上传的内容超过上限。")),
        415: (_("请求有误"), _("请返回上一页，检查后再试。")),
        429: (_("操作过于频繁"), _("请稍候一分钟再试。")),
        503: (_("系统繁忙"), _("请稍候片刻再试；已保存的内容不会丢失。")),
    }
    return texts.get(code, (_("出错了"), _("问题已记录。请重试；若仍出错，请联系管理员。")))


def answer(error: HTTPException) -> Response:
    code = error.code or 500
    title, advice = explanation(code)
    wait = seconds_left() if code == 429 else None
    if wait is not None:
        time = format_timedelta(wait, threshold=1.2, locale=get_locale())
        advice = _("请在%(time)s后再试。", time=time)
    if wants_json() or request.path.startswith("/api/"):
        reply = jsonify(error=title, advice=advice)
    else:
        reply = make_response(render_template("error.html", code=code, title=title, advice=advice))
    reply.status_code = code
    if code in (429, 503):
        reply.headers["Retry-After"] = str(wait or getattr(error, "retry_after", None) or 5)
    return reply


def _csrf(error: CSRFError) -> Response:
    return answer(error)


def _database(error: OperationalError | NoTurn | NoConnection) -> Response:
    db.session.rollback()
    current_app.logger.warning("database unavailable: %s", error.__class__.__name__)
    return answer(ServiceUnavailable())


def _unfit_data(error: DataError) -> Response:
    """A text that no database can keep (a NUL on PostgreSQL): the request is at fault, not the program."""
    db.session.rollback()
    return answer(BadRequest())


def _unexpected(error: Exception) -> Response:
    db.session.rollback()
    current_app.logger.exception("unexpected error at %s", request.path)
    return answer(InternalServerError())


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(NoTurn, _database)
    app.register_error_handler(NoConnection, _database)
    app.register_error_handler(DataError, _unfit_data)
    if not app.testing and not app.config.get("PROPAGATE_EXCEPTIONS"):
        app.register_error_handler(Exception, _unexpected)
