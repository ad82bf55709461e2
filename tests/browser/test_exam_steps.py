"""Steps that come to stand right by chance: a candidate may leave them so, and it counts as an answer."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.candidate import Seat, assert_counted, hand_in
from tests.live_site import Site

STEPS = 3  # where the exam of these tests asks for an order


def test_an_order_that_is_left_as_it_stands_is_an_answer_once_it_is_said_so(
    site: Site, seat: Callable[..., Seat]
) -> None:
    sitting_id, [candidate] = site.an_exam()
    exam = seat(candidate).start(sitting_id).go_to(STEPS)
    steps = exam.question(STEPS)
    expect(exam.cell(STEPS)).to_have_attribute("data-answered", "false")
    shown = [step.get_attribute("data-letter") for step in steps.locator(".step").all()]
    right = steps.locator("[data-steps-right]")
    right.focus()
    right.press("Enter")
    expect(right).to_have_attribute("aria-pressed", "true")
    exam = exam.wait_until_saved().reload().go_to(STEPS)
    expect(exam.cell(STEPS)).to_have_attribute("data-answered", "true")
    expect(exam.question(STEPS).locator("[data-steps-right]")).to_have_attribute("aria-pressed", "true")
    attempt_id = exam.attempt_id
    hand_in(exam)
    assert_counted(site, attempt_id, {STEPS: shown})
