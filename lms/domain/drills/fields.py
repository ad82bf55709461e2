"""The fields that a task can ask for: how each is read from a customer, its kind, label, panel and rule.

The values are canonical texts (`lms.domain.drills.answers` compares typed ones with them).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.desk import PanelName
from lms.domain.crm.moments import TODAY
from lms.domain.crm.records import Status
from lms.domain.drills import facts, figures
from lms.domain.drills.facts import Case
from lms.domain.drills.tasks import Asked, Choice, FieldKind
from lms.domain.values import Texts

PORTING_REST = timedelta(days=120)  # rulebook 1.4

_Read = Callable[[Case], object | None]
_Many = Callable[[Case], Iterable[object]]
_Choices = Callable[[Catalogue], tuple[Choice, ...]]


@dataclass(frozen=True, slots=True)
class Source:
    """``stale``: what stands on the record and is out of date."""

    kind: FieldKind
    label: Texts
    panel: PanelName
    rule: str
    read: _Read
    stale: _Many = lambda _case: ()
    choices: _Choices = lambda _catalogue: ()


class UnreadableField(LookupError):
    """The customer has not the one thing that the field is read from."""


def ask(field: str, case: Case) -> Asked:
    """The field as it is asked of this customer. Raises KeyError for an unknown field, UnreadableField for a value
    that the customer has not."""
    source = FIELDS[field]
    value = source.read(case)
    if value is None:
        raise UnreadableField(field)
    expected = canonical(value)
    elsewhere = source.read(Case(case.companion, case.catalogue)) if case.companion and case.companion.closed else None
    outdated = {canonical(one) for one in (*source.stale(case), elsewhere) if one is not None} - {expected}
    return Asked(
        field=field,
        kind=source.kind,
        label=source.label,
        panel=source.panel.value,
        rule=source.rule,
        expected=expected,
        stale=tuple(sorted(outdated)),
        choices=source.choices(case.catalogue),
    )


def canonical(value: object) -> str:
    """``date`` → 2026-05-31, ``datetime`` → 2026-03-17T10:24 (the operator's time), ``Decimal`` → 54.00."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def chosen(words: Mapping[str, tuple[str, str]]) -> tuple[Choice, ...]:
    """Choices from code → (Chinese, English)."""
    return tuple(Choice(code=code, label=Texts(zh=zh, en=en)) for code, (zh, en) in words.items())


YES_NO = chosen({"yes": ("是", "yes"), "no": ("否", "no")})
LEVELS = chosen({"1": ("L1", "L1"), "2": ("L2", "L2"), "3": ("L3", "L3")})
_STATUS = chosen(
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
_CONTRACTS = chosen({"C12": ("C12", "C12"), "C24": ("C24", "C24"), "BayHome": ("湾智家合约", "BayHome contract")})
_REMINDERS = chosen(
    {
        "delivered": ("已送达", "delivered"),
        "failed": ("发送失败", "failed"),
        "not-sent": ("未发送", "not sent"),
        "not-due": ("未到提醒时间", "not yet due"),
    }
)
_CHANNELS = chosen(
    {
        "app": ("澄湾APP", "app"),
        "hotline": ("热线", "hotline"),
        "store": ("营业厅", "store"),
        "sms": ("短信", "SMS"),
        "partner": ("合作渠道", "partner"),
    }
)
_LIGHTS = chosen({"off": ("熄灭", "off"), "red": ("红灯", "red")})
_POWER = chosen({"on": ("亮", "on"), "off": ("不亮", "off")})
_SETTINGS = chosen({"urban": ("城镇", "urban"), "rural": ("农村", "rural")})
_ROLES = chosen({"master": ("主账户", "master account"), "merged": ("被合并账户", "merged account")})


def departments(catalogue: Catalogue) -> tuple[Choice, ...]:
    return tuple(Choice(code=one.code, label=one.name) for one in catalogue.products.departments)


def ticket_types(catalogue: Catalogue) -> tuple[Choice, ...]:
    return tuple(
        Choice(code=one.type.value, label=Texts(zh=f"{one.type} {one.name.zh}", en=f"{one.type} {one.name.en}"))
        for one in catalogue.products.tickets
    )


def _packs(catalogue: Catalogue) -> tuple[Choice, ...]:
    return tuple(Choice(code=one.code, label=one.name) for one in catalogue.products.packs)


def _lines(catalogue: Catalogue) -> tuple[Choice, ...]:
    return tuple(Choice(code=one.code, label=one.name) for one in catalogue.products.broadband)


def _always(choices: tuple[Choice, ...]) -> _Choices:
    return lambda _catalogue: choices


def _of(thing: Callable[[Case], object | None], name: str) -> _Read:
    """An attribute of the one thing that the case is about."""

    def read(case: Case) -> object | None:
        found = thing(case)
        return None if found is None else getattr(found, name)

    return read


def _each(things: Callable[[Case], Iterable[object]], name: str) -> _Many:
    return lambda case: (getattr(one, name) for one in things(case))


def _customer(case: Case) -> object:
    return case.customer


def _line(case: Case) -> object | None:
    return case.customer.broadband


def _port(case: Case) -> object | None:
    return case.customer.port


def _merge(case: Case) -> object | None:
    return case.customer.merge


def _setting(case: Case) -> str | None:
    line = case.customer.broadband
    return None if line is None else ("rural" if line.rural else "urban")


def _serials_agree(case: Case) -> bool | None:
    line = case.customer.broadband
    return None if line is None or line.ont_seen is None else line.ont_seen == line.ont_serial


def _next_port(case: Case) -> date | None:
    port = case.customer.port
    return port.on + PORTING_REST if port and port.way == "in" else None


def _months_left(case: Case) -> int | None:
    one = facts.contract(case)
    return facts.months_between(TODAY, one.end) if one and one.start <= TODAY else None


def _confirmed(case: Case) -> bool | None:
    one = facts.service(case)
    return None if one is None else one.confirmation is not None


def _charged_months(case: Case) -> int | None:
    one = facts.service(case)
    return None if one is None else len(one.charged_months)


def _ended_on(case: Case) -> date | None:
    one = facts.last_contract(case)
    return (one.ended_early or one.end) if one else None


def _extra_sims(case: Case) -> int:
    return sum(not sim.main for sim in case.customer.sims)


def _contact_since(case: Case) -> date | None:
    return case.customer.contacts[0].since if len(case.customer.contacts) == 1 else None


def _earlier_bills(case: Case) -> Iterable[object]:
    return (bill.total for bill in case.customer.bills[1:])


def _earlier_paid(case: Case) -> Iterable[object]:
    return (bill.paid_on for bill in case.customer.bills[1:])


def _line_of_last_bill(code: str) -> _Read:
    def read(case: Case) -> Decimal | None:
        bill = facts.last_bill(case)
        lines = [line.amount for line in bill.lines if line.code == code] if bill else []
        return sum(lines, Decimal("0.00")) if lines else None

    return read


def _t(zh: str, en: str) -> Texts:
    return Texts(zh=zh, en=en)


D, M, N, X, C, W = (
    FieldKind.DATE,
    FieldKind.MONEY,
    FieldKind.NUMBER,
    FieldKind.TEXT,
    FieldKind.CHOICE,
    FieldKind.MOMENT,
)
P = PanelName
FIELDS: dict[str, Source] = {
    "status": Source(C, _t("号码状态", "Status"), P.PLAN, "4", _of(_customer, "status"), choices=_always(_STATUS)),
    "opened": Source(D, _t("入网日期", "Opened on"), P.PLAN, "4", _of(_customer, "opened")),
    "plan.monthly": Source(
        M,
        _t("套餐月费（元）", "Plan fee a month (yuan)"),
        P.PLAN,
        "1.2",
        lambda case: case.customer.plan.monthly,
        _each(lambda case: case.customer.earlier_plans, "monthly"),
    ),
    "plan.version": Source(
        X,
        _t("套餐版本", "Plan version"),
        P.PLAN,
        "1.2",
        lambda case: case.customer.plan.version,
        _each(lambda case: case.customer.earlier_plans, "version"),
    ),
    "plan.started": Source(
        D,
        _t("套餐生效日期", "Plan held since"),
        P.PLAN,
        "1.2",
        lambda case: case.customer.plan.started,
        _each(lambda case: case.customer.earlier_plans, "started"),
    ),
    "contract.kind": Source(
        C, _t("合约类型", "Contract"), P.CONTRACTS, "1.4", _of(facts.contract, "kind"), choices=_always(_CONTRACTS)
    ),
    "contract.start": Source(
        D,
        _t("合约开始日", "Contract start"),
        P.CONTRACTS,
        "1.4",
        _of(facts.contract, "start"),
        _each(facts.ended_contracts, "start"),
    ),
    "contract.end": Source(
        D,
        _t("合约到期日", "Contract's last day"),
        P.CONTRACTS,
        "1.4",
        _of(facts.contract, "end"),
        _each(facts.ended_contracts, "end"),
    ),
    "contract.discount": Source(
        M,
        _t("每月合约优惠（元）", "Contract discount a month (yuan)"),
        P.CONTRACTS,
        "1.4",
        _of(facts.contract, "discount"),
        _each(facts.ended_contracts, "discount"),
    ),
    "contract.left": Source(
        N, _t("剩余整月数（不含当月，个月）", "Full months left (this one excluded)"), P.CONTRACTS, "1.4", _months_left
    ),
    "contract.fee": Source(
        M,
        _t("现在解约的提前终止费（元）", "Termination fee if ended now (yuan)"),
        P.CONTRACTS,
        "1.4",
        figures.termination_fee,
        figures.former_termination_fees,
    ),
    "contract.ended": Source(D, _t("上一合约结束日", "Last contract ended on"), P.CONTRACTS, "1.4", _ended_on),
    "pack.code": Source(
        C,
        _t("最近订购的加油包", "Pack ordered last"),
        P.PLAN,
        "1.2",
        _of(facts.pack, "code"),
        _each(facts.other_packs, "code"),
        _packs,
    ),
    "pack.expires": Source(
        D,
        _t("加油包失效日期", "Pack expires on"),
        P.PLAN,
        "1.2",
        _of(facts.pack, "expires"),
        _each(facts.other_packs, "expires"),
    ),
    "pack.used": Source(
        C, _t("加油包是否已使用", "Pack used"), P.PLAN, "1.6", _of(facts.pack, "used"), choices=_always(YES_NO)
    ),
    "pack.bought": Source(W, _t("加油包订购时间", "Pack ordered at"), P.PLAN, "1.6", _of(facts.pack, "bought")),
    "usage.data": Source(
        N, _t("本月已用流量（GB）", "Data this month (GB)"), P.USAGE, "1.2", lambda case: case.customer.usage.data_gb
    ),
    "usage.voice": Source(
        N,
        _t("本月已用语音（分钟）", "Voice this month (minutes)"),
        P.USAGE,
        "1.2",
        lambda case: case.customer.usage.voice_minutes,
    ),
    "usage.messages": Source(
        N, _t("本月已发短信（条）", "SMS this month"), P.USAGE, "1.2", lambda case: case.customer.usage.messages
    ),
    "usage.overage": Source(
        M,
        _t("本月套外流量费到目前为止（元）", "Data overage this month so far (yuan)"),
        P.USAGE,
        "1.2",
        figures.data_overage,
        figures.uncapped_overage,
    ),
    "bill.total": Source(
        M,
        _t("最近一期账单金额（元）", "Latest bill, total (yuan)"),
        P.BILLS,
        "1.5",
        _of(facts.last_bill, "total"),
        _earlier_bills,
    ),
    "bill.paid": Source(
        D,
        _t("最近一期账单缴费日期", "Latest bill paid on"),
        P.BILLS,
        "1.5",
        _of(facts.last_bill, "paid_on"),
        _earlier_paid,
    ),
    "bill.due": Source(
        D,
        _t("最近一期账单缴费截止日", "Latest bill due on"),
        P.BILLS,
        "1.5",
        _of(facts.last_bill, "due"),
        lambda case: (bill.due for bill in case.customer.bills[1:]),
    ),
    "bill.data-overage": Source(
        M,
        _t("最近一期账单套外流量费（元）", "Latest bill, data overage (yuan)"),
        P.BILLS,
        "1.2",
        _line_of_last_bill("data-overage"),
    ),
    "bill.late-fee": Source(M, _t("滞纳金（元）", "Late fee (yuan)"), P.BILLS, "1.5", figures.late_fee),
    "arrears": Source(M, _t("欠费金额（元）", "Arrears (yuan)"), P.BILLS, "1.5", _of(_customer, "arrears")),
    "merge.role": Source(
        C, _t("合户角色", "Role in the merger"), P.PEOPLE, "4", _of(_merge, "role"), choices=_always(_ROLES)
    ),
    "merge.account": Source(
        X, _t("合户的另一账户号", "The other account"), P.PEOPLE, "4", _of(_merge, "other_account")
    ),
    "merge.on": Source(D, _t("合户日期", "Merged on"), P.PEOPLE, "4", _of(_merge, "on")),
    "merge.arrears": Source(
        M, _t("被合并账户的欠费（元）", "Arrears of the merged account (yuan)"), P.PEOPLE, "4", _of(_merge, "arrears")
    ),
    "vas.confirmation": Source(
        C,
        _t("有无二次确认记录", "Second confirmation on record"),
        P.SERVICES,
        "1.3",
        _confirmed,
        choices=_always(YES_NO),
    ),
    "vas.reminder": Source(
        C,
        _t("续订提醒短信", "Renewal reminder"),
        P.SERVICES,
        "1.3",
        _of(facts.service, "reminder"),
        choices=_always(_REMINDERS),
    ),
    "vas.ordered": Source(
        D, _t("增值业务订购日期", "Service ordered on"), P.SERVICES, "1.3", _of(facts.service, "ordered")
    ),
    "vas.cancelled": Source(
        D, _t("增值业务退订日期", "Service cancelled on"), P.SERVICES, "1.3", _of(facts.service, "cancelled")
    ),
    "vas.channel": Source(
        C,
        _t("订购渠道", "Ordered through"),
        P.SERVICES,
        "1.3",
        _of(facts.service, "channel"),
        choices=_always(_CHANNELS),
    ),
    "vas.charged": Source(N, _t("已扣费月数（个月）", "Months charged"), P.SERVICES, "1.6", _charged_months),
    "vas.monthly": Source(
        M, _t("增值业务月费（元）", "Service fee a month (yuan)"), P.SERVICES, "1.3", _of(facts.service, "monthly")
    ),
    "broadband.plan": Source(C, _t("宽带产品", "Broadband"), P.BROADBAND, "1.3", _of(_line, "plan"), choices=_lines),
    "broadband.setting": Source(
        C, _t("城镇或农村", "Urban or rural"), P.BROADBAND, "1.5", _setting, choices=_always(_SETTINGS)
    ),
    "broadband.gigabit": Source(
        C, _t("是否千兆地址", "Gigabit address"), P.BROADBAND, "1.3", _of(_line, "gigabit"), choices=_always(YES_NO)
    ),
    "broadband.los": Source(
        C, _t("LOS灯", "LOS light"), P.BROADBAND, "1.7", _of(_line, "los"), choices=_always(_LIGHTS)
    ),
    "broadband.power": Source(
        C, _t("光猫电源灯", "ONT power light"), P.BROADBAND, "1.7", _of(_line, "power"), choices=_always(_POWER)
    ),
    "broadband.ont": Source(
        X, _t("系统登记的光猫序列号", "ONT serial in the CRM"), P.BROADBAND, "1.7", _of(_line, "ont_serial")
    ),
    "broadband.ont-seen": Source(
        X, _t("网络侧看到的光猫序列号", "ONT serial seen by the network"), P.BROADBAND, "1.7", _of(_line, "ont_seen")
    ),
    "broadband.match": Source(
        C,
        _t("两处光猫序列号是否一致", "Both ONT serials agree"),
        P.BROADBAND,
        "1.7",
        _serials_agree,
        choices=_always(YES_NO),
    ),
    "broadband.since": Source(
        W, _t("宽带中断起始时间", "Broadband down since"), P.BROADBAND, "1.5", _of(_line, "outage_since")
    ),
    "port.on": Source(D, _t("携入日期", "Ported on"), P.PLAN, "1.4", _of(_port, "on")),
    "port.next": Source(
        D, _t("满120天、最早可再携出的日期", "Earliest day of another port (120 days)"), P.PLAN, "1.4", _next_port
    ),
    "open-ticket.number": Source(
        X,
        _t("在办工单号", "Open ticket, number"),
        P.TICKETS,
        "1.7",
        _of(facts.open_ticket, "number"),
        _each(facts.closed_tickets, "number"),
    ),
    "open-ticket.type": Source(
        C,
        _t("在办工单类型", "Open ticket, type"),
        P.TICKETS,
        "1.7",
        _of(facts.open_ticket, "type"),
        choices=ticket_types,
    ),
    "open-ticket.department": Source(
        C,
        _t("在办工单受理部门", "Open ticket, department"),
        P.TICKETS,
        "1.7",
        _of(facts.open_ticket, "department"),
        choices=departments,
    ),
    "open-ticket.level": Source(
        C,
        _t("在办工单级别", "Open ticket, level"),
        P.TICKETS,
        "1.7",
        _of(facts.open_ticket, "level"),
        choices=_always(LEVELS),
    ),
    "open-ticket.due": Source(
        W,
        _t("在办工单到期时间", "Open ticket, due"),
        P.TICKETS,
        "1.7",
        _of(facts.open_ticket, "due"),
        lambda case: (one.due for one in facts.closed_tickets(case) if one.due),
    ),
    "sims.extra": Source(N, _t("副卡张数（张）", "Extra SIMs"), P.PEOPLE, "1.2", _extra_sims),
    "contact.since": Source(D, _t("授权联系人登记日期", "Authorised contact since"), P.PEOPLE, "1.8", _contact_since),
}
