"""What nobody should send: markup in questions, bodies too large, texts that no table keeps, forged cookies."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms import create_app
from lms.clock import SettableClock
from lms.config import DEVELOPMENT_KEY, BadSettings, settings
from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import limiter
from lms.services import attempts
from lms.web.prose import phrase, prose
from tests.browser_like import Proofreader, Visitor
from tests.conftest import MONDAY
from tests.exam_factories import an_exam, signed_in
from tests.factories import a_person
from tests.web.furnished_house import ROLES
from tests.web.test_doors_matrix import door, rules

ROOT = Path(__file__).resolve().parents[2]

# --- markup in questions ------------------------------------------------------------------------------------------

XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><circle/></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<style>*{background:url(//evil.example)}</style>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example/>",
    "<form action=//evil.example><input name=x></form>",
    "<object data=//evil.example></object><embed src=//evil.example>",
    "<math><mtext></mtext><mglyph><svg><mtext><style><img src=x onerror=alert(1)></style>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<!--><script>alert(1)</script>-->",
    "<p id=main class=page>x</p>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](//evil.example)",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "<https://evil.example>",
    "https://evil.example/plain",
    "![x](https://evil.example/x.png)",
    "![x](//evil.example/x.png)",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    "![x](javascript:alert(1))",
    "![x](picture:../../etc/passwd)",
    "![x](picture:" + "g" * 64 + ")",
    "![x](picture:" + "A" * 64 + ")",
    "![x](picture:" + "a" * 64 + "/../../logout)",
    '![" onerror="alert(1)](picture:' + "a" * 64 + ")",
    "![x](picture:" + "a" * 64 + ' "\\" onerror=alert(1) x=\\"")',
    "`<script>alert(1)</script>`",
    "```html onload=alert(1)\n<script>alert(1)</script>\n```",
    "| a | b |\n|:--|--:|\n| <img src=x onerror=alert(1)> | [x](javascript:alert(1)) |",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#106;avascript:alert(1)",
    "\x00<scr\x00ipt>alert(1)</script>",
    "\u2028<script>\u2029alert(1)</script>",
    "<<script>script>alert(1)<</script>/script>",
    "</p></section></main><script src=//evil.example></script>",
]
ATTRIBUTES = {"img": {"src", "alt", "title"}, "ol": {"start"}}
TAGS = {
    "p", "br", "strong", "em", "del", "code", "pre", "ul", "ol", "li", "blockquote", "hr",
    "table", "thead", "tbody", "tr", "th", "td", "img", "h3", "h4", "h5",
}  # fmt: skip


class _Elements(Proofreader):
    """Every element with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        super().handle_starttag(tag, attrs)


@pytest.mark.parametrize("render", [prose, phrase])
@pytest.mark.parametrize("text", XSS)
def test_markup_in_a_question_is_shown_or_dropped_but_never_lives(text: str, render: Any) -> None:
    reader = _Elements()
    reader.feed(str(render(text)))
    reader.close()
    assert not reader.faults
    for tag, attributes in reader.found:
        assert tag in TAGS, f"<{tag}> from {text!r}"
        assert set(attributes) <= ATTRIBUTES.get(tag, set()), f"<{tag} {attributes}> from {text!r}"
        if "src" in attributes:
            assert re.fullmatch(r"/pictures/[0-9a-f]{64}", attributes["src"] or ""), attributes


def test_what_authors_need_is_kept() -> None:
    digest = "0123456789abcdef" * 4
    html = prose(
        f"**重点** *x* `c`\n\n1. 一\n2. 二\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n![图](picture:{digest})\n\n> 引"
    )
    for part in ("<strong>重点</strong>", "<ol>", "<table>", "<td>2</td>", f'src="/pictures/{digest}"', "<blockquote>"):
        assert part in html, part
    assert phrase("选 **A**") == "选 <strong>A</strong>"


def test_deep_nesting_does_not_exhaust_the_renderer() -> None:
    for text in (
        ">" * 3000 + "x",
        "[" * 3000 + "x",
        "*" * 5000,
        "- " * 2000 + "x",
        "![" * 2000,
        "|" * 4000 + "\n" + "-|" * 2000,
    ):
        assert "<script" not in prose(text)


