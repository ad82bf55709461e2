"""Rules over whole calls, each on a small transcript; what must come out is read off the rulebook by hand."""

import pytest
from pydantic import ValidationError

from lms.domain.evidence import (
    FAULTS,
    Circumstances,
    Evidence,
    Kind,
    Speaker,
    TicketForm,
    Transcript,
    Turn,
    Verdict,
    evidence_of,
)
from lms.domain.values import Language

HIT, SUSPECTED, CLEAR, NOT_EVALUATED = Verdict.HIT, Verdict.SUSPECTED, Verdict.CLEAR, Verdict.NOT_EVALUATED


def call(*lines: tuple[float, str, str]) -> Transcript:
    """Turns from (seconds, who, text); who is A, C, or a kind of deed by the agent."""
    turns = []
    for seconds, who, text in lines:
        if who in ("A", "C"):
            speaker = Speaker.AGENT if who == "A" else Speaker.CUSTOMER
            turns.append(Turn(speaker=speaker, seconds=seconds, text=text))
        else:
            form = TicketForm.model_validate_json(text) if who == Kind.TICKET else None
            turns.append(Turn(speaker=Speaker.AGENT, seconds=seconds, kind=Kind(who), ticket=form))
    return Transcript(turns=tuple(turns))


def found(
    rule: str, transcript: Transcript, language: Language = Language.ZH, **told: object
) -> list[tuple[Verdict, int | None]]:
    return [(one.verdict, one.turn) for one in of_rule(rule, transcript, language, **told)]


def of_rule(rule: str, transcript: Transcript, language: Language = Language.ZH, **told: object) -> list[Evidence]:
    circumstances = Circumstances.model_validate(told)
    return [one for one in evidence_of(transcript, language, circumstances) if one.rule == rule]


EMPTY = Transcript(turns=())
OPENING = call(
    (0, "C", "你们凭什么停我机？"),
    (4, "A", "周女士您好，澄湾通信，工号3021。停机影响到您了，我来处理。"),
)
OPENING_EN = call(
    (0, "C", "Why cut me off?"),
    (4, "A", "Hello Ms Zhou, this is Chengwan Telecom, agent number 3021."),
)


@pytest.mark.parametrize(("language", "transcript", "surname"), [("zh", OPENING, "周"), ("en", OPENING_EN, "Zhou")])
def test_a_full_greeting(language: str, transcript: Transcript, surname: str) -> None:
    for rule in ("greeting.brand", "greeting.salutation", "greeting.agent-number", "greeting.surname"):
        got = found(rule, transcript, Language(language), surname=surname, agent_number="3021")
        assert got == [(HIT, 1)], rule


def test_a_greeting_counts_in_the_first_reply_only() -> None:
    late = call(
        (0, "C", "喂？"), (2, "A", "您好，请讲。"), (9, "C", "停机了。"), (12, "A", "周女士，澄湾通信工号3021。")
    )
    assert found("greeting.brand", late) == [(CLEAR, None)]
    assert found("greeting.salutation", late) == [(HIT, 1)]
    assert found("greeting.surname", late, surname="周") == [(SUSPECTED, 3)]
    assert found("greeting.surname", late) == [(NOT_EVALUATED, None)]


def test_another_agent_number_than_the_calls_is_for_a_person_to_judge() -> None:
    assert found("greeting.agent-number", OPENING, agent_number="9999") == [(SUSPECTED, 1)]


VERIFIED = (
    (0.0, "A", "为了保护您的账户安全，请报一下身份证后四位。"),
    (9.0, "C", "0017"),
    (12.0, "A", "核验通过。"),
    (15.0, "A", "您名下是悦湾99。"),
)
UNVERIFIED = ((0.0, "A", "您好。"), (5.0, "A", "您名下是悦湾99，欠费60.00元。"))


