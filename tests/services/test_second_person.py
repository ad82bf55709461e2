"""Who decides, second, about a mark that an examiner gave anew; and that a refusal says why."""

from datetime import timedelta
from fractions import Fraction

import pytest
from flask import Flask

from lms.domain.people import Role
from lms.extensions import db
from lms.models.audit import AuditEntry, Proposal
from lms.models.people import Person, PersonRole
from lms.services import appeal_marking, appeals, decisions, proposals, release
from lms.services.appeal_answers import taken
from lms.services.proposals import NoSuchProposal, ProposalRefused
from lms.services.writing import writing
from tests.conftest import MONDAY
from tests.exam_factories import Exam, an_exam, an_examiner, join, shares_of, signed_in
from tests.factories import a_person
from tests.services.test_marking import mark_next

LATER = MONDAY + timedelta(hours=2)


class Remarked:
    """A case marked by one examiner, appealed, marked anew by another: the better mark waits for a second person."""

    def __init__(self) -> None:
        self.exam: Exam = an_exam()
        self.marker, self.fresh = an_examiner("先评"), an_examiner("复评")
        self.attempt = self.exam.sit(cases=("甲答案", "乙答案"))
        for _case in range(2):
            mark_next(self.marker, 2, LATER)
        release.release(self.exam.trainer.id, self.exam.sitting.id, [self.attempt.id], LATER)
        self.appeal_id = appeals.raise_appeal(self.attempt.person_id, self.attempt.id, 9, "我写了先安抚", LATER)
        appeals.take(self.fresh.id, self.appeal_id, LATER)
        marks = {9: {"empathy": "3", "feasible": "4", "compliant": "3"}}
        appeal_marking.mark_anew(self.fresh.id, self.appeal_id, marks, {}, LATER)
        proposal_id = appeal_marking.decide(self.fresh.id, self.appeal_id, uphold=True, answer="应得满分", now=LATER)
        assert proposal_id is not None
        self.proposal_id = proposal_id

    def may_decide(self, person: Person) -> bool:
        return any(one.may_decide for one in proposals.proposals(signed_in(person))[0])


@pytest.fixture
def remarked(app: Flask) -> Remarked:
    return Remarked()


def leaves(person: Person) -> None:
    with writing(None, LATER) as deed:
        deed.session.get_one(Person, person.id).active = False


def test_whose_mark_is_contested_does_not_decide_about_it(remarked: Remarked) -> None:
    an_examiner("局外人")
    assert proposals.proposals(signed_in(remarked.marker)) == ([], [])
    with pytest.raises(NoSuchProposal):
        decisions.refuse(signed_in(remarked.marker), remarked.proposal_id, "我评得没错", LATER)
    with pytest.raises(NoSuchProposal):
        decisions.confirm(signed_in(remarked.marker), remarked.proposal_id, LATER)


def test_an_examiner_who_gave_no_mark_decides(remarked: Remarked) -> None:
    other = an_examiner("局外人")
    assert remarked.may_decide(other)
    assert not remarked.may_decide(remarked.exam.trainer), "as long as there is an impartial examiner"
    decisions.confirm(signed_in(other), remarked.proposal_id, LATER)
    assert shares_of(remarked.attempt.id)[9] == Fraction(1)


def test_where_no_impartial_examiner_is_left_a_trainer_decides(remarked: Remarked) -> None:
    other = an_examiner("局外人")
    leaves(other)
    both = a_person(Role.TRAINER, Role.EXAMINER, Role.NEW_HIRE, name="身兼数职")
    assert not remarked.may_decide(remarked.exam.trainer), "who is an examiner, too, is impartial"
    leaves(both)
    assert remarked.may_decide(remarked.exam.trainer)
    assert not remarked.may_decide(remarked.marker)
    assert not remarked.may_decide(a_person(Role.ADMINISTRATOR))
    decisions.confirm(signed_in(remarked.exam.trainer), remarked.proposal_id, LATER)
    assert shares_of(remarked.attempt.id)[9] == Fraction(1)
    _open, (decided,) = proposals.proposals(signed_in(remarked.exam.trainer))
    assert decided.decider == remarked.exam.trainer.name


def test_a_trainer_who_marked_it_or_sat_it_does_not_step_in(app: Flask) -> None:
    remarked = Remarked()
    with writing(None, LATER) as deed:
        for who in (remarked.marker.id, remarked.attempt.person_id, remarked.fresh.id):
            deed.session.get_one(Person, who).roles.append(PersonRole(role=Role.TRAINER.value))
    db.session.expire_all()
    assert not any(map(remarked.may_decide, (remarked.marker, remarked.attempt.person, remarked.fresh)))
    assert remarked.may_decide(remarked.exam.trainer)


def test_a_refusal_says_why_and_the_proposer_reads_it(remarked: Remarked) -> None:
    other = signed_in(an_examiner("局外人"))
    for reason, problem in ((" ", "no-reason"), ("长" * 2001, "long-reason")):
        with pytest.raises(ProposalRefused, match=problem):
            decisions.refuse(other, remarked.proposal_id, reason, LATER)
    decisions.refuse(other, remarked.proposal_id, " 方案没有可行性 ", LATER)
    assert db.session.get_one(Proposal, remarked.proposal_id, populate_existing=True).refusal == "方案没有可行性"
    note = db.session.query(AuditEntry).filter_by(action="proposal.refused").one()
    assert note.details["reason"] == "方案没有可行性"
    asked = taken(remarked.fresh.id, remarked.appeal_id).asked
    assert asked is not None and (asked.refusal, asked.decider) == ("方案没有可行性", "局外人")
    assert proposals.proposal(signed_in(remarked.fresh), remarked.proposal_id).refusal == "方案没有可行性"
    assert shares_of(remarked.attempt.id)[9] * 10 == 2


def test_whoever_trains_the_candidate_does_not_decide_as_an_examiner(remarked: Remarked) -> None:
    an_examiner("局外人")
    trains = a_person(Role.TRAINER, Role.EXAMINER)
    join(remarked.exam.cohort, trains, "trainer")
    assert not remarked.may_decide(trains)