# --- bodies and texts ---------------------------------------------------------------------------------------------


def test_a_body_over_the_limit_is_refused_at_once(app: Flask, visitor: Visitor) -> None:
    visitor.sign_in(a_person(Role.ADMINISTRATOR))
    large = "x" * (app.config["MAX_CONTENT_LENGTH"] + 1)
    assert visitor.post("/people/new", data=large, content_type="application/x-www-form-urlencoded").status_code == 413
    form = {"name": "x" * (app.config["MAX_FORM_MEMORY_SIZE"] + 1)}
    assert visitor.post("/people/new", form, content_type="multipart/form-data").status_code == 413


def test_more_fields_than_any_form_has_are_refused(visitor: Visitor) -> None:
    visitor.sign_in(a_person(Role.ADMINISTRATOR))
    fields = {f"f{n}": "x" for n in range(3000)}
    assert visitor.post("/people/new", fields, content_type="multipart/form-data").status_code == 413


SEARCHES = [
    "x" * 10_000,
    "\x00",
    "%",
    "_",
    "%%%",
    "\\",
    "'",
    '"; DROP TABLE people; --',
    "😀",
    "(" * 500,
    "a" * 500 + "*",
]


@pytest.mark.parametrize("typed", SEARCHES, ids=lambda typed: ascii(typed)[:20])
def test_no_search_breaks_a_page(app: Flask, typed: str) -> None:
    """Every page with a search box or a filter, and the names that its links put behind a question mark."""
    visitor = Visitor(app).sign_in(a_person(*ROLES))
    for rule in rules(app, "GET"):
        if rule.arguments or door(app, rule).public:
            continue
        names = ("q", "page", "state", "kind", "topic", "sort", "cohort", "person", "blueprint", "flagged", "action")
        query = dict.fromkeys(names, typed)
        reply = visitor.get(rule.rule, query_string=query)
        assert reply.status_code < 500, rule.rule


@pytest.mark.parametrize("page", ["-1", "0", "99999999999999999999", "1.5", "x", "٣"])
def test_no_page_number_breaks_a_list(app: Flask, page: str) -> None:
    visitor = Visitor(app).sign_in(a_person(*ROLES))
    for rule in rules(app, "GET"):
        if not rule.arguments and not door(app, rule).public:
            assert visitor.get(rule.rule, query_string={"page": page}).status_code < 500, rule.rule


def test_a_percent_sign_in_a_search_is_a_percent_sign(visitor: Visitor) -> None:
    visitor.sign_in(a_person(Role.ADMINISTRATOR, name="Administrator"))
    a_person(name="Zhang"), a_person(name="Wang_Li")
    found = {
        typed: visitor.get("/people", query_string={"q": typed}).text for typed in ("Zhang", "%", "_", "Z%g", "Z_a")
    }
    assert "Zhang" in found["Zhang"]
    for typed in ("%", "Z%g", "Z_a"):
        assert "Zhang</a>" not in found[typed], typed
    assert "Wang_Li" in found["_"]
    assert "Zhang</a>" not in found["_"]


@pytest.mark.parametrize("name", ["a\x00b", "a\u202eb", "长" * 81, " ", "\x1b[31m"], ids=ascii)
def test_a_name_that_nobody_can_read_is_told_at_its_field(visitor: Visitor, name: str) -> None:
    visitor.sign_in(a_person(Role.ADMINISTRATOR))
    reply = visitor.post("/people/new", {"number": "n500", "name": name, "roles": "new_hire"})
    assert reply.status_code == 422


ODD = [
    "a\x00b",
    "\ud800",
    "\udfff\ud800",
    "\ufffe\uffff",
    "\u202e",
    "😀",
    "<script>alert(1)</script>",
    "=1+1",
    "长" * 5000,
]