def test_facts_told_after_the_check_are_no_disclosure() -> None:
    facts = ("悦湾99", "60.00")
    rule = "privacy.before-verification"
    assert found(rule, call(*VERIFIED), facts=facts) == [(CLEAR, None)]
    assert found(rule, call(*UNVERIFIED), facts=facts) == [(HIT, 1), (HIT, 1)]
    assert found(rule, call(*UNVERIFIED)) == [(NOT_EVALUATED, None)]
    assert found("verification.asked", call(*VERIFIED)) == [(HIT, 0)]
    assert found("verification.reason", call(*VERIFIED)) == [(HIT, 0)]
    assert found("verification.reason", call(*UNVERIFIED)) == [(NOT_EVALUATED, None)]


@pytest.mark.parametrize("answer", ["你要的我都输进去了，查吧。", "证件后四位和密码都输了。", "服务密码也按了，快查！"])
def test_the_customer_says_that_the_check_is_answered(answer: str) -> None:
    transcript = call((0, "A", "麻烦报一下姓名，再按一下服务密码。"), (5, "C", answer), (9, "A", "有一笔60元的欠费。"))
    assert found("privacy.before-verification", transcript, facts=("60",)) == [(CLEAR, None)]


def test_what_the_customer_said_first_is_not_disclosed() -> None:
    transcript = call((0, "C", "我的悦湾99怎么停了？"), (4, "A", "您的悦湾99我来查。"))
    assert found("privacy.before-verification", transcript, facts=("悦湾99",)) == [(CLEAR, None)]


def test_a_figure_is_not_told_by_a_longer_one() -> None:
    rule = "privacy.before-verification"
    greeting, bill = (0, "A", "您好，工号6021，号码后四位6017。"), (4, "A", "有一笔60元的欠费。")
    assert found(rule, call(greeting), facts=("60",)) == [(CLEAR, None)]
    assert found(rule, call(greeting, bill), facts=("60",)) == [(HIT, 1)]
    assert found(rule, call((0, "A", "工号6021，欠费60元。")), facts=("60",)) == [(HIT, 0)]


def test_a_request_alone_is_no_check() -> None:
    transcript = call((0, "A", "请报一下身份证后四位。"), (5, "C", "查户口啊？"), (8, "A", "您欠60.00元。"))
    assert found("privacy.before-verification", transcript, facts=("60.00",)) == [(HIT, 2)]


FIVE = "湾智家159每月159元，含120GB流量和1200分钟，次月1日生效，合约期12个月，提前解约按剩余月份每月20元收违约金。"


def test_the_five_tariff_elements_of_an_offer() -> None:
    elements = ("price", "content", "start", "term", "leaving")
    whole = call((0, "A", "给您介绍湾智家套餐。"), (5, "A", FIVE))
    price_only = call((0, "A", "给您推荐湾智家套餐，每月159元。"))
    nothing = call((0, "A", "您好。"))
    for element in elements:
        assert found(f"offer.{element}", whole) == [(HIT, 1)] or element == "content"
        assert found(f"offer.{element}", nothing) == [(NOT_EVALUATED, None)]
        assert found(f"offer.{element}", nothing, offers=True) == [(CLEAR, None)]
        assert found(f"offer.{element}", whole, offers=False) == [(NOT_EVALUATED, None)]
    assert [found(f"offer.{element}", price_only)[0][0] for element in elements] == [HIT, CLEAR, CLEAR, CLEAR, CLEAR]


TICKET = '{"queue": "计费账务部", "summary": "误停机", "contact": "129****0017"}'
GOOD_END = (
    (0.0, "ticket", TICKET),
    (5.0, "A", "工单尾号0123，计费账务部两小时内联系您。"),
    (9.0, "C", "行。"),
    (12.0, "A", "后续如有疑问，可随时拨打8090或通过澄湾APP联系我们。"),
    (15.0, "hang-up", ""),
)


def test_the_ticket_is_told_and_the_call_closed() -> None:
    transcript = call(*GOOD_END)
    for rule in ("ticket.ending-told", "ticket.department-told", "ticket.time-told", "closing.owner", "closing.time"):
        assert found(rule, transcript) == [(HIT, 1)], rule
    assert found("closing.hotline", transcript) == [(HIT, 3)]
    assert found("closing.app", transcript) == [(HIT, 3)]


