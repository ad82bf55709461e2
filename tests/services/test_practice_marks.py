"""Practice calls sent to an examiner: by whom, how many, who may mark them, and what the trainee reads at once."""

import pytest
from flask import Flask
from sqlalchemy import event

from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.people import Person
from lms.models.roleplays import Call, CallTask
from lms.services import call_feedback, call_marking, call_marking_queue, call_past, practice_marks
from lms.services.calls import NotYours
from lms.services.practice_marks import MOST_WAITING, NotSent, Opinion
from lms.services.writing import writing
from tests.benchmark_calls import load_shipped, mark_all
from tests.call_room import Phone, load_scripts
from tests.call_room import signed_in as calling
from tests.call_sitting import MINUTE, a_call_sitting, a_sheet, an_examiner, held, mark_next, the_call
from tests.conftest import MONDAY
from tests.exam_room import a_cohort
from tests.factories import a_person

NOW = MONDAY + 10 * MINUTE
ZH = Language.ZH


@pytest.fixture
def trainee(app: Flask) -> Person:
    load_scripts()
    return a_person(Role.NEW_HIRE, name="练习的人")


def practised(person: Person, *sentences: str) -> int:
    """A practice call that was answered, spoken in and hung up."""
    phone = Phone(trainee=calling(person)).answer()
    for sentence in sentences or ("您好，澄湾通信，工号6021，很高兴为您服务。",):
        phone.say(sentence)
    phone.do("hang-up")
    return phone.id


def waiting(examiner: Person) -> list[str]:
    return [row.call_number for row in call_marking_queue.queue(examiner.id, ZH, NOW, MONDAY).waiting]


def test_it_is_sent_once_marked_by_one_and_told_at_once(trainee: Person) -> None:
    call_id = practised(trainee)
    marks = practice_marks.marks_of(trainee.id, call_id)
    assert (marks.opinion, marks.may_send, marks.seen) == (Opinion.UNASKED, True, None)
    practice_marks.send(trainee.id, call_id, NOW)
    practice_marks.send(trainee.id, call_id, NOW)
    assert db.session.query(CallTask).count() == 1
    assert practice_marks.marks_of(trainee.id, call_id).opinion is Opinion.WAITING
    examiner = an_examiner()
    (row,) = call_marking_queue.queue(examiner.id, ZH, NOW, MONDAY).waiting
    assert (row.practice, row.due_at, row.overdue) == (True, None, False)
    script = call_marking.call_log.script_of_call(the_call(call_id))
    failure = script.critical[0].id
    seen = {f"critical__{failure}": "1", f"turns__{failure}": "2"}
    mark_next(examiner, level=3, comment__emotion="先说出她的处境", **seen)
    assert waiting(an_examiner("乙")) == []  # a critical failure calls nobody else: it is practice
    told = practice_marks.marks_of(trainee.id, call_id)
    assert told.opinion is Opinion.GIVEN and told.seen is not None and not told.may_send
    emotion = next(one for one in told.seen.criteria if one.title.zh == "情绪识别与安抚")
    anchors = next(one for one in script.rubric.own if one.id == "emotion").anchors
    assert (emotion.level, emotion.reached, emotion.higher) == (3, anchors.three, anchors.four)
    assert (emotion.pins, emotion.comments) == ([2], ["先说出她的处境"])
    assert told.seen.critical == [script.critical[0].text]
    assert len(call_feedback.film(trainee.id, call_id).pins[2]) == 6
    call = the_call(call_id)
    assert (call.result, call.points, call.attempt_id) == (None, None, None)
    assert [one.opinion for one in call_past.own_calls(trainee.id, ZH)] == [Opinion.GIVEN]
    practice_marks.send(trainee.id, call_id, NOW)  # not sent twice
    assert db.session.query(CallTask).count() == 1


def test_only_ones_own_practice_call_that_is_over(trainee: Person) -> None:
    other = a_person(Role.NEW_HIRE, name="另一位")
    call_id = practised(trainee)
    with pytest.raises(NotYours):
        practice_marks.send(other.id, call_id, NOW)
    with pytest.raises(NotYours):
        practice_marks.marks_of(other.id, call_id)
    with pytest.raises(NotYours):
        practice_marks.send(trainee.id, 999_999, NOW)
    going_on = Phone(trainee=calling(trainee)).answer()
    with pytest.raises(NotSent, match="not-over"):
        practice_marks.send(trainee.id, going_on.id, NOW)
    assert db.session.query(CallTask).count() == 0