@pytest.mark.parametrize("typed", ODD, ids=lambda typed: ascii(typed)[:20])
def test_an_answer_is_kept_whatever_is_typed(app: Flask, typed: str, clock: SettableClock) -> None:
    exam = an_exam()
    person = exam.a_candidate()
    visitor = Visitor(app).sign_in(person)
    visitor.post(f"/exams/{exam.sitting.id}/start", {"language": "zh"})
    attempt_id = attempts.start(signed_in(person), exam.sitting.id, Language.ZH, MONDAY)
    epoch = visitor.post(f"/attempts/{attempt_id}/hold", json={}).json["epoch"]
    op = {"op": "op-odd-text", "seq": 1, "q": 9, "a": typed, "f": False}
    assert visitor.post(f"/attempts/{attempt_id}/answers", json={"epoch": epoch, "ops": [op]}).status_code == 200
    page = visitor.get(f"/attempts/{attempt_id}")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert visitor.post(f"/attempts/{attempt_id}/hand-in").status_code == 302


@pytest.mark.parametrize("op", ["\ud800" * 8, "a\x00bcdefgh", "长" * 40], ids=ascii)
def test_an_op_id_that_no_table_keeps_is_refused(app: Flask, op: str) -> None:
    exam = an_exam()
    visitor = Visitor(app).sign_in(exam.a_candidate())
    start = visitor.post(f"/exams/{exam.sitting.id}/start", {"language": "zh"})
    path = start.headers["Location"]
    epoch = visitor.post(f"{path}/hold", json={}).json["epoch"]
    change = {"op": op, "seq": 1, "q": 1, "a": "A", "f": False}
    reply = visitor.post(f"{path}/answers", json={"epoch": epoch, "ops": [change]})
    assert reply.status_code == 422


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b"[" * 100_000, b'"x"', b"1e999", b"\xff\xfe", b"NaN"])
def test_a_broken_save_is_refused_and_nothing_is_kept(app: Flask, body: bytes) -> None:
    exam = an_exam()
    visitor = Visitor(app).sign_in(exam.a_candidate())
    path = visitor.post(f"/exams/{exam.sitting.id}/start", {"language": "zh"}).headers["Location"]
    for what in ("answers", "pulse"):
        reply = visitor.post(f"{path}/{what}", data=body, content_type="application/json")  # type: ignore[arg-type]
        assert reply.status_code in (400, 422), what


def test_a_body_nested_without_end_is_refused_by_every_script_door(app: Flask) -> None:
    visitor = Visitor(app).sign_in(a_person(*ROLES))
    asked = [rule for rule in rules(app, "POST") if door(app, rule).json]
    assert len(asked) > 10
    for rule in asked:
        built = rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)
        assert built is not None, rule.rule
        limiter.reset()
        reply = visitor.post(built[1], data=b"[" * 100_000, content_type="application/json")
        assert 400 <= reply.status_code < 500, rule.rule


# --- headers and cookies ------------------------------------------------------------------------------------------


def test_every_dynamic_page_forbids_copies_frames_and_strange_scripts(app: Flask) -> None:
    visitor = Visitor(app)
    replies = [visitor.get("/login"), visitor.get("/"), visitor.get("/nowhere"), visitor.post("/people/new")]
    visitor.sign_in(a_person(*ROLES))
    replies += [visitor.get(rule.rule) for rule in rules(app, "GET") if not rule.arguments]
    for reply in replies:
        assert reply.headers["Cache-Control"] == "no-store", reply.request.path
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        policy = reply.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_the_static_files_name_no_other_host() -> None:
    for path in [
        *(ROOT / "static").rglob("*.js"),
        *(ROOT / "static").rglob("*.css"),
        *(ROOT / "templates").rglob("*.html"),
    ]:
        named = re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", path.read_text())
        assert not [name for name in named if "www.w3.org" not in name], path


def test_cookies_are_kept_from_scripts_and_other_sites(app: Flask) -> None:
    person = a_person()
    visitor = Visitor(app)
    cookies = visitor.get("/login").headers.getlist("Set-Cookie")
    cookies += visitor.post("/login", {"number": person.number, "password": "invented-Pass-42"}).headers.getlist(
        "Set-Cookie"
    )
    cookies += visitor.post("/language", {"language": "en"}).headers.getlist("Set-Cookie")
    assert len(cookies) >= 3
    for cookie in cookies:
        assert "HttpOnly" in cookie, cookie
        assert "SameSite=Lax" in cookie, cookie


