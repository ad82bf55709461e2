"""People from and to files, for the administrator: template, export, preview, import."""

import json
from io import BytesIO
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from itsdangerous import BadData, URLSafeTimedSerializer
from pydantic import TypeAdapter, ValidationError
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectMultipleField

from lms.domain.people import Role
from lms.domain.people_plan import Plan
from lms.domain.people_rows import COLUMNS, Given, GivenRow, Problem, TableRefused
from lms.services import people_import as service
from lms.services.people_files import LARGEST_FILE, FileRefused, csv_of, read_file, write_xlsx
from lms.services.people_import import PlanChanged
from lms.web.access import allow, who
from lms.web.moment import local, now
from lms.web.people_import_words import COLUMN, FILE, PROBLEM, heading_row, notes, shown

page = Blueprint("transfer", __name__, url_prefix="/transfer")

LONGEST_PREVIEW = 3600  # seconds between looking and importing
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS = TypeAdapter(list[GivenRow])


class UploadForm(FlaskForm):  # type: ignore[misc]
    file = FileField(
        __("人员文件"), description=__("CSV（UTF-8 或 GB18030）或 XLSX，最大 2 MB、5,000 人。"),
        render_kw={"accept": ".csv,.xlsx,text/csv," + XLSX},
    )  # fmt: skip


class CommitForm(FlaskForm):  # type: ignore[misc]
    """``preview`` holds the file's rows and the digest of what they would do, signed: nobody can slip in others."""

    preview = HiddenField()
    leavers = SelectMultipleField(validate_choice=False)


class PasswordsForm(FlaskForm):  # type: ignore[misc]
    passwords = HiddenField()


def _signed(kind: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"people-{kind}-{who().sign_in_id}")


@page.get("")
@allow(Role.ADMINISTRATOR)
def transfer_page() -> str:
    return render_template("people/transfer.html", form=UploadForm())


@page.get("/<any(export, template):what>.<any(csv, xlsx):ending>")
@allow(Role.ADMINISTRATOR)
def download(what: str, ending: str) -> Response:
    table = [heading_row()]
    if what == "export":
        for number, person in service.read_site().people.items():
            table.append([number, *(shown(field, person) for field in COLUMNS[1:])])
    content = csv_of(table) if ending == "csv" else write_xlsx(table, _("人员"), notes(), _("说明"))
    day = local(now()).strftime("%Y%m%d")
    name = _("人员_%(day)s", day=day) if what == "export" else _("人员导入模板")
    return _attachment(content, f"{name}.{ending}", "text/csv" if ending == "csv" else XLSX)


def _attachment(content: bytes, name: str, kind: str) -> Response:
    return send_file(BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)


@page.post("/preview")
@allow(Role.ADMINISTRATOR)
def preview() -> str | tuple[str, int]:
    """Reads the file, saves nothing, and shows what it would do."""
    form = UploadForm()
    upload = request.files.get("file")
    content = upload.stream.read(LARGEST_FILE + 1) if upload else b""
    try:
        if not form.validate_on_submit() or not content:
            raise FileRefused("missing")
        given = read_file(content)
    except FileRefused as refused:
        form.file.errors = [FILE[refused.code]]
    except TableRefused as refused:
        form.file.errors = [f"{FILE[refused.code]} {refused.value[:60]}".strip()]
    else:
        return _preview_page(given)
    return render_template("people/transfer.html", form=form), 422


def _preview_page(given: Given, moved: bool = False) -> str:
    plan, site = service.preview(given.rows, given.numbers, who().number)
    problems = sorted((*given.problems, *plan.problems), key=lambda problem: problem.line)
    body = {"rows": ROWS.dump_python(list(given.rows), mode="json"), "numbers": sorted(given.numbers)}
    form = CommitForm(formdata=None, preview=_signed("preview").dumps({**body, "digest": plan.digest}))
    return render_template(
        "people/preview.html", form=form, plan=plan, site=site, problems=[_worded(p) for p in problems],
        refused=len({problem.line for problem in problems}), ignored=given.ignored, moved=moved,
        COLUMN=COLUMN, COLUMNS=COLUMNS, shown=shown, nothing=_nothing(plan),
    )  # fmt: skip


def _nothing(plan: Plan) -> bool:
    return not plan.new and not plan.changed


def _worded(problem: Problem) -> dict[str, Any]:
    what, mend = PROBLEM[problem.code]
    value = problem.value[:60]
    return {"line": problem.line, "column": COLUMN[problem.column], "value": value, "what": what, "mend": mend}


@page.post("/commit")
@allow(Role.ADMINISTRATOR)
def commit() -> Response | str | tuple[str, int]:
    """Success renders the new people's passwords: they are on this page and nowhere else."""
    form = CommitForm()
    try:
        body = _signed("preview").loads(form.preview.data or "", max_age=LONGEST_PREVIEW)
        rows = ROWS.validate_python(body["rows"])
    except (BadData, ValidationError, KeyError):
        upload = UploadForm(formdata=None)
        upload.file.errors = [FILE["stale"]]
        return render_template("people/transfer.html", form=upload), 422
    try:
        done = service.commit(
            who().person_id, who().number, now(), rows, body["numbers"],
            digest=body["digest"], leavers=form.leavers.data or [],
        )  # fmt: skip
    except PlanChanged:
        return _preview_page(Given(tuple(rows), (), frozenset(body["numbers"]), ()), moved=True), 409
    if not done.passwords:
        flash(_("已导入：更改 %(changed)s 人，停用 %(left)s 人。", changed=done.changed, left=done.left), "success")
        return redirect(url_for("people.people_page"))
    listed = json.dumps([[new.number, new.name, new.password] for new in done.passwords])
    passwords = PasswordsForm(formdata=None, passwords=_signed("passwords").dumps(listed))
    return render_template("people/imported.html", done=done, form=passwords)


@page.post("/passwords.csv")
@allow(Role.ADMINISTRATOR)
def download_passwords() -> Response:
    """The list that the page before showed, as a file; it comes back signed, for the server keeps no password."""
    try:
        listed = json.loads(_signed("passwords").loads(PasswordsForm().passwords.data or "", max_age=LONGEST_PREVIEW))
    except BadData:
        abort(400)
    table = [[str(COLUMN["number"]), str(COLUMN["name"]), _("一次性密码")], *listed]
    return _attachment(csv_of(table), f"{_('一次性密码')}.csv", "text/csv")
