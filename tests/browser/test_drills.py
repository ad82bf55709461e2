"""Both drills at the console, by keyboard alone: from the ready card to what one learns, through a lost network too."""

from collections.abc import Callable, Iterator
from fractions import Fraction

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lms.domain.drills.plans import DrillKind
from lms.domain.values import Language
from lms.services import crm_worlds, drill_practice, runs
from lms.services.drill_practice import Wish
from tests.browser.accessible import in_the_dark, sideways, violations
from tests.browser.console import SLOW, Console
from tests.browser.pages import SignInPage
from tests.browser.watching import CONNECTION_LOST, Watch
from tests.factories import a_person
from tests.live_site import Candidate, Site, now


@pytest.fixture(scope="module")
def built(site: Site) -> Iterator[Site]:
    with site.rows():
        crm_worlds.ensure_world(now())
    yield site


def practising(context: BrowserContext, site: Site, kind: DrillKind) -> Console:
    """Somebody who has just chosen a practice set at a slow pace, in front of its first task."""
    with site.rows():
        person = a_person(name="练习者")
        seat = Candidate(person.id, person.number)
        set_id = drill_practice.begin(person.id, Wish(kind, Language.ZH, Fraction(4)), seed=3, now=now())
        run_id = runs.next_run(set_id) or 0
    page, watch = context.new_page(), Watch(context, site.server.url)
    page.goto("/login")
    SignInPage(page, watch).sign_in(seat)
    page.goto(f"/drills/runs/{run_id}")
    console = Console(page, watch, site, run_id)
    console.ready()
    return console


def submit(console: Console) -> None:
    """Hand in, and find oneself at the lesson."""
    console.submit()
    expect(console.page.locator("#next")).to_be_focused()
    console.watch.check()


def looked_at(page: Page) -> list[str]:
    return [*violations(page), *in_the_dark(page), *sideways(page)]


def test_a_lookup_by_keyboard(built: Site, contexts: Callable[..., BrowserContext]) -> None:
    console = practising(contexts(built.server.url), built, DrillKind.LOOKUP)
    assert not looked_at(console.page)
    console.begin()
    console.open_customer()
    for asked in console.task.fields:
        console.panel(asked.panel)
    console.use_article()
    console.answer_all()
    assert not looked_at(console.page)
    submit(console)
    run = console.run()
    assert (run.counted, run.errors, run.ended_by) == (True, 0, "trainee"), (run.score or {})["errors"]
    assert not looked_at(console.page)
    console.press("Enter")
    expect(console.page.locator("#begin")).to_be_focused()


def test_a_workflow_by_keyboard_through_a_lost_network_and_a_reload(
    built: Site, contexts: Callable[..., BrowserContext]
) -> None:
    context = contexts(built.server.url)
    console = practising(context, built, DrillKind.WORKFLOW)
    page = console.page
    console.begin()
    console.open_customer()
    console.verify()
    console.find_evidence()

    console.watch.expect(CONNECTION_LOST)
    context.set_offline(True)
    first = console.task.fields[0]
    console.answer(first, first.expected)
    expect(page.locator("#banner")).to_contain_text("网络已断开")
    before = len(console.journal())
    context.set_offline(False)
    expect(page.locator("#banner")).to_be_hidden()
    expect(page.locator("#desk-state")).to_have_text("")
    after = console.journal()
    assert [seq for seq, _kind in after] == list(range(1, len(after) + 1))
    assert [kind for _seq, kind in after[before:]] == ["answer"], "once, however often it was sent"

    used = page.locator("#clock-face").inner_text()
    page.reload()
    console.ready()
    assert page.locator("#clock-face").inner_text() >= used, "a reload gives no time back"
    expect(page.locator("#cue")).to_have_text(console.task.cue)
    expect(page.locator(f"[data-field='{first.field}']")).to_have_value(first.expected)
    assert console.task.workflow is not None
    expect(page.locator(".pins li")).to_have_count(len(console.task.workflow.evidence))
    expect(page.locator(".verify summary")).to_have_text(f"核验 V{console.task.workflow.level}")

    console.use_article()
    console.answer_all()
    expect(page.locator("[data-stage][data-done=true]")).to_have_count(4)
    assert not looked_at(page)
    submit(console)
    run = console.run()
    assert (run.errors, run.critical, run.ended_by) == (0, False, "trainee"), (run.score or {})["errors"]
    assert not looked_at(page)


def test_help_and_a_wrong_query_are_said_in_words(built: Site, contexts: Callable[..., BrowserContext]) -> None:
    console = practising(contexts(built.server.url), built, DrillKind.LOOKUP)
    page = console.page
    console.begin()
    page.keyboard.type("12")
    console.watch.expect(r"status of 422")
    console.press("Enter")
    expect(page.locator("#search-note")).to_contain_text("至少输入 4 位数字")
    console.press("Tab", "Tab", "Tab", "Shift+Tab", "Alt+s")
    expect(page.locator("#search")).to_be_focused()
    page.locator("#search").evaluate("field => field.blur()")
    console.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert not violations(page)
    console.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_a_slash_leads_to_the_search_and_never_into_it(built: Site, contexts: Callable[..., BrowserContext]) -> None:
    console = practising(contexts(built.server.url), built, DrillKind.LOOKUP)
    console.begin()
    console.press("/", "Alt+a", "Escape")
    console.page.locator("#answers [data-field]").first.evaluate("field => field.blur()")
    console.press("/", "/")
    expect(console.page.locator("#search")).to_be_focused()
    expect(console.page.locator("#search")).to_have_value("")


def test_a_late_reply_does_not_take_the_keyboard_away(built: Site, contexts: Callable[..., BrowserContext]) -> None:
    console = practising(contexts(built.server.url), built, DrillKind.LOOKUP)
    page = console.page
    console.begin()
    console.press("Alt+k")
    page.keyboard.type("畅湾")
    console.press("Enter")
    expect(page.locator(".article-hit").first).to_be_visible(timeout=SLOW)
    page.keyboard.type("69")
    with page.expect_response(lambda reply: "畅湾69" in (reply.request.post_data or "")):
        console.press("Enter", "ArrowDown")
    expect(page.locator("#articles :focus, #knowledge:focus")).to_have_count(1)
    console.press("Enter")
    expect(page.locator("#reading h3")).to_be_focused()


def test_hands_that_have_gone_on_are_not_called_back(built: Site, contexts: Callable[..., BrowserContext]) -> None:
    console = practising(contexts(built.server.url), built, DrillKind.LOOKUP)
    page = console.page
    console.begin()
    console.open_customer()
    with page.expect_response(lambda reply: '"panel"' in (reply.request.post_data or "")):
        console.press("Alt+1", "Alt+k")
    expect(page.locator("#panel table").first).to_be_visible()
    expect(page.locator("#knowledge")).to_be_focused()
