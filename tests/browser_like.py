"""A test client that behaves like a browser (real CSRF tokens, cookies) and proofreads every page that it gets."""

import contextvars
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from lms.extensions import db
from lms.models.people import Person

PASSWORD = "invented-Pass-42"  # every invented person's password in tests


class Proofreader(HTMLParser):
    """What must hold on every page: one h1, a title, a language, no id twice, nothing from another host."""

    VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.headings = 0
        self.language: str | None = None
        self.foreign: list[str] = []
        self.inline: list[str] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.in_svg = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "html":
            self.language = values.get("lang")
        if tag == "h1":
            self.headings += 1
        if values.get("id"):
            self.ids.append(values["id"] or "")
        for name in ("src", "href", "action", "formaction"):
            if re.match(r"^(https?:)?//", values.get(name) or ""):
                self.foreign.append(f"<{tag} {name}={values[name]}>")
        for name in values:
            if name.startswith("on") or name == "style":
                self.inline.append(f"<{tag} {name}>")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:] or 'nothing'}")
            while self.open and self.open[-1] != tag:
                self.open.pop()
        if self.open:
            self.open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()


def proofread(html: str, where: str) -> None:
    reader = Proofreader()
    reader.feed(html)
    assert reader.language in ("zh-Hans", "en"), f"{where}: <html lang> is {reader.language!r}"
    assert reader.headings == 1, f"{where}: {reader.headings} h1 headings"
    doubles = {name for name in reader.ids if reader.ids.count(name) > 1}
    assert not doubles, f"{where}: ids used twice: {doubles}"
    assert not reader.foreign, f"{where}: names another host: {reader.foreign}"
    assert not reader.inline, f"{where}: inline style or handler, which the policy blocks: {reader.inline}"
    assert not reader.faults, f"{where}: broken nesting: {reader.faults[:3]}"
    assert re.search(r"<title>\s*\S", html), f"{where}: no title"


class Visitor:
    """One browser: its cookies, and the CSRF token of the page it looked at last."""

    def __init__(self, app: Flask, language: str = "zh-CN") -> None:
        self.client = app.test_client()
        self.language = language
        self.token = ""

    def get(self, path: str, **options: Any) -> TestResponse:
        headers = self._headers(options)
        return self._read(self._apart(lambda: self.client.get(path, headers=headers, **options)), path)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """A form post, or with ``json=`` a script's; the CSRF token goes along as a browser would send it."""
        if not self.token:
            self.get("/login")
        headers = {"X-CSRFToken": self.token, **self._headers(options)}
        return self._read(self._apart(lambda: self.client.post(path, data=data, headers=headers, **options)), path)

    @staticmethod
    def _apart(request: Callable[[], TestResponse]) -> TestResponse:
        """Outside of the test's own application context, as a server's thread would be: own `g`, own session.

        The test's session then forgets what it read, so that the next look is at the database.
        """
        reply = contextvars.Context().run(request)
        db.session.rollback()
        return reply

    def sign_in(self, person: Person, password: str = PASSWORD) -> "Visitor":
        reply = self.post("/login", {"number": person.number, "password": password})
        assert reply.status_code == 302, reply.text
        self.get("/account", follow_redirects=True)
        return self

    def _headers(self, options: dict[str, Any]) -> dict[str, str]:
        return {"Accept-Language": self.language, **options.pop("headers", {})}

    def _read(self, reply: TestResponse, path: str) -> TestResponse:
        if reply.mimetype == "text/event-stream":
            reply.close()  # it would go on for minutes, and holds a place
        if reply.mimetype == "text/html" and reply.status_code not in (301, 302, 303):
            html = reply.get_data(as_text=True)
            proofread(html, f"{path} ({reply.status_code})")
            found = re.search(r'name="csrf-token" content="([^"]+)"', html)
            self.token = found.group(1) if found else self.token
        return reply
