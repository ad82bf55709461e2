"""Two trainers in a real browser: one mends a script at the line that is named and rehearses it, the other approves."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.test_authoring import a_trainer
from tests.call_room import load_scripts
from tests.live_site import Site

OLD, NEW = "质问为什么交了钱还被停机", "一上来就质问为什么停机"


def test_a_script_is_mended_rehearsed_and_put_live(own_site: Site, contexts: Callable[..., BrowserContext]) -> None:
    with own_site.rows():
        load_scripts()
    author, reviewer = (a_trainer(own_site, contexts, name) for name in ("出题人", "复核人"))
    author.goto("/scenarios")
    author.get_by_role("link", name="客户情绪激动投诉：手机突然停机").click()
    expect(author.locator(".script-graph .node")).to_have_count(12)  # eight beats, four endings
    author.locator(".script-graph a[href='#beat-debt']").click()
    expect(author.locator("#beat-debt")).to_be_in_viewport()
    author.get_by_role("link", name="编辑脚本").click()

    text = author.get_by_label("脚本文本")
    sound = text.input_value().replace(OLD, NEW)
    broken = sound.replace("go: boss\n", "go: bos\n", 1)
    line = broken[: broken.index("go: bos\n")].count("\n") + 1
    text.fill(broken)
    author.get_by_role("button", name="检查").click()
    problem = author.locator("#problems a")
    expect(problem).to_have_text(f"第 {line} 行")
    problem.click()
    expect(text).to_be_focused()
    chosen = text.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert chosen.strip() == "go: bos"

    author.once("dialog", lambda dialog: dialog.accept())
    author.reload()
    author.get_by_role("button", name="恢复它").click()
    expect(text).to_have_value(broken)
    author.get_by_role("button", name="保存为新版本").click()
    expect(author.locator("#problems")).to_contain_text("bos")
    expect(text).to_have_value(broken)
    text.fill(sound)
    author.get_by_role("button", name="检查").click()
    expect(author.get_by_text("检查通过，没有问题。")).to_be_visible()
    author.get_by_role("button", name="保存为新版本").click()
    expect(author.locator("h1")).to_contain_text("草稿")

    spoken = author.locator("#rehearsed .by-customer")
    expect(spoken).to_have_count(1)
    author.get_by_label("坐席说").fill("您先冷静一下。")
    author.get_by_label("坐席说").press("Enter")
    expect(spoken).to_have_count(2)
    expect(author.locator("#rehearsed")).to_contain_text("听到 叫客户冷静")
    expect(author.locator("[data-latest]")).to_have_text(
        author.locator("#rehearsed .by-customer").last.inner_text().split("\n")[-1]
    )
    expect(author.locator(".rehearsal-state")).to_be_empty()
    author.get_by_role("button", name="挂断").click()
    expect(author.locator("#rehearsed")).to_contain_text("坐席提前挂断")

    author.get_by_role("button", name="提交复核").click()
    expect(author.get_by_role("button", name="通过并启用")).to_have_count(0)
    reviewer.goto(author.url)
    reviewer.get_by_role("link", name="查看与启用版本的差异").click()
    expect(reviewer.locator(".difference ins")).to_contain_text(NEW)
    expect(reviewer.locator(".difference del")).to_contain_text(OLD)
    reviewer.go_back()
    reviewer.get_by_role("button", name="通过并启用").click()
    expect(reviewer.locator(".heading .state-good")).to_be_visible()
    author.goto(author.url.rstrip("/") + "/edit")
    expect(author.locator("#draft-found")).to_be_hidden()