def test_without_a_ticket_or_an_end_there_is_nothing_to_evaluate() -> None:
    transcript = call((0, "A", "您好。"))
    for rule in ("ticket.ending-told", "ticket.department-told", "closing.hotline", "closing.owner"):
        assert found(rule, transcript) == [(NOT_EVALUATED, None)], rule
    bare = call((0, "ticket", "{}"), (3, "A", "好的。"), (5, "hang-up", ""))
    assert found("ticket.ending-told", bare) == [(CLEAR, None)]
    assert found("closing.hotline", bare) == [(CLEAR, None)]


def test_open_and_closed_questions() -> None:
    transcript = call((0, "A", "请问具体是什么情况？"), (5, "C", "断网。"), (8, "A", "光猫的红灯亮吗？"))
    assert found("question.open", transcript) == [(HIT, 0)]
    assert found("question.closed", transcript) == [(HIT, 2)]
    english = call((0, "A", "What happened? Is the red light on?"))
    assert found("question.open", english, Language.EN) == [(HIT, 0)]
    assert found("question.closed", english, Language.EN) == [(HIT, 0)]
    assert found("question.open", call((0, "A", "您好。"))) == [(CLEAR, None)]


def test_three_confirmations_each_with_an_answer() -> None:
    transcript = call(
        (0, "A", "跟您确认一下问题：已缴费却被停机，对吗？"),
        (4, "C", "对。"),
        (8, "A", "初步核查，原因是合账时挂错了旧户的欠费。"),
        (12, "C", "不对，那不是我的！"),
        (15, "A", "处理方案是加急复机，您看可以吗？"),
        (19, "C", "可以。"),
    )
    told = {"level": 2}
    assert found("confirmation.problem", transcript, **told) == [(HIT, 0)]
    assert found("confirmation.responsibility", transcript, **told) == [(SUSPECTED, 2)]
    assert found("confirmation.plan", transcript, **told) == [(HIT, 4)]
    assert found("confirmation.plan", transcript) == [(NOT_EVALUATED, None)]
    assert found("confirmation.plan", transcript, level=1) == [(NOT_EVALUATED, None)]
    assert found("confirmation.plan", call((0, "A", "您好。")), **told) == [(CLEAR, None)]


@pytest.mark.parametrize(("at", "verdict"), [(630.0, HIT), (630.5, CLEAR)])
def test_a_hand_over_has_ten_minutes_from_the_need(at: float, verdict: Verdict) -> None:
    transcript = call((0, "C", "我的隐私泄露了。"), (at, "ticket", '{"queue": "合规", "summary": " "}'))
    [in_time] = of_rule("handover.in-time", transcript, level=3, level_3_at=30)
    assert (in_time.verdict, in_time.figure) == (verdict, at - 30)
    assert found("handover.queue", transcript, level=3, level_3_at=30) == [(HIT, 1)]
    assert found("handover.summary", transcript, level=3, level_3_at=30) == [(CLEAR, 1)]
    assert found("handover.contact", transcript, level=3, level_3_at=30) == [(CLEAR, 1)]


def test_no_hand_over_is_asked_of_other_calls() -> None:
    assert found("handover.in-time", OPENING, level=2) == [(NOT_EVALUATED, None)]
    assert found("handover.in-time", OPENING, level=3) == [(NOT_EVALUATED, None)]
    assert found("handover.in-time", OPENING, level=3, level_3_at=1) == [(CLEAR, None)]


def test_replies_are_timed_from_the_customers_last_line_and_holding_phrases_counted_apart() -> None:
    transcript = call(
        (0, "C", "断网了。"),
        (3, "C", "有人吗？"),
        (13, "A", "您好，请讲。"),
        (20, "C", "什么时候修好？"),
        (31, "A", "请稍等。"),
        (50, "A", "网络运维部明天下午两点前上门。"),
    )
    late = of_rule("response.late", transcript)
    assert [(one.verdict, one.turn, one.figure, one.note) for one in late] == [
        (CLEAR, 2, 10.0, ""),
        (HIT, 4, 11.0, "holding"),
    ]
    assert [(one.turn, one.figure) for one in of_rule("response.substance", transcript)] == [(5, 30.0)]


