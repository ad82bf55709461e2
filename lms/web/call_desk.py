"""The desktop beside a call: what the trainee looks up in the CRM while the conversation goes on."""

from typing import Any

from flask import Blueprint, abort, jsonify, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.domain.people import Role
from lms.services import call_desk
from lms.services.call_view import CallView
from lms.services.calls import CallRefused, MessageReused, NotYours
from lms.services.run_ops import BadAction, read_op
from lms.web.access import allow, who
from lms.web.call_requests import json_object
from lms.web.desk_words import bad_action_text, page_words, proof_words, query_text, worded
from lms.web.moment import now

page = Blueprint("call_desk", __name__)


def setup(view: CallView) -> dict[str, Any] | None:
    """What the page's script needs for the desk; None for a call begun before scripts had records."""
    shown = call_desk.screen(who(), view.id)
    if shown is None:
        return None
    return {
        "url": url_for("call_desk.act", call_id=view.id),
        "verifies": True,
        "pins": False,
        "single_keys": who().digit_keys,
        "shown": worded(shown),
        "words": {
            **page_words(),
            "offline": _("网络已断开，恢复后自动查询；通话时间照常计算。"),
            "signed_out": _("登录已失效，请在新窗口登录后回到本页。"),
            "no_record": _("没有打开客户记录"),
        },
        "proofs": proof_words(),
    }


@page.post("/calls/<int:call_id>/desk")
@allow(Role.NEW_HIRE, Role.TRAINER, Role.EXAMINER, during_attempt=True, json=True)
def act(call_id: int) -> Response | tuple[Response, int]:
    """200 looked up (again or for the first time) · 409 not now · 422 not a look."""
    try:
        shown = call_desk.act(who(), call_id, read_op(json_object()), now())
    except NotYours:
        abort(404)
    except BadAction as bad:
        error = query_text(bad.query) if bad.query else bad_action_text(bad.field)
        return jsonify(error=error, field=bad.field), 422
    except MessageReused:
        return jsonify(error=_("同一操作编号已用于另一操作。"), field="op"), 422
    except CallRefused as refused:
        return jsonify(error=_refused(refused.reason), reason=refused.reason), 409
    return jsonify(shown=worded(shown))


def _refused(reason: str) -> str:
    return {
        "not-live": _("通话不在进行中，不能再查看客户资料。"),
        "no-record-open": _("请先打开客户记录。"),
        "too-many": _("查看次数过多，请专心通话。"),
        "in-exam": _("考试进行中，不能通话。"),
        "paused": _("监考人员已暂停考核，计时已停止。"),
        "held-elsewhere": _("本场考核正在另一台设备上进行。"),
        "over": _("本场考核已经结束。"),
    }.get(reason, _("现在不能这样做。"))
