"""A certification drill from its start page to its film, by keyboard: done, released by a trainer, then looked at."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lms.content.bank import BankFiles
from lms.domain.drills.plans import DrillKind, DrillPlan, LookupRules
from lms.domain.people import Role
from lms.domain.values import Texts
from lms.services import crm_worlds
from lms.services.bank_files import load
from tests.browser.accessible import violations
from tests.browser.console import SLOW, Console
from tests.browser.pages import SignInPage
from tests.browser.test_sitting import press_on
from tests.browser.watching import Watch
from tests.exam_room import a_cohort, a_sitting
from tests.factories import a_person
from tests.live_site import Candidate, Site, now

# Two tasks, with the time that a laden machine needs for them.
PLAN = DrillPlan(
    code="browser-lookup", kind=DrillKind.LOOKUP, title=Texts(zh="查询认证"), certification=True, minutes=20, tasks=2,
    lookup=LookupRules(within=300, ends=600, pass_tasks=1),
)  # fmt: skip


@pytest.fixture
def planned(site: Site) -> tuple[int, Candidate, Candidate]:
    """(the sitting, its candidate, the cohort's trainer)"""
    with site.rows():
        crm_worlds.ensure_world(now())
        load(BankFiles({}, {}, {}, ()), None, now(), drill_plans=[PLAN])
        person, trainer = a_person(name="应考人"), a_person(Role.TRAINER, name="带班培训师")
        cohort = a_cohort(person, trainers=(trainer,), code="DRILL")
        sitting = a_sitting(cohort, blueprint=PLAN.code, now=now(), title="查询认证", minutes=20)
        return sitting.id, Candidate(person.id, person.number), Candidate(trainer.id, trainer.number)


def signed_in(context: BrowserContext, site: Site, who: Candidate, place: str) -> tuple[Page, Watch]:
    page, watch = context.new_page(), Watch(context, site.server.url)
    page.goto("/login")
    SignInPage(page, watch).sign_in(who)
    page.goto(place)
    return page, watch


def at_the_next_task(page: Page, watch: Watch, site: Site) -> Console:
    expect(page.locator("#begin")).to_be_focused()
    run_id = int(page.url.rsplit("/", 1)[1])
    return Console(page, watch, site, run_id)


def test_a_certification_by_keyboard_until_its_film(
    site: Site, planned: tuple[int, Candidate, Candidate], contexts: Callable[..., BrowserContext]
) -> None:
    sitting_id, candidate, trainer = planned
    page, watch = signed_in(contexts(site.server.url), site, candidate, "/exams")
    press_on(page, page.locator(".sitting-action a"))
    expect(page.locator("main")).to_contain_text("300 秒内提交")
    press_on(page, page.locator("form[action$='/start'] button"))

    first = at_the_next_task(page, watch, site)
    assert not violations(page)
    first.begin()
    first.open_customer()
    for asked in first.task.fields:
        first.panel(asked.panel)
    first.use_article()
    first.answer_all()
    first.submit()
    expect(page.locator("#ready-title")).to_contain_text("第 2 题", timeout=SLOW)
    expect(page.get_by_text("第 1 题已提交。")).to_be_visible()

    second = at_the_next_task(page, watch, site)
    second.begin()
    second.open_customer()
    left_out, *others = second.task.fields
    for asked in others:
        second.answer(asked, asked.expected)
    second.use_article()
    second.submit()
    expect(page.locator("#answer-note")).to_contain_text(left_out.label.zh or "")
    second.submit()
    expect(page).to_have_url(re.compile(r"/attempts/\d+/done$"), timeout=SLOW)
    expect(page.locator("h1")).to_have_text("演练已结束")
    expect(page.locator("main")).to_contain_text("2 / 2")
    assert not violations(page)
    watch.check()

    desk, _staff = signed_in(contexts(site.server.url), site, trainer, f"/sittings/{sitting_id}/results")
    press_on(desk, desk.locator("[data-open-dialog=release-all]"))
    press_on(desk, desk.locator("#release-all button[name=all]"))
    expect(desk.locator("[data-open-dialog=release-all]")).to_have_count(0)

    attempt_id = site.attempt_of(candidate.person_id).id
    page.goto(f"/results/{attempt_id}")
    expect(page.locator("#outcome-title")).to_contain_text("通过")
    expect(page.locator(".big-score")).to_contain_text("50")
    one_by_one = page.locator(".own-answer")
    expect(one_by_one.nth(0)).to_contain_text("没有信息调取错误")
    expect(one_by_one.nth(1).locator(".ledger tbody tr")).to_have_count(1)
    expect(one_by_one.nth(1)).to_contain_text(f"漏填 · {left_out.label.zh}")
    press_on(page, one_by_one.nth(1).locator("a[href$='/replay']"), "Enter")
    expect(page.locator("body[data-ready=true]")).to_have_count(1)
    expect(page.locator(".film-cue")).to_contain_text(second.task.cue)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#steps a[aria-current=step]")).to_have_attribute("data-frame", "1")
    assert not violations(page)
    watch.check()
