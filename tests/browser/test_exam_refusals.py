"""What the exam page does when the server answers, but does not take: a wrong op, trouble, an expired sign-in."""

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.browser.candidate import Seat, assert_counted, assert_nothing_lost, hand_in
from tests.browser.pages import ExamPage, SignInPage, TakeoverPage, after_opening
from tests.live_site import Site

STORED = """() => new Promise((resolve) => {
  indexedDB.open("shanggang-exam", 1).onsuccess = ({ target: { result: database } }) => {
    database.transaction("ops").objectStore("ops").getAll().onsuccess = ({ target }) => {
      database.close();
      resolve(target.result.map((op) => op.q));
    };
  };
})"""


def refuse_question(page: Page, position: int) -> None:
    """The server calls every request wrong that carries an answer of this question."""

    def answer(route: Route) -> None:
        ops = route.request.post_data_json["ops"]
        if any(op["q"] == position for op in ops):
            route.fulfill(status=422, json={"error": "not an answer"})
        else:
            route.continue_()

    page.route("**/answers", answer)


def test_a_refused_answer_is_set_apart_and_the_others_go_on(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    mine.watch.expect("status of 422")
    exam = mine.start(sitting_id)
    refuse_question(mine.page, 1)
    mine.page.evaluate("""() => {
      for (const position of [5, 1, 2]) {
        const input = document.querySelector(`#q${position} input`);
        if (position === 2) input.value = "12";
        else input.checked = true;
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }""")  # three changes of one moment: they leave in one request
    banner, state = mine.page.locator("#banner"), mine.page.locator("#save-state")
    expect(banner).to_contain_text("没有接受第 1 题")
    expect(state).to_contain_text("未保存：1 项")
    exam.write(6, "照常保存")
    mine.page.wait_for_timeout(2_000)
    assert mine.page.evaluate(STORED) == [1], "the refused answer stays in the browser's store, and nothing else"
    posts = mine.watch.posts
    mine.page.wait_for_timeout(3_000)
    assert mine.watch.posts == posts, "a refused answer is sent again and again"
    expect(banner).to_contain_text("没有接受第 1 题")

    mine.page.unroute("**/answers")
    exam.choose(1, "B").wait_until_saved()
    expect(banner).to_be_hidden()
    hand_in(exam)
    assert_counted(site, exam.attempt_id, {1: "B", 2: "12", 5: ["A"], 6: "照常保存"})
    assert_nothing_lost(mine, at_least=4)


def test_trouble_of_the_server_is_not_called_a_lost_network(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    mine.watch.expect("status of 503")
    exam = mine.start(sitting_id)
    mine.page.route("**/answers", lambda route: route.fulfill(status=503, json={}))
    exam.choose(1, "A")
    expect(mine.page.locator("#banner")).to_contain_text("服务器暂时未能保存")
    mine.page.unroute("**/answers")
    exam.wait_until_saved()
    expect(mine.page.locator("#banner")).to_be_hidden()
    assert_nothing_lost(mine)


def test_a_hand_in_after_the_sign_in_expired_asks_to_sign_in_again(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    mine.watch.expect("status of 40[01]")
    other = mine.another_tab()
    other.page.goto("/exams")
    exam = mine.start(sitting_id).write(6, "之前。").wait_until_saved()
    other.page.locator("form[action='/logout'] button").click()

    def hand_in_is_refused() -> None:
        exam.review().ask_to_hand_in()
        mine.page.locator("#hand-in-now").click()
        expect(mine.page.locator("#hand-in-signed-out")).to_contain_text("不会丢失")
        expect(mine.page.locator("#hand-in-state")).to_be_empty()
        expect(mine.page.locator("#hand-in-now")).to_be_enabled()

    hand_in_is_refused()  # nothing waits: the form would leave the page for an error
    mine.page.keyboard.press("Escape")
    mine.page.locator("#review [data-go]").last.click()
    exam.write(6, "退出之后。")
    hand_in_is_refused()
    mine.page.locator("#hand-in-signed-out a").click()
    SignInPage(mine.page, mine.watch).sign_in(candidate)
    asked = after_opening(mine.page, mine.watch)
    exam = asked.take_over() if isinstance(asked, TakeoverPage) else asked
    assert isinstance(exam, ExamPage)
    hand_in(exam.wait_until_saved())
    assert_counted(site, exam.attempt_id, {6: "之前。退出之后。"})
    assert_nothing_lost(mine, at_least=2)
