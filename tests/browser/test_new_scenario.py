"""A scenario made in a real browser: copied, told in Chinese what is wrong, mended, rehearsed, reviewed, played."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from lms.domain.people import Role
from tests.browser.test_authoring import a_trainer
from tests.browser.test_calls import LADEN, Somebody
from tests.call_room import load_scripts
from tests.live_site import Site


def test_from_a_copy_to_a_call(own_site: Site, contexts: Callable[..., BrowserContext]) -> None:
    with own_site.rows():
        load_scripts()
    author, reviewer = (a_trainer(own_site, contexts, name) for name in ("出题人", "复核人"))
    made_from_a_copy(author)
    mended_where_it_is_told(author)
    rehearsed(author)
    author.get_by_role("button", name="提交复核").click()
    expect(author.get_by_role("button", name="通过并启用")).to_have_count(0)
    reviewer.goto(author.url)
    reviewer.get_by_role("button", name="通过并启用").click()
    expect(reviewer.locator(".heading .state-good")).to_be_visible()
    played(Somebody(contexts(own_site.server.url), own_site, Role.NEW_HIRE))


def made_from_a_copy(author: Page) -> None:
    author.goto("/scenarios")
    author.get_by_role("link", name="新建情景").click()
    author.get_by_label("代号").fill("unclear-charges")
    author.get_by_label("名称（中文）").fill("试用续费，客户要赔三倍")
    author.get_by_label("名称（英文）").fill("A renewed trial, three times the money back")
    author.get_by_label("从哪里开始").select_option(label="复制：资费争议要求退费：连扣三个月会员费")
    author.get_by_role("button", name="建立草稿").click()
    expect(author.locator("#code-errors")).to_have_text("代号已被使用。")
    author.get_by_label("代号").fill("trial-renewed")
    author.get_by_role("button", name="建立草稿").click()
    expect(author.locator("h1")).to_contain_text("编辑 trial-renewed")


def mended_where_it_is_told(author: Page) -> None:
    text = author.get_by_label("脚本文本")
    whole = text.input_value()
    assert whole.startswith("id: trial-renewed\n")
    sound = whole.replace("质问谁让扣的钱", "一开口就要三倍赔偿")
    broken = sound.replace("  start: ", "  begins: ", 1)
    line = broken[: broken.index("  begins: ")].count("\n") + 1
    text.fill(broken)  # and nothing is pressed: what is wrong is told while one writes
    told = author.locator("#problems li").filter(has_text=f"第 {line} 行")
    expect(told).to_contain_text("没有这个键")
    expect(author.locator("#problems")).to_contain_text("缺少这一项")
    expect(author.locator(".line-numbers mark").filter(has_text=str(line))).to_have_count(1)
    told.locator("a").click()
    chosen = text.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert chosen.strip().startswith("begins: ")
    text.fill(sound)
    expect(author.get_by_text("检查通过，没有问题。")).to_be_visible()
    expect(author.locator(".line-numbers mark")).to_have_count(0)
    author.get_by_role("button", name="保存为新版本").click()
    expect(author.locator("h1")).to_contain_text("草稿")


def rehearsed(author: Page) -> None:
    expect(author.locator(".node[aria-current]")).to_contain_text("一开口就要三倍赔偿")
    author.get_by_label("坐席说").fill("您先冷静一下。")
    author.get_by_label("坐席说").press("Enter")
    expect(author.locator("#rehearsed")).to_contain_text("叫客户冷静")
    author.get_by_role("button", name="挂断").click()
    expect(author.locator("#rehearsed")).to_contain_text("坐席提前挂断")


def played(trainee: Somebody) -> None:
    page = trainee.page
    page.goto("/calls")
    page.get_by_label("试用续费，客户要赔三倍").check()
    page.locator("[name=customer][value=scripted]").check()
    page.get_by_role("button", name="开始来电").click()
    trainee.ready()
    page.locator("#answer").click()
    expect(trainee.lines("customer")).to_have_count(1, timeout=LADEN)
    expect(trainee.lines("customer")).to_contain_text("湾视")
