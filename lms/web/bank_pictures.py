"""Pictures of questions: taken in from authors, shown to everybody signed in (a paper may hold one)."""

from flask import Blueprint, Response, abort, jsonify, make_response, request
from flask_babel import gettext as _

from lms.domain.people import Role
from lms.services import bank_pictures as service
from lms.services.bank_pictures import PictureRefused
from lms.web.access import allow, who
from lms.web.moment import now

page = Blueprint("bank_pictures", __name__, url_prefix="/pictures")


@page.post("")
@allow(Role.TRAINER)
def upload() -> Response | tuple[Response, int]:
    """The Markdown that shows the uploaded picture, or 422 with what is wrong with it."""
    file = request.files.get("picture")
    raw = file.read(service.LARGEST_FILE + 1) if file else b""
    try:
        digest = service.keep(who().person_id, now(), raw)
    except PictureRefused as refused:
        return jsonify(error=_problem(refused.problem)), 422
    name = _("图")
    return jsonify(sha256=digest, markdown=f"![{name}](picture:{digest})")


def _problem(problem: str) -> str:
    return {
        "empty": _("请选择一个图片文件。"),
        "large": _("图片超过 5 MB，请压缩后再上传。"),
        "pixels": _("图片尺寸过大，最多 2000 万像素。"),
        "kind": _("只接受 PNG、JPEG 或 WebP 图片。"),
        "broken": _("图片文件已损坏，无法读取。"),
    }[problem]


@page.get("/<digest>")
@allow(during_attempt=True)
def picture(digest: str) -> Response:
    found = service.picture(digest)
    if found is None:
        abort(404)
    reply = make_response(found[1])
    reply.mimetype = found[0]
    reply.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return reply