def test_a_certification_call_is_not_sent(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting()
    held(sitting, person)
    call = db.session.query(Call).order_by(Call.id).first()
    assert call is not None
    with pytest.raises(NotYours):
        practice_marks.send(person.id, call.id, NOW)
    with pytest.raises(NotYours):
        practice_marks.marks_of(person.id, call.id)


def test_three_may_wait_at_a_time(trainee: Person) -> None:
    calls = [practised(trainee) for _ in range(MOST_WAITING + 1)]
    for call_id in calls[:MOST_WAITING]:
        practice_marks.send(trainee.id, call_id, NOW)
    assert not practice_marks.marks_of(trainee.id, calls[-1]).may_send
    with pytest.raises(NotSent, match="too-many"):
        practice_marks.send(trainee.id, calls[-1], NOW)
    mark_next(an_examiner())
    practice_marks.send(trainee.id, calls[-1], NOW)
    assert db.session.query(CallTask).count() == MOST_WAITING + 1


def test_not_marked_by_trainer_leader_oneself_or_who_played_the_customer(app: Flask) -> None:
    load_scripts()
    person = a_person(Role.NEW_HIRE, Role.EXAMINER, name="也是考官")
    trainer = a_person(Role.TRAINER, Role.EXAMINER)
    leader, player, stranger = (a_person(Role.EXAMINER) for _ in range(3))
    a_cohort(person, trainers=(trainer,))
    call_id = practised(person)
    with writing(None, NOW) as deed:
        deed.session.get_one(Person, person.id).leader_id = leader.id
        deed.session.get_one(Call, call_id).examiner_id = player.id
    practice_marks.send(person.id, call_id, NOW)
    for barred in (person, trainer, leader, player):
        assert waiting(barred) == []
        assert call_marking_queue.take_next(barred.id, None, NOW) is None
    assert len(waiting(stranger)) == 1


def test_it_waits_behind_certification_and_for_calibrated_examiners(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting()
    load_shipped()
    hired = a_person(Role.NEW_HIRE, name="练习的人")
    call_id = practised(hired)
    practice_marks.send(hired.id, call_id, MONDAY)
    held(sitting, person)
    examiner = an_examiner()
    assert call_marking_queue.take_next(examiner.id, None, NOW) is None
    mark_all(examiner.id)
    number = the_call(call_id).call_number
    assert waiting(examiner)[-1] == number and len(waiting(examiner)) == 3
    mark_next(examiner)
    mark_next(examiner)
    assert waiting(examiner) == [number]


def test_the_desk_hides_who_it_is_and_says_that_it_is_practice(trainee: Person) -> None:
    call_id = practised(trainee, f"您好，我是{trainee.name}，澄湾通信。")
    practice_marks.send(trainee.id, call_id, NOW)
    examiner = an_examiner()
    task_id = call_marking_queue.take_next(examiner.id, None, NOW)
    assert task_id is not None
    desk = call_marking.desk(examiner.id, task_id)
    assert desk.practice and trainee.name not in str(desk) and trainee.number not in str(desk)
    call_marking.submit(examiner.id, task_id, a_sheet(the_call(call_id)), 1, NOW)
    assert call_marking.desk(examiner.id, task_id).others == []


def test_a_long_queue_comes_in_pages_with_as_many_statements_as_a_short_one(trainee: Person) -> None:
    call_id = practised(trainee)
    practice_marks.send(trainee.id, call_id, NOW)
    call, examiner = the_call(call_id), an_examiner()
    waiting(examiner)  # the title is known from now on
    few = statements(examiner)
    copied = {column.key: getattr(call, column.key) for column in Call.__table__.columns if column.key != "id"}
    with writing(None, NOW) as deed:
        for number in range(120):
            more = Call(**{**copied, "call_number": f"C-{number:08}"})
            deed.session.add(more)
            deed.session.flush()
            deed.session.add(CallTask(call_id=more.id, round=1, state="open", created_at=NOW))
    pages = [call_marking_queue.queue(examiner.id, ZH, NOW, MONDAY, page) for page in (0, 1, 3, 99)]
    assert [(found.page, found.pages, len(found.shown)) for found in pages] == [
        (1, 3, 50), (1, 3, 50), (3, 3, 21), (3, 3, 21),
    ]  # fmt: skip
    assert all(found.free == 121 for found in pages)
    assert statements(examiner) == few <= 5
    assert pages[0].shown[0].title == call_marking.call_log.title_of(call.script_sha256).zh


def statements(examiner: Person) -> int:
    """How many the queue takes."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        waiting(examiner)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)
