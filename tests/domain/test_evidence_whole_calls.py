"""Whole calls, good and poor, in both languages: what a listener with the rulebook in hand would note down.

Each call is written here; beside every rule stands the verdict, the turn and the words that a person finds. A rule
that is not named may say what it likes, except that nothing which was not evaluated may look clean.
"""

from dataclasses import dataclass, field

import pytest

from lms.domain.evidence import (
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
# Verdict, turn (None: none to show), the words at the span (empty: not asked about).
Found = tuple[Verdict, int | None, str]


@dataclass(frozen=True)
class Call:
    """``lines``: (seconds, C/A/ticket/transfer/hang-up, text); a ticket's text is "queue|summary|contact"."""

    name: str
    language: Language
    told: dict[str, object]
    lines: tuple[tuple[float, str, str], ...]
    expected: dict[str, list[Found]] = field(default_factory=dict)

    def transcript(self) -> Transcript:
        return Transcript(turns=tuple(turn(*line) for line in self.lines))


def turn(seconds: float, who: str, text: str) -> Turn:
    if who in ("A", "C"):
        return Turn(speaker=Speaker.AGENT if who == "A" else Speaker.CUSTOMER, seconds=seconds, text=text)
    form = None
    if who == "ticket":
        queue, summary, contact = text.split("|")
        form = TicketForm(queue=queue, summary=summary, contact=contact)
    return Turn(speaker=Speaker.AGENT, seconds=seconds, kind=Kind(who), ticket=form)


GOOD_ZH = Call(
    "误停机，办得好",
    Language.ZH,
    {"surname": "周", "agent_number": "3021", "facts": ("60元", "悦湾99"), "level": 2, "offers": False},
    (
        (0, "C", "我钱都交了，你们凭什么停我的机？"),
        (5, "A", "周女士您好，澄湾通信，工号3021。交了费还被停机，换谁都窝火，我马上查。"),
        (12, "C", "快点吧，我等着用。"),
        (16, "A", "为了保护您的信息安全，请您报一下身份证后四位。"),
        (25, "C", "0017。"),
        (28, "A", "核验通过。跟您确认一下问题：您3月2日交了费，3月10日还是停了机，对吗？"),
        (38, "C", "对，就是这样。"),
        (43, "A", "目前看，原因是合并账户时把一笔60元的旧账挂到了您的悦湾99上，初步判断责任在我们。"),
        (52, "C", "是吧，我就说嘛。"),
        (56, "A", "处理方案是：我现在提交加急复机，两小时内恢复，您看可以吗？"),
        (63, "C", "可以。"),
        (66, "ticket", "计费账务部|合账误停机，申请复机|尾号0017"),
        (72, "A", "工单尾号4821，由计费账务部处理，我来跟进，今晚八点前给您回电。"),
        (80, "C", "好。"),
        (83, "A", "后续如有疑问，可随时拨打8090或通过澄湾APP联系我们。"),
        (90, "hang-up", ""),
    ),
    {
        "greeting.surname": [(HIT, 1, "周女士")],
        "greeting.agent-number": [(HIT, 1, "工号3021")],
        "verification.asked": [(HIT, 3, "")],
        "verification.reason": [(HIT, 3, "为了保护您的信息安全")],
        "privacy.before-verification": [(CLEAR, None, "")],
        "wording.absolute-promise": [(CLEAR, None, "")],
        "wording.dismissal": [(CLEAR, None, "")],
        "privacy.identifier": [(CLEAR, None, "")],
        "empathy.specific": [(HIT, 1, "")],
        "confirmation.problem": [(HIT, 5, "")],
        "confirmation.responsibility": [(HIT, 7, "")],
        "confirmation.plan": [(HIT, 9, "")],
        "deadline.named": [(HIT, 9, "两小时内"), (HIT, 12, "今晚八点前")],
        "ticket.ending-told": [(HIT, 12, "工单尾号4821")],
        "ticket.department-told": [(HIT, 12, "计费账务部")],
        "ticket.time-told": [(HIT, 9, "两小时内")],
        "closing.hotline": [(HIT, 14, "8090")],
        "closing.time": [(HIT, 9, "两小时内")],
        "handover.in-time": [(NOT_EVALUATED, None, "")],
        "offer.price": [(NOT_EVALUATED, None, "")],
    },
)
POOR_ZH = Call(
    "误停机，办得差",
    Language.ZH,
    {"surname": "周", "agent_number": "3021", "facts": ("60元", "悦湾99"), "level": 2, "offers": False},
    (
        (0, "C", "我钱都交了，你们凭什么停我的机？"),
        (14, "A", "喂，什么事？"),
        (20, "C", "停机啊！"),
        (24, "A", "您先冷静一下。您的悦湾99欠了60元，号码是12900010017，对吧？"),
        (33, "C", "那不是我的钱！"),
        (37, "A", "这不归我管，您自己打给计费部吧。"),
        (44, "C", "你们就这么办事？"),
        (48, "A", "放心，明天百分之百给您恢复，处理方案就是这样，您看行吗？"),
        (58, "C", "可以恢复多久？"),
        (61, "A", "等了三天而已，您3月12日的账单我看到了。"),
        (66, "hang-up", ""),
    ),
    {
        "greeting.surname": [(CLEAR, None, "")],
        "greeting.brand": [(CLEAR, None, "")],
        "verification.asked": [(CLEAR, None, "")],
        "verification.reason": [(NOT_EVALUATED, None, "")],
        "privacy.before-verification": [(HIT, 3, "12900010017"), (HIT, 3, "60元"), (HIT, 3, "悦湾99")],
        "privacy.identifier": [(HIT, 3, "12900010017")],
        "wording.absolute-promise": [(HIT, 7, "百分之百")],
        "confirmation.problem": [(CLEAR, None, "")],
        "confirmation.plan": [(SUSPECTED, 7, "")],
        "deadline.named": [(CLEAR, None, "")],
        "closing.hotline": [(CLEAR, None, "")],
        "ticket.time-told": [(NOT_EVALUATED, None, "")],
    },
)
GOOD_EN = Call(
    "a disputed charge, handled well",
    Language.EN,
    {"surname": "Chen", "agent_number": "2087", "facts": ("54 yuan", "BaySee"), "level": 2, "offers": False},
    (
        (0, "C", "You've been taking money for something I never ordered."),
        (6, "A", "Good morning Mr Chen, this is Chengwan Telecom, agent number 2087. How can I help?"),
        (12, "C", "I just told you. Three months of it!"),
        (17, "A", "Paying three months for something you never asked for would annoy anyone, so let me look into it."),
        (24, "A", "To protect your account, could you give me the last four digits of your ID?"),
        (30, "C", "zero zero two two"),
        (34, "A", "Thank you, that matches. So your problem is three charges for BaySee, 54 yuan in all?"),
        (41, "C", "Yes, exactly."),
        (45, "A", "From what I can see so far there is no confirmation on record, so the cause is on our side."),
        (52, "C", "Right."),
        (55, "A", "What I'll do is cancel it now and send the refund to Billing. Does that work for you?"),
        (62, "C", "Yes, go ahead."),
        (66, "ticket", "Billing|three charges without confirmation|number ending 0022"),
        (72, "A", "The ticket ends in 5310, and Billing will reply by 19 March. I'll follow it up myself."),
        (80, "C", "Okay."),
        (83, "A", "If anything else comes up, call 8090 or reach us in the Chengwan app."),
        (88, "hang-up", ""),
    ),
    {
        "greeting.surname": [(HIT, 1, "Mr Chen")],
        "greeting.agent-number": [(HIT, 1, "")],
        "empathy.specific": [(HIT, 3, "")],
        "verification.asked": [(HIT, 4, "")],
        "verification.reason": [(HIT, 4, "")],
        "privacy.before-verification": [(CLEAR, None, "")],
        "wording.absolute-promise": [(CLEAR, None, "")],
        "wording.dismissal": [(CLEAR, None, "")],
        "confirmation.problem": [(HIT, 6, "")],
        "confirmation.responsibility": [(HIT, 8, "")],
        "confirmation.plan": [(HIT, 10, "")],
        "deadline.named": [(HIT, 13, "by 19 March")],
        "ticket.department-told": [(HIT, 10, "Billing")],
        "ticket.time-told": [(HIT, 13, "by 19 March")],
        "closing.time": [(HIT, 13, "by 19 March")],
        "closing.app": [(HIT, 15, "")],
    },
)
POOR_EN = Call(
    "a disputed charge, handled badly",
    Language.EN,
    {"surname": "Chen", "agent_number": "2087", "facts": ("54 yuan", "BaySee"), "level": 2, "offers": False},
    (
        (0, "C", "You've been taking money for something I never ordered."),
        (5, "A", "Hi. It's 54 yuan for BaySee since 12 January, on the number 07700 900482."),
        (13, "C", "Who allowed that?"),
        (18, "A", "You must have clicked it yourself, so calm down."),
        (24, "C", "I want it back."),
        (28, "A", "I guarantee you'll get it, the plan is a refund, is that okay?"),
        (35, "C", "No, I want it today."),
        (39, "A", "Your National Insurance number is AB 12 34 56 C, correct? Please pay the rest by 20 March."),
        (47, "hang-up", ""),
    ),
    {
        "greeting.brand": [(CLEAR, None, "")],
        "greeting.surname": [(CLEAR, None, "")],
        "privacy.before-verification": [
            (HIT, 1, "07700 900482"), (HIT, 1, "54 yuan"), (HIT, 1, "BaySee"), (HIT, 7, "AB 12 34 56 C"),
        ],
        "privacy.identifier": [(HIT, 1, "07700 900482"), (HIT, 7, "AB 12 34 56 C")],
        "wording.absolute-promise": [(HIT, 5, "")],
        "confirmation.plan": [(SUSPECTED, 5, "")],
        "deadline.named": [(CLEAR, None, "")],
        "closing.owner": [(CLEAR, None, "")],
    },
)  # fmt: skip
LEAK = {"surname": "林", "facts": (), "level": 3, "level_3_at": 20.0, "offers": False}
HANDED_OVER = Call(
    "隐私泄露，及时移交",
    Language.ZH,
    LEAK,
    (
        (0, "C", "我的通话记录被人拿到了！"),
        (6, "A", "林女士您好，澄湾通信，工号1188。通话记录外泄，您担心害怕我能体会。"),
        (20, "C", "我要找管隐私的。"),
        (30, "A", "这件事归合规与信息安全部，我现在为您升级。"),
        (300, "ticket", "合规与信息安全部|疑似通话记录外泄，已保全|尾号0031，今晚可接"),
        (310, "A", "工单尾号0907，合规与信息安全部24小时内联系您，这24小时里有事找我。"),
        (320, "transfer", ""),
    ),
    {
        "handover.in-time": [(HIT, 4, "")],
        "handover.queue": [(HIT, 4, "")],
        "handover.summary": [(HIT, 4, "")],
        "handover.contact": [(HIT, 4, "")],
        "confirmation.plan": [(NOT_EVALUATED, None, "")],
        "wording.dismissal": [(CLEAR, None, "")],
        "deadline.named": [(HIT, 5, "24小时内")],
    },
)
KEPT = Call(
    "隐私泄露，拖着不移交",
    Language.ZH,
    LEAK,
    (
        (0, "C", "我的通话记录被人拿到了！"),
        (9, "A", "哦，我记录一下，您两天前也打过电话吧？"),
        (20, "C", "我要找管隐私的。"),
        (700, "ticket", "合规与信息安全部||"),
        (705, "A", "好的，再见。"),
        (706, "hang-up", ""),
    ),
    {
        "handover.in-time": [(CLEAR, 3, "")],
        "handover.queue": [(HIT, 3, "")],
        "handover.summary": [(CLEAR, 3, "")],
        "handover.contact": [(CLEAR, 3, "")],
        "deadline.named": [(CLEAR, None, "")],
        "ticket.time-told": [(CLEAR, None, "")],
        "ticket.ending-told": [(CLEAR, None, "")],
    },
)
REFUSED = Call(
    "the check is refused, nothing is disclosed",
    Language.EN,
    {"surname": "Ma", "facts": ("69 yuan",), "level": 1},
    (
        (0, "C", "What does my wife pay? She had a bill in 2025."),
        (5, "A", "Good evening Mr Ma, Chengwan Telecom, agent number 4410."),
        (9, "A", "For your security I need to verify the account holder first."),
        (15, "C", "I'm not giving you anything, the bill of 2025 is all I want."),
        (21, "A", "Then I can't read it out, but she can call us and I'll note why."),
        (30, "C", "Fine."),
        (33, "A", "It's 69 yuan, between us."),
    ),
    {
        "verification.asked": [(HIT, 2, "")],
        "privacy.before-verification": [(HIT, 6, "69 yuan")],
        "wording.dismissal": [(CLEAR, None, "")],
        "closing.hotline": [(NOT_EVALUATED, None, "")],
        "confirmation.problem": [(NOT_EVALUATED, None, "")],
    },
)
MUTE = Call(
    "nobody answers",
    Language.ZH,
    {"level": 2},
    ((0, "C", "喂？有人吗？"),),
    {
        "wording.absolute-promise": [(NOT_EVALUATED, None, "")],
        "wording.dismissal": [(NOT_EVALUATED, None, "")],
        "privacy.identifier": [(NOT_EVALUATED, None, "")],
        "privacy.before-verification": [(NOT_EVALUATED, None, "")],
        "deadline.named": [(NOT_EVALUATED, None, "")],
        "confirmation.plan": [(NOT_EVALUATED, None, "")],
    },
)
CALLS = (GOOD_ZH, POOR_ZH, GOOD_EN, POOR_EN, HANDED_OVER, KEPT, REFUSED, MUTE)


def evidence(call: Call) -> tuple[Evidence, ...]:
    return evidence_of(call.transcript(), call.language, Circumstances.model_validate(call.told))


@pytest.mark.parametrize(
    ("call", "rule"), [(call, rule) for call in CALLS for rule in call.expected], ids=lambda of: getattr(of, "name", of)
)
def test_a_call_is_read_as_a_listener_reads_it(call: Call, rule: str) -> None:
    found = [one for one in evidence(call) if one.rule == rule]
    expected = call.expected[rule]
    assert [(one.verdict, one.turn) for one in found] == [(verdict, at) for verdict, at, _ in expected]
    for one, (_, at, words) in zip(found, expected, strict=True):
        if words and at is not None:
            assert call.lines[at][2][one.start : one.end] == words


def test_the_poor_agents_send_away_and_calm_by_command() -> None:
    for call, turns in ((POOR_ZH, {3, 5, 9}), (POOR_EN, {3})):
        found = [one for one in evidence(call) if one.rule == "wording.dismissal"]
        assert {one.turn for one in found if one.verdict is HIT} == turns


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_what_was_not_evaluated_shows_nothing_that_looks_clean(call: Call) -> None:
    for one in evidence(call):
        if one.verdict is NOT_EVALUATED:
            assert one.start is None
            assert one.note