def test_a_hold_lasts_a_minute_at_most() -> None:
    transcript = call(
        (0, "hold", ""), (61, "A", "让您久等了。"), (70, "hold", ""), (130, "A", "好了。"), (140, "hold", "")
    )
    assert found("hold.too-long", transcript) == [(HIT, 0), (CLEAR, 2), (NOT_EVALUATED, 4)]


def test_a_hold_ends_when_the_agent_comes_back_not_when_they_speak() -> None:
    transcript = call((0, "hold", ""), (30, "resume", ""), (75, "A", "让您久等了。"))
    assert [(one.verdict, one.figure) for one in of_rule("hold.too-long", transcript)] == [(CLEAR, 30.0)]


@pytest.mark.parametrize(
    ("between", "waited"),
    [
        ([(4, "hold", ""), (50, "resume", "")], 9.0),  # 4 s before the hold, 5 s after it
        ([(4, "hold", "")], 4.0),  # the words themselves end it
        ([(4, "hold", ""), (20, "resume", ""), (25, "hold", ""), (50, "resume", "")], 14.0),
    ],
)
def test_time_on_hold_is_no_time_of_response(between: list[tuple[float, str, str]], waited: float) -> None:
    transcript = call((0, "C", "到底为什么停机？"), *between, (55, "A", "是旧账号的欠费。"))
    (late,) = of_rule("response.late", transcript)
    assert (late.figure, late.verdict) == (waited, HIT if waited > 10 else CLEAR)


def test_a_hold_that_began_before_the_customer_spoke_counts_from_their_words() -> None:
    transcript = call((0, "hold", ""), (60, "C", "喂？还在吗？"), (70, "resume", ""), (73, "A", "在的，让您久等。"))
    assert [one.figure for one in of_rule("response.late", transcript)] == [3.0]


def test_the_wait_for_substance_leaves_the_hold_out_too() -> None:
    transcript = call(
        (0, "C", "为什么？"), (3, "A", "请稍等。"), (5, "hold", ""), (45, "resume", ""), (52, "A", "是旧账号的欠费。")
    )
    assert [one.figure for one in of_rule("response.substance", transcript)] == [12.0]


def test_the_share_of_the_talk() -> None:
    transcript = call((0, "C", "四个字啊"), (2, "A", "一共有十二个字，不算标点。"))  # 4 and 11 characters
    [share] = of_rule("talk.share", transcript)
    assert share.figure == 11 / 15
    english = call((0, "C", "one two"), (2, "A", "three four five six"))
    assert [one.figure for one in of_rule("talk.share", english, Language.EN)] == [4 / 6]


def test_wording_and_deadlines_stand_at_their_turn_and_place() -> None:
    transcript = call((0, "A", "您好。"), (5, "C", "保证吗？"), (8, "A", "我保证24小时内退。"))
    [promise] = of_rule("wording.absolute-promise", transcript)
    assert (promise.verdict, promise.turn, promise.start, promise.end) == (HIT, 2, 1, 3)
    assert found("wording.dismissal", transcript) == [(CLEAR, None)]
    [deadline] = of_rule("deadline.named", transcript)
    assert (deadline.turn, "我保证24小时内退。"[deadline.start : deadline.end]) == (2, "24小时内")


def test_nothing_said_is_never_clear() -> None:
    for language in Language:
        assert {one.verdict for one in evidence_of(EMPTY, language)} == {NOT_EVALUATED}
        customer_only = call((0, "C", "喂？"))
        assert {one.verdict for one in evidence_of(customer_only, language)} <= {NOT_EVALUATED, HIT}


def test_every_fault_is_a_rule() -> None:
    rules = {one.rule for one in evidence_of(OPENING, Language.ZH)}
    assert rules >= FAULTS


def test_a_transcript_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValidationError):
        call((5, "C", "一"), (4, "A", "二"))
    with pytest.raises(ValidationError):
        Turn(speaker=Speaker.AGENT, seconds=1, kind=Kind.TICKET)
    with pytest.raises(ValidationError):
        Turn(speaker=Speaker.AGENT, seconds=float("nan"))
