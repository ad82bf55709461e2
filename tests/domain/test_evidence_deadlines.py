"""Deadlines: what the house promises to have done by then, told from every other time that is mentioned."""

import pytest

from lms.domain.evidence import Speaker, Transcript, Turn, Verdict, evidence_of
from lms.domain.values import Language

PROMISED = {
    "我24小时内给您退。": "24小时内",
    "工单已建，计费账务部两小时内联系您。": "两小时内",
    "明天下午三点前我给您回电。": "明天下午三点前",
    "最晚周三，我会给您回电话说明结果。": "最晚周三",
    "最晚明天下午六点前会有同事联系您。": "最晚明天下午六点前",
    "退款会在3月19日前到账。": "3月19日前",
    "审批通过后一般三个工作日到余额，您会收到短信。": "一般三个工作日",
    "抢修进展每四小时我给您回一次话。": "每四小时",
    "装维师傅明天上午9点上门。": "明天上午9点",
    "您会在五分钟内收到一条短信。": "五分钟内",
    "今天20:00前给您恢复。": "今天20:00前",
    "Within two hours Billing will call you.": "Within two hours",
    "The refund will be in your account by 19 March.": "by 19 March",
    "I'll call you back by Friday.": "by Friday",
    "I'll ring you in ten minutes.": "in ten minutes",
    "I'll update you every four hours.": "every four hours",
    "The engineer will come tomorrow at nine.": "tomorrow at nine",
    "You'll have an answer by the end of the day.": "by the end of the day",
    "I'll call you back by Wednesday at the latest.": "by Wednesday at the latest",
}
ONLY_MENTIONED = (
    "您3月12日的账单是60元。",
    "您等了三天，我看到工单了。",
    "断网时间是16日上午九点到18日晚上九点，一共六十个小时。",
    "犹豫期七天内取消不收费。",
    "请您在3月20日前缴清。",
    "您三天前打过一次电话。",
    "上次同事说两小时内给您回电，对吗？",
    "如果两小时内没恢复，请您再来电。",
    "您说“两小时内给我回电”，我查一下。",
    "合约期是12个月，每月80元。",
    "您两天没有收到短信是吗？",
    "录音会保留180天。",
    "Your bill of 12 March shows 60 yuan.",
    "You waited three days for a reply.",
    "Please pay by 20 March.",
    "If you pay by 20 March, nothing happens.",
    "Within seven days you can cancel free of charge.",
    "My colleague said you'd get a call within two hours.",
    "The contract runs for 12 months.",
    "You called before noon yesterday.",
    "In the last three days you were cut off twice.",
    "Did you get the text within two hours?",
)


def spans(text: str) -> list[str]:
    language = Language.ZH if any("㐀" <= character <= "鿿" for character in text) else Language.EN
    transcript = Transcript(turns=(Turn(speaker=Speaker.AGENT, seconds=0, text=text),))
    found = [one for one in evidence_of(transcript, language) if one.rule == "deadline.named"]
    assert {one.verdict for one in found} in ({Verdict.HIT}, {Verdict.CLEAR})
    return [text[one.start : one.end] for one in found if one.verdict is Verdict.HIT]


@pytest.mark.parametrize(("text", "deadline"), PROMISED.items())
def test_a_promised_time_is_a_deadline(text: str, deadline: str) -> None:
    assert spans(text) == [deadline]


@pytest.mark.parametrize("text", ONLY_MENTIONED)
def test_a_time_that_is_only_mentioned_is_none(text: str) -> None:
    assert spans(text) == []