def test_a_forged_session_cookie_is_nobody(app: Flask) -> None:
    for value in ("x", "e30.x.y", "." * 3000, "eyJfdXNlcl9pZCI6IjEifQ.aaaa.bbbb", "\u2603"):
        visitor = Visitor(app)
        visitor.client.set_cookie("session", value)
        assert visitor.get("/").status_code == 302


NEXT = [
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/%0d%0aSet-Cookie: x=1\r\nX: y",
    "\\\\evil.example",
    "///evil.example",
]


@pytest.mark.parametrize("target", NEXT, ids=ascii)
def test_the_choice_of_language_leads_to_no_other_site(visitor: Visitor, target: str) -> None:
    reply = visitor.post("/language", {"language": "en", "next": target})
    assert reply.status_code == 302
    assert not re.match(r"^(?:[a-z]+:|[/\\]{2})", reply.headers["Location"]), reply.headers["Location"]
    assert "evil" not in reply.headers["Location"].split("/", 2)[-1].split("/")[0] or reply.headers["Location"] == "/"
    assert "X" not in reply.headers


# --- settings -----------------------------------------------------------------------------------------------------

GOOD = {"SECRET_KEY": "k" * 32}


@pytest.mark.parametrize("environ", [{}, {"SECRET_KEY": ""}, {"SECRET_KEY": "short"}, {"SECRET_KEY": DEVELOPMENT_KEY},
                                     {"SHANGGANG_ENV": "prod", **GOOD}, {"SHANGGANG_ENV": "Development"}])  # fmt: skip
def test_production_refuses_to_start_unsafely(environ: dict[str, str]) -> None:
    with pytest.raises(BadSettings):
        settings(environ)


def test_production_is_the_default_and_its_cookies_want_encryption() -> None:
    given = settings(GOOD)
    assert (given["STAGE"], given["SESSION_COOKIE_SECURE"], given["SESSION_COOKIE_HTTPONLY"]) == (
        "production",
        True,
        True,
    )
    assert settings({"SHANGGANG_ENV": "development"})["SESSION_COOKIE_SECURE"] is False
    assert settings({**GOOD, "INSECURE_COOKIES": "1"})["SESSION_COOKIE_SECURE"] is False
    assert given["BOOTSTRAP_SERVE_LOCAL"] is True


def test_the_program_itself_refuses_to_start_without_a_key(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "INSTANCE_PATH": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", "import wsgi"], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert ran.returncode != 0
    assert "SECRET_KEY is missing" in ran.stderr
    assert not list(tmp_path.iterdir()), "nothing was made"


def test_a_proxys_word_is_taken_only_where_one_was_declared(tmp_path: Path) -> None:
    """Else anybody could choose the address by which sign-ins are limited."""
    for hops, trusted in ((0, False), (1, True)):
        database = f"sqlite:///{tmp_path / 'proxied.db'}"
        app = create_app({"INSTANCE_PATH": str(tmp_path), "SQLALCHEMY_DATABASE_URI": database, "BEHIND_PROXY": hops})
        seen: dict[str, Any] = {}
        app.before_request_funcs.setdefault(None, []).insert(0, lambda seen=seen: seen.update(secure=_secure()))
        app.test_client().get("/login", headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "6.6.6.6"})
        assert seen["secure"] is trusted


def _secure() -> bool:
    from flask import request

    return request.is_secure


def test_only_stamped_files_are_kept_by_the_browser(visitor: Visitor) -> None:
    page = visitor.get("/login").text
    stamped = re.search(r'/static/css/tokens\.css\?v=\d+', page)
    assert stamped
    assert "immutable" in visitor.get(stamped.group()).headers["Cache-Control"]
    plain = visitor.get("/static/js/exam/queue.js")
    assert plain.headers["Cache-Control"] == "no-cache"
    assert plain.headers["ETag"]
