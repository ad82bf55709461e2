"""One-time passwords are on one page, once: the browser asks before that page is lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from lms.domain.people import Role
from tests.browser.pages import SignInPage
from tests.browser.watching import Watch
from tests.factories import a_person
from tests.live_site import Candidate, Site


@pytest.fixture
def page(site: Site, contexts: Callable[..., BrowserContext]) -> Page:
    with site.rows():
        person = a_person(Role.ADMINISTRATOR, name="管人的管理员")
        administrator = Candidate(person.id, person.number)
    context = contexts(site.server.url)
    page = context.new_page()
    page.goto("/login")
    SignInPage(page, Watch(context, site.server.url)).sign_in(administrator)
    return page


class Asked:
    """How often the browser asked whether to leave; the answer is to stay."""

    def __init__(self, page: Page) -> None:
        self.times = 0
        page.on("dialog", self._stay)

    def _stay(self, dialog: Dialog) -> None:
        assert dialog.type == "beforeunload"
        self.times += 1
        dialog.dismiss()


def imported(page: Page, number: str) -> None:
    page.goto("/people/transfer")
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": f"工号,姓名\n{number},导入的人\n".encode()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.locator("form[enctype] button").click()
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("h1")).to_have_text("导入完成")


def test_imported_passwords_are_kept_until_downloaded(page: Page) -> None:
    imported(page, "once-1")
    asked = Asked(page)
    page.get_by_role("link", name="完成").click(no_wait_after=True)
    page.wait_for_timeout(300)
    expect(page.locator("h1")).to_have_text("导入完成")
    assert asked.times == 1
    with page.expect_download() as waited:
        page.get_by_role("button", name="下载密码表（CSV）").click()
    assert "once-1" in waited.value.path().read_text("utf-8-sig")
    page.get_by_role("link", name="完成").click()
    expect(page.locator("h1")).to_have_text("人员")
    assert asked.times == 1


def test_imported_passwords_are_kept_until_printed(page: Page) -> None:
    imported(page, "once-2")
    asked = Asked(page)
    page.evaluate("dispatchEvent(new Event('afterprint'))")  # a headless browser has no printer
    page.get_by_role("link", name="完成").click()
    expect(page.locator("h1")).to_have_text("人员")
    assert asked.times == 0


def test_a_single_password_is_kept_until_it_is_said_to_be_handed_over(page: Page) -> None:
    page.goto("/people/new")
    page.get_by_label("姓名").fill("新来的人")
    page.get_by_label("工号").fill("once-3")
    page.locator("main form button").click()
    expect(page.locator(".secret")).to_be_visible()
    asked = Asked(page)
    page.get_by_role("link", name="再建一人").click(no_wait_after=True)
    page.wait_for_timeout(300)
    expect(page.locator(".secret")).to_be_visible()
    assert asked.times == 1
    page.get_by_role("link", name="已转交，查看此人").click()
    expect(page.locator("h1")).to_contain_text("新来的人")
    assert asked.times == 1
