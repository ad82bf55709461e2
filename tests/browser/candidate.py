"""A candidate at a device, from the sign-in to the comparison of what was confirmed with what the database has."""

import json
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.browser.pages import DonePage, ExamPage, ExamsPage, SignInPage, StartPage
from tests.browser.watching import Watch
from tests.live_site import Candidate, Comparison, Site, compare


@dataclass
class Seat:
    context: BrowserContext
    page: Page
    watch: Watch
    site: Site
    candidate: Candidate

    def start(self, sitting_id: int) -> ExamPage:
        self.page.goto(f"/exams/{sitting_id}")
        return self.start_here()

    def start_here(self) -> ExamPage:
        return StartPage(self.page, self.watch).start()

    def exams(self) -> ExamsPage:
        self.page.goto("/exams")
        return ExamsPage(self.page, self.watch)

    def another_tab(self) -> "Seat":
        return Seat(self.context, self.context.new_page(), self.watch, self.site, self.candidate)


def take_seat(context: BrowserContext, site: Site, candidate: Candidate) -> Seat:
    watch = Watch(context, site.server.url)
    page = context.pages[0] if context.pages else context.new_page()
    page.goto("/login")
    SignInPage(page, watch).sign_in(candidate)
    return Seat(context, page, watch, site, candidate)


def hand_in(exam: ExamPage) -> DonePage:
    done = exam.review().ask_to_hand_in().confirm()
    assert done.ops_left_in_the_browser() == 0, "the paper's work stays on the computer after it was confirmed"
    return done


def compared(*seats: Seat) -> Comparison:
    """All that the seats' browsers saw confirmed, against the rows."""
    site = seats[0].site
    owners = {
        site.attempt_of(seat.candidate.person_id).id: seat.candidate.person_id
        for seat in seats
    }  # fmt: skip
    acknowledged = {op: said for seat in seats for op, said in seat.watch.acknowledged.items()}
    return compare(site, acknowledged, owners)


def assert_nothing_lost(*seats: Seat, at_least: int = 1) -> None:
    comparison = compared(*seats)
    assert comparison.acknowledged >= at_least, comparison
    assert not comparison.faults, comparison.faults
    print(f"acknowledged {comparison.acknowledged}, rows {comparison.rows}: 0 lost, 0 duplicates, 0 wrong owner")


def assert_counted(site: Site, attempt_id: int, typed: dict[int, Any]) -> None:
    """What counted at hand-in is what was typed last; the other questions are blank."""
    paper = site.paper_of(attempt_id)
    expected = {question.position: None for question in paper.questions}
    for position, answer in typed.items():
        expected[position] = json.dumps(paper.question(position).in_ids(answer), ensure_ascii=False)
    assert site.counted(attempt_id) == expected
