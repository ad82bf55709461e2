"""What can be chosen in a task's fields, worded in both languages."""

from collections.abc import Mapping

from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.records import Status
from lms.domain.drills.tasks import Choice
from lms.domain.values import Texts


def chosen(words: Mapping[str, tuple[str, str]]) -> tuple[Choice, ...]:
    """Choices from code → (Chinese, English)."""
    return tuple(Choice(code=code, label=Texts(zh=zh, en=en)) for code, (zh, en) in words.items())


YES_NO = chosen({"yes": ("是", "yes"), "no": ("否", "no")})
LEVELS = chosen({"1": ("L1", "L1"), "2": ("L2", "L2"), "3": ("L3", "L3")})
STATUSES = chosen(
    {
        Status.ACTIVE: ("正常", "active"),
        Status.ONE_WAY: ("单停", "one-way suspension"),
        Status.FULL: ("双停", "full suspension"),
        Status.CLOSED: ("销号", "closed"),
        Status.PORTED_IN: ("携入", "ported in"),
        Status.PORTED_OUT: ("携出", "ported out"),
        Status.ANTI_FRAUD: ("反诈停机", "anti-fraud suspension"),
    }
)
CONTRACTS = chosen({"C12": ("C12", "C12"), "C24": ("C24", "C24"), "BayHome": ("湾智家合约", "BayHome contract")})
REMINDERS = chosen(
    {
        "delivered": ("已送达", "delivered"),
        "failed": ("发送失败", "failed"),
        "not-sent": ("未发送", "not sent"),
        "not-due": ("未到提醒时间", "not yet due"),
    }
)
CHANNELS = chosen(
    {
        "app": ("澄湾APP", "app"),
        "hotline": ("热线", "hotline"),
        "store": ("营业厅", "store"),
        "sms": ("短信", "SMS"),
        "partner": ("合作渠道", "partner"),
    }
)
LIGHTS = chosen({"off": ("熄灭", "off"), "red": ("红灯", "red")})
POWER = chosen({"on": ("亮", "on"), "off": ("不亮", "off")})
SETTINGS = chosen({"urban": ("城镇", "urban"), "rural": ("农村", "rural")})
ROLES = chosen({"master": ("主账户", "master account"), "merged": ("被合并账户", "merged account")})


def departments(catalogue: Catalogue) -> tuple[Choice, ...]:
    return tuple(Choice(code=one.code, label=one.name) for one in catalogue.products.departments)


def ticket_types(catalogue: Catalogue) -> tuple[Choice, ...]:
    return tuple(
        Choice(code=one.type.value, label=Texts(zh=f"{one.type} {one.name.zh}", en=f"{one.type} {one.name.en}"))
        for one in catalogue.products.tickets
    )


def packs(catalogue: Catalogue) -> tuple[Choice, ...]:
    return tuple(Choice(code=one.code, label=one.name) for one in catalogue.products.packs)


def lines(catalogue: Catalogue) -> tuple[Choice, ...]:
    return tuple(Choice(code=one.code, label=one.name) for one in catalogue.products.broadband)
