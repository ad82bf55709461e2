"""Every page that the map of addresses names, as each role, in both languages: axe, dark colours, 390 px.

A new page is looked at without a line being added here; a new name in an address is taught to the furnished house.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import Error as BrowserError
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.serving import make_server

from lms import create_app
from lms.clock import SettableClock
from lms.domain.people import Role
from lms.domain.questions import Kind
from lms.extensions import Base, db, limiter
from lms.services import demonstration, passwords
from lms.services.bank_files import load
from lms.web.streams import STREAM
from tests.browser.accessible import in_the_dark, sideways, violations
from tests.browser.pages import SignInPage
from tests.browser.watching import Watch
from tests.conftest import MONDAY
from tests.exam_room import shipped_bank
from tests.live_site import Candidate
from tests.web.furnished_house import House, a_house
from tests.web.test_doors_matrix import address, door, rules

LANGUAGES = {"zh-CN": "zh-Hans", "en-US": "en"}
# A page's parts that an address asks for, beside the first.
QUERIES = {"sittings.gaps_of_blueprint": "?blueprint=1"}
VARIANTS = {"bank.new": [{"kind": str(kind)} for kind in Kind]}


class Served:
    """The furnished house on a port, at its own time: three hours into MONDAY."""

    def __init__(self, house: House, ids: dict[Role | None, dict[str, Any]], url: str) -> None:
        self.house = house
        self.ids = ids
        self.url = url

    def pages(self, role: Role | None) -> list[str]:
        """The paths that are open to the role (None: to the public); everybody's pages as a new hire sees them."""
        app = self.house.app
        return [
            address(app, rule, {**self.ids[role], **more}) + QUERIES.get(rule.endpoint, "")
            for rule in rules(app, "GET")
            if self._opens(rule, role) and not rule.rule.endswith(STREAM)
            for more in VARIANTS.get(rule.endpoint, [{}])
        ]

    def _opens(self, rule: Rule, role: Role | None) -> bool:
        opening = door(self.house.app, rule)
        if role is None or opening.public:
            return opening.public and role is None
        if rule.endpoint == "home.home_page":
            return True
        return role in opening.roles or (not opening.roles and role is Role.NEW_HIRE)

    def written(self) -> str:
        with self.house.app.app_context():
            tables = Base.metadata.sorted_tables
            return str([tuple(row) for table in tables for row in db.session.execute(select(table))])

    def person(self, role: Role) -> Candidate:
        with self.house.app.app_context():
            found = db.session.merge(self.house.mine.people[role])
            return Candidate(found.id, found.number)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    passwords.use_cost(memory_kib=8, rounds=1)
    folder = tmp_path_factory.mktemp("house")
    clock = SettableClock(MONDAY)
    app: Flask = create_app(
        {"TESTING": True, "INSTANCE_PATH": str(folder), "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'house.db'}"},
        clock=clock,
    )
    with app.app_context():
        db.create_all()
        house = a_house(app)
        ids = {role: house.ids(house.mine, role) for role in (None, *Role)}
        load(shipped_bank(), None, MONDAY)
        demonstration.prepare(MONDAY)
    clock.moment = MONDAY + timedelta(hours=3)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Served(house, ids, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    with app.app_context():
        db.engine.dispose()


class Round:
    """One person's walk through pages in one language."""

    def __init__(self, page: Page, watch: Watch, lang: str, written: str) -> None:
        """``written``: all that people wrote, names and titles: on an English page it may well be Chinese."""
        self.page = page
        self.written = written
        self.watch = watch
        self.lang = lang
        self.faults: list[str] = []
        self.seen = 0

    def look(self, path: str) -> None:
        try:
            reply = self.page.goto(path)
        except BrowserError as error:
            assert "Download is starting" in str(error), error
            return
        assert reply is not None
        if not reply.ok:
            self.faults.append(f"{path}: status {reply.status}")
        elif reply.headers["content-type"].startswith("text/html"):
            self.seen += 1
            self.faults += [f"{path}: {fault}" for fault in self._faults()]
        self.watch.complaints.clear()

    def _faults(self) -> list[str]:
        found = [*self.watch.unexpected(), *violations(self.page), *sideways(self.page)]
        if self.lang == "zh-Hans":
            found += in_the_dark(self.page)  # the colours are the same in either language
        else:
            found += [f"not in English: {text}" for text in self.page.evaluate(_CHINESE) if text not in self.written]
        lang = self.page.locator("html").get_attribute("lang")
        return found if lang == self.lang else [*found, f"<html lang> is {lang}"]


# Every run of Chinese characters that a page shows.
_CHINESE = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = new Set();
  while (walker.nextNode()) {
    if (["SCRIPT", "STYLE"].includes(walker.currentNode.parentElement.tagName)) continue;
    if (walker.currentNode.parentElement.closest("[lang]").lang.startsWith("zh")) continue;
    for (const run of walker.currentNode.textContent.matchAll(/[\\u4e00-\\u9fff]+/g)) found.add(run[0]);
  }
  return [...found];
}"""


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("role", [None, *Role])
def test_every_page(served: Served, contexts: Callable[..., BrowserContext], role: Role | None, locale: str) -> None:
    limiter.reset()
    context = contexts(served.url, locale=locale, reduced_motion="reduce")
    watch, page = Watch(context, served.url), context.new_page()
    watch.expect("favicon.ico")  # a picture or a list of figures opened by itself names no icon
    if role:
        page.goto("/login")
        SignInPage(page, watch).sign_in(served.person(role))
    walk = Round(page, watch, LANGUAGES[locale], served.written())
    for path in served.pages(role):
        walk.look(path)
    assert walk.seen >= 1
    assert not walk.faults, "\n".join(sorted(set(walk.faults)))
    print(f"{role or 'public'}: {walk.seen} pages")
