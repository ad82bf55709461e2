"""The exam page's frame: a header that keeps its height, a banner wholly below it, a grid that needs no colour."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.candidate import Seat
from tests.browser.watching import CONNECTION_LOST
from tests.live_site import Site

WIDTHS = [360, 375, 390, 412, 1440]

# The header's height with each thing the save state may say.
HEIGHTS = """() => {
  const words = JSON.parse(document.getElementById("exam-setup").textContent).words;
  const state = document.getElementById("save-state");
  const said = [
    ["busy", state.textContent], ["good", words.ready], ["busy", words.saving],
    ["good", words.saved.replace("{time}", "12:34:56")],
    ["bad", words.not_saved.replace("{count}", 1)], ["bad", words.not_saved.replace("{count}", 12)],
    ["bad", words.not_saved.replace("{count}", 120)], ["bad", words.late],
  ];
  return Object.fromEntries(said.map(([tone, text]) => {
    state.textContent = text;
    state.dataset.tone = tone;
    const whole = state.scrollHeight <= state.clientHeight + 1 && state.scrollWidth <= state.clientWidth + 1;
    return [whole ? text : `cut off: ${text}`, document.querySelector(".focus-bar").getBoundingClientRect().height];
  }));
}"""


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_the_header_keeps_its_height_in_every_save_state(site: Site, seat: Callable[..., Seat], locale: str) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate, locale=locale)
    mine.start(sitting_id)
    for width in WIDTHS:
        mine.page.set_viewport_size({"width": width, "height": 800})
        heights = mine.page.evaluate(HEIGHTS)
        assert len(set(heights.values())) == 1, (width, heights)
        assert not [text for text in heights if text.startswith("cut off")], (width, heights)


# Whether nothing lies over the banner, at its top, in its middle and at its bottom.
BANNER_VISIBLE = """() => {
  const banner = document.getElementById("banner");
  const box = banner.getBoundingClientRect();
  const points = [box.top + 2, (box.top + box.bottom) / 2, box.bottom - 2];
  return points.every((y) => banner.contains(document.elementFromPoint((box.left + box.right) / 2, y)));
}"""


@pytest.mark.parametrize("title", ["现场考试", "二〇二六年第三期新员工上岗认证闭卷理论考试（第二批，补考，含案例题）"])
def test_the_banner_stands_below_the_header_of_a_scrolled_phone(
    site: Site, seat: Callable[..., Seat], title: str
) -> None:
    sitting_id, [candidate] = site.an_exam(title=title)
    mine = seat(candidate, viewport={"width": 390, "height": 600})
    mine.watch.expect(CONNECTION_LOST)
    exam = mine.start(sitting_id).write(6, "之前")
    mine.context.set_offline(True)
    exam.write(6, "断网")
    expect(mine.page.locator("#banner")).to_be_visible()
    mine.page.mouse.wheel(0, 500)
    mine.page.wait_for_function("scrollY > 200")
    mine.page.wait_for_function(BANNER_VISIBLE, timeout=2_000)
    mine.page.set_viewport_size({"width": 360, "height": 600})  # the header may be another height now
    mine.page.wait_for_function(BANNER_VISIBLE, timeout=2_000)


SHAPES = """() => [1, 2, 3].map((position) => {
  const cell = document.getElementById(`cell-${position}`);
  const look = (pseudo) => getComputedStyle(cell, pseudo);
  return [look().borderTopStyle, look().backgroundColor, look("::before").content, look("::after").content].join(" ");
})"""


@pytest.mark.parametrize("media", [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_the_grid_tells_blank_answered_and_flagged_apart_by_shape(
    site: Site, seat: Callable[..., Seat], media: dict[str, str]
) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate, **media)
    exam = mine.start(sitting_id).choose(1, "A").go_to(3)
    mine.page.locator("#q3 [data-flag]").click()
    exam.wait_until_saved().go_to(4)
    answered, blank, flagged = mine.page.evaluate(SHAPES)
    assert "✓" in answered and answered.startswith("solid")
    assert blank.startswith("dashed") and "✓" not in blank and "⚑" not in blank
    assert "⚑" in flagged and "✓" not in flagged
    assert answered.split(") ")[0] != blank.split(") ")[0]
