"""The film of a run in a real browser: played, stepped through by keyboard, and read without a script."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from lms.domain.drills.plans import DrillKind
from lms.domain.values import Language
from lms.extensions import db
from lms.models.drills import Run
from lms.services import crm_worlds, drill_practice, run_scores, runs
from lms.services.drill_practice import Wish
from tests.browser.accessible import in_the_dark, sideways, violations
from tests.browser.pages import SignInPage
from tests.browser.watching import Watch
from tests.drill_room import play
from tests.exam_factories import signed_in
from tests.factories import a_person
from tests.live_site import Candidate, Site, now


class Played:
    """A workflow that somebody has done in 80 seconds, its first field wrong."""

    def __init__(self, site: Site) -> None:
        with site.rows():
            crm_worlds.ensure_world(now())
            person = a_person(name="练习者")
            self.seat = Candidate(person.id, person.number)
            set_id = drill_practice.begin(person.id, Wish(DrillKind.WORKFLOW, Language.ZH), seed=3, now=now())
            db.session.rollback()
            self.run_id = runs.next_run(set_id) or 0
            run = db.session.execute(select(Run).where(Run.id == self.run_id)).scalar_one()
            self.cue = run_scores.task_of(run).cue
            play(signed_in(person), run, now(), seconds=80, wrong=1)

    def open(self, context: BrowserContext, site: Site) -> tuple[Page, Watch]:
        page, watch = context.new_page(), Watch(context, site.server.url)
        page.goto("/login")
        SignInPage(page, watch).sign_in(self.seat)
        page.goto(f"/drills/runs/{self.run_id}/replay")
        return page, watch


@pytest.fixture(scope="module")
def played(site: Site) -> Iterator[Played]:
    yield Played(site)


def test_the_film_is_stepped_through_by_keyboard(
    played: Played, site: Site, contexts: Callable[..., BrowserContext]
) -> None:
    page, watch = played.open(contexts(site.server.url), site)
    expect(page.locator("body[data-ready=true]")).to_have_count(1)
    now_at = page.locator("#steps a[aria-current=step]")
    expect(now_at).to_have_attribute("data-frame", "0")
    expect(page.locator("#no-record")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(now_at).to_have_attribute("data-frame", "1")
    expect(page.locator("[data-view^=card-]:visible")).to_have_count(1)
    page.locator("#scrub").focus()
    page.keyboard.press("ArrowRight")
    expect(now_at).to_have_attribute("data-frame", "2")
    page.keyboard.press("ArrowLeft")
    expect(now_at).to_have_attribute("data-frame", "1")
    assert "第 2 /" in (page.locator("#scrub").get_attribute("aria-valuetext") or "")
    assert watch.check() is None


def test_the_film_plays_and_stops(played: Played, site: Site, contexts: Callable[..., BrowserContext]) -> None:
    page, _watch = played.open(contexts(site.server.url), site)
    page.locator("#speed").select_option("8")
    page.locator("h1").click()
    page.keyboard.press("Space")
    expect(page.locator("#play")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#film-clock")).not_to_have_text("00:00.0")
    page.keyboard.press("Space")
    expect(page.locator("#play")).to_have_attribute("aria-pressed", "false")
    page.locator("#speed").select_option("8")
    page.locator("#play").click()
    expect(page.locator("#play")).to_have_attribute("aria-pressed", "false", timeout=20_000)  # 80 s at 8×
    expect(page.locator("#film-clock")).to_have_text("01:20.0")


def test_an_error_leads_to_its_moment(played: Played, site: Site, contexts: Callable[..., BrowserContext]) -> None:
    page, _watch = played.open(contexts(site.server.url), site)
    when = page.locator(".fault-when").first
    seq = when.get_attribute("data-seq")
    when.click()
    expect(page.locator(f"#step-{seq}")).to_have_class("has-fault is-now")
    expect(page.locator("#now-step")).to_contain_text("−3")


def test_without_a_script_the_steps_are_there_to_read(
    played: Played, site: Site, contexts: Callable[..., BrowserContext]
) -> None:
    page, _watch = played.open(contexts(site.server.url, java_script_enabled=False), site)
    expect(page.locator("#player")).to_be_hidden()
    expect(page.locator(".film-cue")).to_have_text(played.cue)
    assert page.locator("#steps li").count() > 5
    expect(page.locator("#steps .fault").first).to_be_visible()


def test_everybody_can_use_it(played: Played, site: Site, contexts: Callable[..., BrowserContext]) -> None:
    page, _watch = played.open(contexts(site.server.url), site)
    page.keyboard.press("ArrowRight")
    assert violations(page) == []
    assert in_the_dark(page) == []
    assert sideways(page) == []
