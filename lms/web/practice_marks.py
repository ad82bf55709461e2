"""An examiner's opinion of one's own practice call 请考官点评: asked for here, told where the call is shown."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from lms.services import practice_marks as service
from lms.services.calls import NotYours
from lms.services.practice_marks import NotSent
from lms.web.access import allow, who
from lms.web.calls import ROLES
from lms.web.moment import now

page = Blueprint("practice_marks", __name__)


class SendForm(FlaskForm):  # type: ignore[misc]
    """Nothing to fill in: the call as it is."""


@page.post("/calls/<int:call_id>/opinion")
@allow(*ROLES)
def send(call_id: int) -> Response:
    if not SendForm().validate_on_submit():
        abort(400)
    try:
        service.send(who().person_id, call_id, now())
    except NotYours:
        abort(404)
    except NotSent as refused:
        flash(_refused(refused.reason), "warning")
    else:
        flash(_("已送交考官。评好后，评级和评语就在这一页。"), "success")
    return redirect(url_for("calls.room_page", call_id=call_id, _anchor="opinion"))


def _refused(reason: str) -> str:
    if reason == "too-many":
        return _("您已有 %(count)s 通在等考官点评，评好一通再送下一通。", count=service.MOST_WAITING)
    if reason == "nothing-said":
        return _("您在这通电话里没有说话，没有可以点评的内容。")
    return _("通话结束后才能送交考官。")
