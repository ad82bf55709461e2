"""Appeals against role-plays: who may take one, marks given anew and unseen, never lowered, confirmed by a second."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

import pytest
from flask import Flask

from lms.domain.call_marks import PassRules
from lms.domain.people import Role
from lms.domain.results import Feedback
from lms.domain.values import Language
from lms.extensions import db
from lms.models.audit import AuditEntry
from lms.models.marking import Appeal, Result
from lms.models.people import Person
from lms.models.roleplays import Call, CallSheet, CallTask
from lms.services import (
    appeal_watch,
    appeals,
    call_appeals,
    call_feedback,
    call_marking,
    call_marking_queue,
    change_marks,
    decisions,
    own_results,
    proposals,
    release,
    voiding,
)
from lms.services.appeals import AppealRefused, NoSuchAppeal
from lms.services.call_appeals import CallContest
from lms.services.call_marking import NotForYou, TakenByAnother
from lms.services.own_results import OwnResult
from lms.services.proposals import NoSuchProposal, ProposalRefused
from lms.services.results import newest_results
from lms.services.sign_in import SignedIn
from lms.services.writing import writing
from tests.benchmark_calls import load_shipped
from tests.call_sitting import MINUTE, a_call_sitting, a_sheet, an_examiner, held, the_attempt, the_call
from tests.conftest import MONDAY
from tests.exam_factories import signed_in
from tests.factories import a_person

MARKED = MONDAY + 10 * MINUTE
LATER = MONDAY + 60 * MINUTE


@dataclass
class Certified:
    """A released attempt of two calls, each marked once; the first with fours, the second failed with a 2 and a
    critical failure that two examiners saw."""

    person: Person
    trainer: Person
    attempt_id: int
    markers: tuple[Person, Person]
    failure: str

    def calls(self) -> list[Call]:
        of_attempt = db.session.query(Call).filter_by(attempt_id=self.attempt_id).order_by(Call.position)
        return list(of_attempt.populate_existing())

    def seen(self) -> OwnResult:
        return own_results.own_result(self.person.id, self.attempt_id, Language.ZH, LATER)

    def appeal(self, position: int | None = 2, examiner: Person | None = None) -> int:
        appeal_id = appeals.raise_appeal(self.person.id, self.attempt_id, position, "我安抚了客户", LATER)
        if examiner is not None:
            appeals.take(examiner.id, appeal_id, LATER)
        return appeal_id


@pytest.fixture
def certified(app: Flask) -> Certified:
    return a_certified()


def a_certified() -> Certified:
    sitting, (person,), trainer = a_call_sitting(
        plan={"passing": PassRules()}, feedback=Feedback(comments=True, total=True)
    )
    attempt_id = held(sitting, person)
    markers = (an_examiner("甲"), an_examiner("乙"))
    first, second = db.session.query(Call).filter_by(attempt_id=attempt_id).order_by(Call.position)
    failure = call_marking.call_log.script_of_call(second).critical[0].id
    for marker in markers:  # 24 lies on the line, and a critical failure is never one person's word
        give(marker, first.call_number, a_sheet(first, 4))
        poor = {"level__compliance": "2", "comment__compliance": "没有核验", **seen(failure)}
        give(marker, second.call_number, a_sheet(second, 4, **poor))
    assert release.release(trainer.id, sitting.id, None, MARKED + MINUTE) == 1
    return Certified(person, trainer, attempt_id, markers, failure)


def seen(failure: str) -> dict[str, str]:
    """The fields of a critical failure at the second turn."""
    return {f"critical__{failure}": "1", f"turns__{failure}": "2"}


def give(marker: Person, call_number: str, sheet: dict[str, str]) -> None:
    task_id = call_marking_queue.take_next(marker.id, call_number, MARKED)
    assert task_id is not None
    call_marking.submit(marker.id, task_id, sheet, 1, MARKED)


def mark_anew(examiner: Person, appeal_id: int, level: int = 4, **changes: str) -> CallContest:
    """Every contested call that is not yet marked gets such a sheet."""
    for one in call_appeals.contest(examiner.id, appeal_id).calls:
        sheet = a_sheet(call_of(one.desk.task_id), level, **changes)
        call_marking.submit(examiner.id, one.desk.task_id, sheet, one.desk.draft.version, LATER)
    return call_appeals.contest(examiner.id, appeal_id)


def call_of(task_id: int) -> Call:
    return the_call(db.session.get_one(CallTask, task_id, populate_existing=True).call_id)


def confirmed(examiner: SignedIn, proposal_id: int) -> None:
    decisions.confirm(examiner, proposal_id, LATER)


def test_from_release_to_a_changed_result(certified: Certified) -> None:
    before = certified.seen()
    assert before.released is not None and before.appeal_until is not None
    assert (before.released.total, before.released.passed) == (Fraction(230, 3), False)  # (24 + 22) / 60
    one, two = an_examiner("丙"), an_examiner("丁")
    appeal_id = certified.appeal(2, one)
    contest = mark_anew(one, appeal_id, 4, level__opening="3")
    (call,) = contest.calls
    assert (call.position, call.counted.total, call.desk.draft.sheet.levels["opening"]) == (2, 22, 3)
    assert call.upheld is not None and call.upheld.passed
    assert dict(call.upheld.levels) == dict.fromkeys(call.counted.levels, Fraction(4))  # opening kept
    assert [other.sheet.levels["compliance"] for other in call.desk.others] == [2, 2]
    proposal_id = call_appeals.decide(one.id, appeal_id, uphold=True, answer="合规应为 4 级", now=LATER)
    assert proposal_id is not None
    assert certified.seen().released == before.released, "nothing changes before the second person"
    with pytest.raises(AppealRefused, match="waiting"):
        call_appeals.decide(one.id, appeal_id, uphold=True, answer="再来一次", now=LATER)
    preview = change_marks.preview(certified.attempt_id, proposals.proposal(signed_in(two), proposal_id).payload)
    assert (preview.kind, preview.before.total, preview.after.total) == ("roleplay", Fraction(230, 3), 80)
    assert (preview.before.passed, preview.after.passed) == (False, True)
    (changed,) = preview.calls
    assert [(old, new) for _title, old, new in changed.levels] == [(2, 4)] and len(changed.struck) == 1
    with pytest.raises(ProposalRefused, match="own"):
        confirmed(signed_in(one), proposal_id)
    confirmed(signed_in(two), proposal_id)
    after = certified.seen()
    assert after.released is not None and after.appeal is not None
    assert (after.released.total, after.released.passed, after.released.revised) == (80, True, "appeal")
    assert (after.appeal.state, after.appeal.answer) == ("upheld", "合规应为 4 级")
    assert [call.judged.passed for call in after.released.calls if call.judged] == [True, True]
    assert certified.calls()[1].points == 80 and certified.calls()[1].result["critical"] == []  # type: ignore[index]


def test_confirming_twice_changes_nothing_more(certified: Certified) -> None:
    one, two = an_examiner("丙"), an_examiner("丁")
    appeal_id = certified.appeal(2, one)
    mark_anew(one, appeal_id)
    proposal_id = call_appeals.decide(one.id, appeal_id, uphold=True, answer="成立", now=LATER)
    assert proposal_id is not None
    confirmed(signed_in(two), proposal_id)
    with pytest.raises(ProposalRefused, match="decided"):
        confirmed(signed_in(two), proposal_id)
    revisions = db.session.query(Result).filter_by(attempt_id=certified.attempt_id).order_by(Result.revision)
    assert [(row.revision, row.cause) for row in revisions] == [(1, "marking"), (2, "appeal")]
    (changed,) = db.session.query(AuditEntry).filter_by(action="mark.changed")
    assert changed.details["changes"] == {"2": {"compliance": ["2", "4"]}}
    assert changed.details["struck"] == {"2": [certified.failure]}


def test_an_appeal_never_lowers_and_adds_no_failure(certified: Certified) -> None:
    one = an_examiner("丙")
    appeal_id = certified.appeal(None, one)
    other = call_marking.call_log.script_of_call(certified.calls()[0]).critical[-1].id
    mark_anew(one, appeal_id, 1, **{**seen(other), **seen(certified.failure)})
    contest = call_appeals.contest(one.id, appeal_id)
    assert contest.ready and contest.raised == []
    assert call_appeals.decide(one.id, appeal_id, uphold=True, answer="看过了", now=LATER) is None
    answered = certified.seen().appeal
    assert answered is not None and answered.state == "upheld"
    assert [row.revision for row in db.session.query(Result)] == [1]


def test_a_rejected_appeal_is_answered_and_changes_nothing(certified: Certified) -> None:
    one = an_examiner("丙")
    appeal_id = certified.appeal(2, one)
    with pytest.raises(AppealRefused, match="marks-missing"):
        call_appeals.decide(one.id, appeal_id, uphold=False, answer="不成立", now=LATER)
    mark_anew(one, appeal_id, 5)
    assert call_appeals.decide(one.id, appeal_id, uphold=False, answer="不成立", now=LATER) is None
    page = certified.seen()
    assert page.appeal is not None and (page.appeal.state, page.appeal.answer) == ("rejected", "不成立")
    assert page.released is not None and page.released.revised is None
    with pytest.raises(AppealRefused, match="appealed-already"):
        certified.appeal(1)


def test_earlier_sheets_are_unseen_until_ones_own_is_in_and_the_candidate_waits_for_the_answer(
    certified: Certified,
) -> None:
    one, two = an_examiner("丙"), an_examiner("丁")
    appeal_id = certified.appeal(2, one)
    (unmarked,) = call_appeals.contest(one.id, appeal_id).calls
    assert unmarked.desk.others == [] and unmarked.upheld is None and not unmarked.marked
    mark_anew(one, appeal_id, 5, comment__compliance="复核：先核验了身份")
    comments = str([call.criteria for call in certified.seen().released.calls])  # type: ignore[union-attr]
    assert "没有核验" in comments and "复核" not in comments
    proposal_id = call_appeals.decide(one.id, appeal_id, uphold=True, answer="成立", now=LATER)
    assert proposal_id is not None and "复核" not in str(certified.seen().released)
    confirmed(signed_in(two), proposal_id)
    assert "复核：先核验了身份" in str(certified.seen().released)
    film = call_feedback.film(certified.person.id, certified.calls()[1].id)
    assert film.attempt_id == certified.attempt_id


def test_a_refused_proposal_returns_the_appeal_to_its_examiner(certified: Certified) -> None:
    one, two = an_examiner("丙"), an_examiner("丁")
    appeal_id = certified.appeal(2, one)
    mark_anew(one, appeal_id)
    proposal_id = call_appeals.decide(one.id, appeal_id, uphold=True, answer="成立", now=LATER)
    assert proposal_id is not None
    decisions.refuse(signed_in(two), proposal_id, "合规没有问题", LATER)
    assert certified.calls()[1].points == Fraction(220, 3)
    appeal = certified.seen().appeal
    assert appeal is not None and (appeal.state, appeal.answer) == ("open", "")
    assert call_appeals.decide(one.id, appeal_id, uphold=False, answer="维持", now=LATER) is None


def test_who_may_not_take_one(certified: Certified) -> None:
    appeal_id = certified.appeal(2)
    marker, _other = certified.markers
    leader, player, stranger = an_examiner("主管"), an_examiner("演客户"), an_examiner("路人")
    trains = a_person(Role.TRAINER, Role.EXAMINER, name="培训师兼考官")
    with writing(None, LATER) as deed:
        deed.session.get_one(Person, certified.person.id).leader_id = leader.id
        deed.session.get_one(Call, certified.calls()[0].id).examiner_id = player.id  # of the call not contested
    for examiner in (marker, leader, player, certified.trainer, certified.person):
        assert appeals.appeals_for(examiner.id) == []
        with pytest.raises(NoSuchAppeal):
            appeals.take(examiner.id, appeal_id, LATER)
    (row,) = appeals.appeals_for(stranger.id)
    assert (row.kind, row.position, row.due_at) == ("roleplay", 2, db.session.get_one(Appeal, appeal_id).due_at)
    appeals.take(stranger.id, appeal_id, LATER)
    with pytest.raises(AppealRefused, match="taken"):
        appeals.take(trains.id, appeal_id, LATER)
    with pytest.raises(NoSuchAppeal):
        call_appeals.contest(trains.id, appeal_id)


def test_where_there_is_calibration_only_the_calibrated_take_one(certified: Certified) -> None:
    appeal_id = certified.appeal(2)
    load_shipped()
    with pytest.raises(AppealRefused, match="not-calibrated"):
        appeals.take(an_examiner("丙").id, appeal_id, LATER)
    (row,) = appeal_watch.pending(certified.trainer.id, LATER)
    assert row.nobody, "as long as nobody is calibrated"


def test_who_may_confirm_stands_apart_from_the_candidate(certified: Certified) -> None:
    one, leader = an_examiner("丙"), an_examiner("主管")
    appeal_id = certified.appeal(2, one)
    mark_anew(one, appeal_id)
    proposal_id = call_appeals.decide(one.id, appeal_id, uphold=True, answer="成立", now=LATER)
    assert proposal_id is not None
    with writing(None, LATER) as deed:
        deed.session.get_one(Person, certified.person.id).leader_id = leader.id
    player, stranger = an_examiner("演客户"), an_examiner("路人")
    with writing(None, LATER) as deed:
        deed.session.get_one(Call, certified.calls()[0].id).examiner_id = player.id
    for examiner in (leader, certified.trainer, *certified.markers, player):
        with pytest.raises(NoSuchProposal):
            confirmed(signed_in(examiner), proposal_id)
    with writing(None, LATER) as deed:
        deed.session.get_one(Person, stranger.id).active = False
    confirmed(signed_in(certified.trainer), proposal_id)  # for nobody impartial is left


def test_calls_marked_anew_stand_in_no_queue_and_go_back_with_the_appeal(certified: Certified) -> None:
    one, two = an_examiner("丙"), an_examiner("丁")
    appeal_id = certified.appeal(None, one)
    (first, second) = call_appeals.contest(one.id, appeal_id).calls
    assert call_marking_queue.queue(two.id, Language.ZH, LATER, MONDAY).waiting == []
    assert call_marking_queue.take_next(one.id, None, LATER) is None
    call_marking.give_back(one.id, first.desk.task_id, LATER)  # not that way
    call_marking.save_draft(one.id, first.desk.task_id, {"level-compliance": "3"}, 1, LATER)
    appeals.put_back(one.id, appeal_id, LATER)
    for task_id in (first.desk.task_id, second.desk.task_id):
        with pytest.raises(TakenByAnother):
            call_marking.submit(one.id, task_id, a_sheet(call_of(task_id)), 2, LATER)
    appeals.take(two.id, appeal_id, LATER)
    with pytest.raises(NotForYou):
        call_marking.desk(two.id, first.desk.task_id)
    appeals.put_back(two.id, appeal_id, LATER)
    appeals.take(one.id, appeal_id, LATER)  # and finds the draft
    assert call_appeals.contest(one.id, appeal_id).calls[0].desk.draft.sheet.levels == {"compliance": 3}
    mark_anew(one, appeal_id)
    with pytest.raises(AppealRefused, match="waiting"):
        appeals.put_back(one.id, appeal_id, LATER)
    assert db.session.query(CallSheet).filter(CallSheet.marker_id == two.id).count() == 2  # empty drafts


def test_a_void_attempt_has_nothing_left_to_mark_but_may_be_answered(certified: Certified) -> None:
    one = an_examiner("丙")
    appeal_id = certified.appeal(2, one)
    with writing(None, LATER) as deed:
        voiding.void(deed, certified.attempt_id, "设备故障")
    contest = call_appeals.contest(one.id, appeal_id)
    assert contest.calls == [] and contest.ready
    assert call_appeals.decide(one.id, appeal_id, uphold=False, answer="作答已作废", now=LATER) is None


def test_one_appeal_within_five_working_days_of_a_call_that_was_marked(certified: Certified) -> None:
    with pytest.raises(AppealRefused, match="no-question"):
        certified.appeal(3)
    with pytest.raises(NoSuchAppeal):
        appeals.raise_appeal(certified.trainer.id, certified.attempt_id, 1, "不是我的", LATER)
    with pytest.raises(AppealRefused, match="too-late"):
        appeals.raise_appeal(certified.person.id, certified.attempt_id, 1, "太晚", MONDAY + timedelta(days=8))
    certified.appeal(1)
    assert certified.seen().appeal_until is None


def test_a_call_that_failed_alone_stays_failed_but_the_result_is_revised(certified: Certified) -> None:
    one, two = an_examiner("丙"), an_examiner("丁")
    appeal_id = certified.appeal(1, one)
    mark_anew(one, appeal_id, 5)
    proposal_id = call_appeals.decide(one.id, appeal_id, uphold=True, answer="第 1 通更好", now=LATER)
    assert proposal_id is not None
    confirmed(signed_in(two), proposal_id)
    result = newest_results([certified.attempt_id])[certified.attempt_id]
    assert (result.total, result.passed, result.revision) == (Fraction(260, 3), False, 2)  # (30 + 22) / 60
    assert the_attempt(certified.attempt_id).state == "released" and result.released_at == LATER
