"""The score of a run against figures worked out by hand from the rulebook's section 4."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain.drills.journal import ActionKind
from lms.domain.drills.ledger import CriticalKind, ErrorKind, tells_who
from lms.domain.drills.plans import DrillPlan
from lms.domain.drills.scoring import Score, StageName, as_document, score
from tests.domain.drill_tasks import (
    LIN,
    LOOKUP,
    LOOKUP_DEEDS,
    LOOKUP_PLAN,
    OTHER_LIN,
    WORKFLOW,
    WORKFLOW_DEEDS,
    WORKFLOW_PLAN,
    changed,
    inserted,
    journal,
    task,
)

Deeds = list[tuple[str, dict[str, object]]]


def workflow(deeds: object = WORKFLOW_DEEDS, seconds: float = 60, **more: object) -> Score:
    return score(WORKFLOW, journal(deeds, seconds), WORKFLOW_PLAN, **more)  # type: ignore[arg-type]


def lookup(deeds: object = LOOKUP_DEEDS, seconds: float = 20, **more: object) -> Score:
    return score(LOOKUP, journal(deeds, seconds), LOOKUP_PLAN, **more)  # type: ignore[arg-type]


def two_errors() -> object:
    return changed(changed(WORKFLOW_DEEDS, "amount", "18.00"), "ticket.level", "1")


def test_a_clean_run_within_two_minutes_is_full() -> None:
    result = workflow(seconds=120)
    assert (result.points, result.errors, result.critical, result.counted) == (100, (), (), True)


def test_two_errors_at_150_seconds() -> None:
    # 70 − 2·3 = 64; 30 · (240 − 150) ÷ 120 = 22.5
    result = workflow(two_errors(), 150)
    assert result.points == Fraction(173, 2)
    assert (result.accuracy, result.efficiency, result.milliseconds) == (64, Fraction(45, 2), 150_000)


@pytest.mark.parametrize(
    ("seconds", "efficiency"),
    [(0, 30), (119.999, 30), (180, 15), (240, 0), (299, 0), (120.1, Fraction(11990, 400))],
)
def test_efficiency_falls_from_120_to_240_seconds(seconds: float, efficiency: object) -> None:
    # at 120.1 s: 30 · 119.9 ÷ 120 = 29.975
    assert workflow(seconds=seconds).efficiency == efficiency


def test_extra_time_stretches_both_ends() -> None:
    # factor 3/2: full until 180, nothing at 360; at 225: 30 · 135 ÷ 180 = 22.5
    assert workflow(seconds=225, factor=Fraction(3, 2)).efficiency == Fraction(45, 2)
    assert workflow(seconds=180, factor=Fraction(3, 2)).efficiency == 30


def test_a_pause_does_not_count() -> None:
    assert workflow(seconds=180, paused_seconds=60).efficiency == 30


def test_efficiency_can_be_tied_to_accuracy() -> None:
    tied = WORKFLOW_PLAN.model_copy(
        update={"workflow": WORKFLOW_PLAN.workflow.model_copy(update={"tie_to_accuracy": True})}
    )  # type: ignore[union-attr]
    result = score(WORKFLOW, journal(two_errors()), tied)  # type: ignore[arg-type]
    assert result.efficiency == Fraction(30 * 64, 70)


def test_each_error_is_listed_with_what_was_seen_and_what_was_right() -> None:
    errors = workflow(two_errors()).errors
    assert [(one.key, one.kind, one.seen, one.right, one.at_seq) for one in errors] == [
        ("field:amount", ErrorKind.WRONG, "18.00", "54.00", 8),
        ("field:ticket.level", ErrorKind.WRONG, "1", "2", 12),
    ]


def test_answers_that_were_changed_before_the_end_cost_nothing() -> None:
    wrong_first = inserted(WORKFLOW_DEEDS, "answer", ("answer", {"field": "amount", "value": "1"}))
    assert workflow(wrong_first).points == 100


def test_what_was_left_out_is_missing_and_earns_no_efficiency() -> None:
    deeds = [deed for deed in WORKFLOW_DEEDS if deed[1].get("field") != "ticket.type"]
    result = workflow(deeds)
    assert [(one.field, one.kind) for one in result.errors] == [("ticket.type", ErrorKind.MISSING)]
    assert (result.points, result.counted) == (67, False)
    assert [stage.complete for stage in result.stages if stage.name is StageName.TICKET] == [False]


def test_a_forced_end_keeps_what_was_right_and_earns_no_efficiency() -> None:
    result = workflow([*WORKFLOW_DEEDS[:-1], ("close", {})], 100)
    assert (result.points, result.efficiency, result.errors) == (70, 0, ())


def test_a_run_never_begun_misses_everything() -> None:
    result = score(WORKFLOW, [], WORKFLOW_PLAN)
    # no record, no verification, six fields and the note's want of one, the article, the evidence: nine or ten errors
    missing = {one.key for one in result.errors}
    assert missing == {
        "wrong-record",
        "verification",
        "field:solution",
        "field:amount",
        "field:authority",
        "field:ticket.type",
        "field:ticket.level",
        "field:ticket.note",
        "field:article",
        "evidence:vas:bayvideo:1",
    }
    assert (result.points, result.milliseconds) == (40, None)


def test_another_customers_record_is_one_error_however_often_it_is_opened() -> None:
    deeds = inserted(
        WORKFLOW_DEEDS,
        "verify",
        ("open", {"customer": OTHER_LIN}),
        ("open", {"customer": LIN}),
        ("open", {"customer": OTHER_LIN}),
        ("open", {"customer": LIN}),
    )
    errors = workflow(deeds).errors
    assert [(one.key, one.seen, one.right, one.at_seq) for one in errors] == [("wrong-customer:18", "18", "17", 4)]


def test_the_same_persons_merged_account_may_be_looked_at_but_not_written_to() -> None:
    merged = WORKFLOW.model_copy(update={"may_open": (OTHER_LIN,)})
    there_and_back = inserted(WORKFLOW_DEEDS, "verify", ("open", {"customer": OTHER_LIN}), ("open", {"customer": LIN}))
    assert score(merged, journal(there_and_back), WORKFLOW_PLAN).points == 100
    stayed = score(
        merged, journal(inserted(WORKFLOW_DEEDS, "submit", ("open", {"customer": OTHER_LIN}))), WORKFLOW_PLAN
    )
    assert [one.kind for one in stayed.critical] == [CriticalKind.WRONG_CUSTOMER_WRITE]


def test_a_ticket_on_another_customers_record_is_critical() -> None:
    result = workflow(inserted(WORKFLOW_DEEDS, "submit", ("open", {"customer": OTHER_LIN})))
    assert [one.kind for one in result.critical] == [CriticalKind.WRONG_CUSTOMER_WRITE]
    assert result.critical[0].at_seq == len(WORKFLOW_DEEDS) + 1


def test_bills_before_verification_are_a_disclosure() -> None:
    early = inserted(WORKFLOW_DEEDS, "verify", ("panel", {"panel": "bills"}), ("panel", {"panel": "broadband"}))
    assert [(one.key, one.at_seq) for one in workflow(early).critical] == [("disclosure:panel:bills", 4)]


def test_a_level_that_the_callers_proofs_do_not_carry_opens_nothing() -> None:
    claimed = [
        (kind, {"level": 2, "proofs": ["own-number", "name"]} if kind == "verify" else data)
        for kind, data in WORKFLOW_DEEDS
    ]
    result = workflow(claimed)
    assert [one.key for one in result.critical] == ["disclosure:panel:services"]
    assert [(one.key, one.seen, one.right) for one in result.errors] == [("verification", "V2 own-number+name", "V2")]


def test_a_proof_that_the_caller_never_gave_is_a_disclosure() -> None:
    invented = inserted(WORKFLOW_DEEDS, "panel", ("verify", {"level": 2, "proofs": ["own-number", "name", "face"]}))
    assert "disclosure:proof:face" in {one.key for one in workflow(invented).critical}


def test_more_verification_than_the_matter_needs_is_an_error() -> None:
    v1 = WORKFLOW.model_copy(update={"workflow": WORKFLOW.workflow.model_copy(update={"level": 1})})  # type: ignore[union-attr]
    result = score(v1, journal(WORKFLOW_DEEDS), WORKFLOW_PLAN)
    assert [(one.key, one.right) for one in result.errors] == [("verification", "V1")]


def test_unmasking_what_nobody_needs_is_an_error_and_before_verification_critical() -> None:
    after = workflow(inserted(WORKFLOW_DEEDS, "panel", ("unmask", {"field": "id"}), ("unmask", {"field": "id"})))
    assert [one.key for one in after.errors] == ["unmasked:17:id"]
    assert after.critical == ()
    before = workflow(inserted(WORKFLOW_DEEDS, "verify", ("unmask", {"field": "id"})))
    assert [one.key for one in before.critical] == ["disclosure:unmask:id"]


def test_a_fault_reported_with_an_address_alone_may_unmask_it() -> None:
    fault = task(
        WORKFLOW.kind,
        caller={"number": None, "says": "?", "proofs": ["name", "address"]},
        fields=[],
        may_unmask=["address"],
        workflow={"level": 0, "evidence": ["broadband"]},
    )
    deeds: Deeds = [
        ("begin", {}),
        ("open", {"customer": LIN}),
        ("unmask", {"field": "address"}),
        ("panel", {"panel": "broadband"}),
        ("pin", {"ref": "broadband"}),
        ("answer", {"field": "article", "value": "KB-CON-FEE"}),
        ("submit", {}),
    ]
    result = score(fault, journal(deeds), WORKFLOW_PLAN)
    assert (result.points, result.errors, result.critical) == (100, (), ())
    nosy = score(fault, journal(inserted(deeds, "panel", ("unmask", {"field": "number"}))), WORKFLOW_PLAN)
    assert [one.key for one in nosy.critical] == ["disclosure:unmask:number"]


def test_evidence_must_fit_and_be_the_right_customers() -> None:
    related = inserted(WORKFLOW_DEEDS, "submit", ("pin", {"ref": "bill:2026-02"}))
    assert workflow(related).errors == ()
    idle = inserted(WORKFLOW_DEEDS, "submit", ("pin", {"ref": "usage"}))
    assert [one.kind for one in workflow(idle).errors] == [ErrorKind.EVIDENCE_WRONG]
    elsewhere = [deed for deed in WORKFLOW_DEEDS if deed[0] != "pin"]
    elsewhere = inserted(
        elsewhere,
        "open",
        ("open", {"customer": OTHER_LIN}),
        ("pin", {"ref": "vas:bayvideo:1"}),
    )
    assert {one.kind for one in workflow(elsewhere).errors} == {
        ErrorKind.WRONG_CUSTOMER,
        ErrorKind.EVIDENCE_WRONG,
        ErrorKind.EVIDENCE_MISSING,
    }


def test_a_stale_value_and_a_superseded_article_are_named_as_such() -> None:
    stale = lookup(changed(LOOKUP_DEEDS, "contract.end", "2025-05-31"))
    assert [one.kind for one in stale.errors] == [ErrorKind.STALE]
    old = lookup(changed(LOOKUP_DEEDS, "article", "KB-CON-FEE-OLD"))
    assert [(one.kind, one.right) for one in old.errors] == [(ErrorKind.SUPERSEDED, "KB-CON-FEE")]
    wrong = lookup(changed(LOOKUP_DEEDS, "article", "KB-TIC-T1"))
    assert [one.kind for one in wrong.errors] == [ErrorKind.WRONG_ARTICLE]
    assert {one.rule for one in (*old.errors, *wrong.errors)} == {"1.4"}, "the rule that the right article explains"


@pytest.mark.parametrize(
    ("note", "tells"),
    [
        ("周*，129****0017，退费54.00元", False),
        ("周女士，尾号0017", False),
        ("周岚来电", True),
        ("周 岚来电", True),
        ("号码12900010017", True),
        ("号码１２９ ０００１ ００１７", True),
        ("回电 129-0009-8888", True),
        ("证件000000199001011234", True),
        ("证件 00000019900101123X", True),
        ("工单T2603140012，单号2603140012", False),
        ("账单191.50元，2026-02-03出账，2026-02-20到期", False),
    ],
)
def test_a_note_must_not_tell_who(note: str, tells: bool) -> None:
    assert tells_who(note, WORKFLOW.private) is tells
    kinds = [one.kind for one in workflow(changed(WORKFLOW_DEEDS, "ticket.note", note)).errors]
    assert kinds == ([ErrorKind.NOTE_UNMASKED] if tells else [])


@pytest.mark.parametrize(("seconds", "counted"), [(30, True), (30.001, False), (29.999, True)])
def test_a_lookup_counts_up_to_thirty_seconds(seconds: float, counted: bool) -> None:
    result = lookup(seconds=seconds)
    assert (result.counted, result.points) == (counted, 100 if counted else 0)


def test_extra_time_and_pauses_count_for_a_lookup_too() -> None:
    assert lookup(seconds=45, factor=Fraction(3, 2)).counted
    assert lookup(seconds=45, paused_seconds=15).counted


def test_a_lookup_needs_the_right_record_open_at_the_end() -> None:
    assert lookup(inserted(LOOKUP_DEEDS, "open", ("open", {"customer": OTHER_LIN}))).counted
    elsewhere = lookup(inserted(LOOKUP_DEEDS, "submit", ("open", {"customer": OTHER_LIN})))
    assert not elsewhere.counted
    assert [one.kind for one in elsewhere.errors] == [ErrorKind.WRONG_CUSTOMER, ErrorKind.WRONG_RECORD]


def test_a_lookup_left_to_time_out_does_not_count() -> None:
    assert not lookup([*LOOKUP_DEEDS[:-1], ("close", {})]).counted


def test_a_struck_out_error_no_longer_counts() -> None:
    result = workflow(two_errors(), 120, waived=frozenset({"field:amount", "field:never"}))
    assert (result.points, result.waived) == (97, ("field:amount",))
    late = lookup(changed(LOOKUP_DEEDS, "contract.end", "1 May 2020"), waived=frozenset({"field:contract.end"}))
    assert late.counted


def test_the_score_is_plain_data_too() -> None:
    told = as_document(workflow(two_errors(), 150))
    assert (told["points"], told["accuracy"], told["efficiency"]) == ("173/2", "64/1", "45/2")
    assert told["errors"][0]["right"] == "54.00"


def test_a_fields_time_runs_from_the_cue_to_its_last_change() -> None:
    film = list(journal(WORKFLOW_DEEDS, 60))
    begun = film[0].at
    taken = {
        str(one.data["field"]): (one.at - begun).total_seconds() * 1000 for one in film if one.kind == ActionKind.ANSWER
    }
    assert taken and dict(workflow().filled) == taken
    assert "amount" not in dict(workflow(changed(WORKFLOW_DEEDS, "amount", "")).filled), "left blank in the end"


wrongs = st.lists(
    st.sampled_from(
        [
            ("answer", {"field": "amount", "value": "18"}),
            ("answer", {"field": "solution", "value": "goodwill"}),
            ("answer", {"field": "ticket.level", "value": ""}),
            ("answer", {"field": "ticket.note", "value": "12900010017"}),
            ("answer", {"field": "article", "value": "KB-CON-FEE-OLD"}),
            ("open", {"customer": OTHER_LIN}),
            ("open", {"customer": LIN}),
            ("unmask", {"field": "id"}),
            ("pin", {"ref": "usage"}),
            ("unpin", {"ref": "vas:bayvideo:1"}),
            ("verify", {"level": 3, "proofs": ["face"]}),
        ]
    ),
    max_size=14,
)
plans = st.sampled_from([(LOOKUP, LOOKUP_DEEDS, LOOKUP_PLAN), (WORKFLOW, WORKFLOW_DEEDS, WORKFLOW_PLAN)])


@given(plans, wrongs, st.floats(0, 400), st.fractions(1, 3), st.data())
def test_striking_out_an_error_never_lowers_a_score(
    case: tuple[object, object, DrillPlan], more: Deeds, seconds: float, factor: Fraction, data: st.DataObject
) -> None:
    asked_for, deeds, plan = case
    actions = journal(inserted(deeds, "submit", *more), seconds)  # type: ignore[arg-type]
    before = score(asked_for, actions, plan, factor)  # type: ignore[arg-type]
    assert 0 <= before.points <= 100
    assert before == score(asked_for, actions, plan, factor)  # type: ignore[arg-type]
    keys = [one.key for one in before.errors] + [one.key for one in before.critical]
    assert len(keys) == len(set(keys))
    assert all(len(key) <= 120 for key in keys)
    struck = frozenset(data.draw(st.sets(st.sampled_from(keys))) if keys else ())
    after = score(asked_for, actions, plan, factor, 0, struck)  # type: ignore[arg-type]
    assert after.points >= before.points
    assert len(after.errors) + len(after.critical) == len(keys) - len(struck)


@given(wrongs, st.floats(0, 400))
def test_mending_an_answer_never_lowers_a_score(more: Deeds, seconds: float) -> None:
    wrong = inserted(WORKFLOW_DEEDS, "submit", *more)
    right = inserted(wrong, "submit", *[deed for deed in WORKFLOW_DEEDS if deed[0] == "answer"])
    assert workflow(right, seconds).points >= workflow(wrong, seconds).points


@given(wrongs)
def test_a_run_without_one_needless_look_is_never_worth_less(more: Deeds) -> None:
    whole = workflow(inserted(WORKFLOW_DEEDS, "submit", *more)).points
    for place, deed in enumerate(more):
        if deed[0] == "unmask":
            fewer = [*more[:place], *more[place + 1 :]]
            assert workflow(inserted(WORKFLOW_DEEDS, "submit", *fewer)).points >= whole
