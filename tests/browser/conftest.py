"""A real Chromium, the program served by gunicorn, and candidates who sit an exam in it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.browser.candidate import Seat, take_seat
from tests.live_site import Candidate, Site

ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium_program() -> str:
    """The system's Chromium; where none is installed, Playwright looks for its own."""
    return shutil.which("chromium") or shutil.which("google-chrome") or ""


@pytest.fixture(scope="session")
def chrome(playwright: Playwright, chromium_program: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_program or None, args=ARGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site that journeys share; whoever kills a server brings an own one."""
    site = Site(tmp_path_factory.mktemp("site"))
    site.server.start()
    yield site
    site.close()


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "site")
    site.server.start()
    yield site
    site.close()


@pytest.fixture
def contexts(chrome: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Browser windows that share nothing with each other, like separate devices."""
    made: list[BrowserContext] = []

    def make(base: str, **options: Any) -> BrowserContext:
        settings = {"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN", **options}
        context = chrome.new_context(base_url=base, **settings)
        context.set_default_timeout(10_000)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def seat(contexts: Callable[..., BrowserContext], site: Site) -> Callable[..., Seat]:
    """``seat(candidate)``: somebody at a device of their own, signed in to the shared site."""

    def sit(candidate: Candidate, on: Site = site, **options: Any) -> Seat:
        return take_seat(contexts(on.server.url, **options), on, candidate)

    return sit
