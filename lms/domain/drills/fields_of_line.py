"""Fields of the mobile line: plan, contract, packs, usage, porting."""

from datetime import date

from lms.domain.crm import billing
from lms.domain.crm.desk import PanelName as P
from lms.domain.crm.moments import TODAY
from lms.domain.drills import choices, facts, figures
from lms.domain.drills.facts import Case
from lms.domain.drills.sources import Source, always, each, of, texts
from lms.domain.drills.tasks import FieldKind


def _customer(case: Case) -> object:
    return case.customer


def _port(case: Case) -> object | None:
    return case.customer.port


def _next_port(case: Case) -> date | None:
    port = case.customer.port
    return billing.may_port_on(port.on) if port and port.way == "in" else None


def _months_left(case: Case) -> int | None:
    one = facts.contract(case)
    return facts.months_between(TODAY, one.end) if one and one.start <= TODAY else None


def _ended_on(case: Case) -> date | None:
    one = facts.last_contract(case)
    return (one.ended_early or one.end) if one else None


def _extra_sims(case: Case) -> int:
    return sum(not sim.main for sim in case.customer.sims)


LINE_FIELDS: dict[str, Source] = {
    "status": Source(
        FieldKind.CHOICE,
        texts("号码状态", "Status"),
        P.PLAN,
        "4",
        of(_customer, "status"),
        choices=always(choices.STATUSES),
    ),
    "opened": Source(FieldKind.DATE, texts("入网日期", "Opened on"), P.PLAN, "4", of(_customer, "opened")),
    "plan.monthly": Source(
        FieldKind.MONEY,
        texts("套餐月费（元）", "Plan fee a month (yuan)"),
        P.PLAN,
        "1.2",
        lambda case: case.customer.plan.monthly,
        each(lambda case: case.customer.earlier_plans, "monthly"),
    ),
    "plan.version": Source(
        FieldKind.TEXT,
        texts("套餐版本", "Plan version"),
        P.PLAN,
        "1.2",
        lambda case: case.customer.plan.version,
        each(lambda case: case.customer.earlier_plans, "version"),
    ),
    "plan.started": Source(
        FieldKind.DATE,
        texts("套餐生效日期", "Plan held since"),
        P.PLAN,
        "1.2",
        lambda case: case.customer.plan.started,
        each(lambda case: case.customer.earlier_plans, "started"),
    ),
    "contract.kind": Source(
        FieldKind.CHOICE,
        texts("合约类型", "Contract"),
        P.CONTRACTS,
        "1.4",
        of(facts.contract, "kind"),
        choices=always(choices.CONTRACTS),
    ),
    "contract.start": Source(
        FieldKind.DATE,
        texts("合约开始日", "Contract start"),
        P.CONTRACTS,
        "1.4",
        of(facts.contract, "start"),
        each(facts.ended_contracts, "start"),
    ),
    "contract.end": Source(
        FieldKind.DATE,
        texts("合约到期日", "Contract's last day"),
        P.CONTRACTS,
        "1.4",
        of(facts.contract, "end"),
        each(facts.ended_contracts, "end"),
    ),
    "contract.discount": Source(
        FieldKind.MONEY,
        texts("每月合约优惠（元）", "Contract discount a month (yuan)"),
        P.CONTRACTS,
        "1.4",
        of(facts.contract, "discount"),
        each(facts.ended_contracts, "discount"),
    ),
    "contract.left": Source(
        FieldKind.NUMBER,
        texts("剩余整月数（不含当月，个月）", "Full months left (this one excluded)"),
        P.CONTRACTS,
        "1.4",
        _months_left,
    ),
    "contract.fee": Source(
        FieldKind.MONEY,
        texts("现在解约的提前终止费（元）", "Termination fee if ended now (yuan)"),
        P.CONTRACTS,
        "1.4",
        figures.termination_fee,
        figures.former_termination_fees,
    ),
    "contract.ended": Source(
        FieldKind.DATE, texts("上一合约结束日", "Last contract ended on"), P.CONTRACTS, "1.4", _ended_on
    ),
    "pack.code": Source(
        FieldKind.CHOICE,
        texts("最近订购的加油包", "Pack ordered last"),
        P.PLAN,
        "1.2",
        of(facts.pack, "code"),
        each(facts.other_packs, "code"),
        choices.packs,
    ),
    "pack.expires": Source(
        FieldKind.DATE,
        texts("加油包失效日期", "Pack expires on"),
        P.PLAN,
        "1.2",
        of(facts.pack, "expires"),
        each(facts.other_packs, "expires"),
    ),
    "pack.used": Source(
        FieldKind.CHOICE,
        texts("加油包是否已使用", "Pack used"),
        P.PLAN,
        "1.6",
        of(facts.pack, "used"),
        choices=always(choices.YES_NO),
    ),
    "pack.bought": Source(
        FieldKind.MOMENT, texts("加油包订购时间", "Pack ordered at"), P.PLAN, "1.6", of(facts.pack, "bought")
    ),
    "usage.data": Source(
        FieldKind.NUMBER,
        texts("本月已用流量（GB）", "Data this month (GB)"),
        P.USAGE,
        "1.2",
        lambda case: case.customer.usage.data_gb,
    ),
    "usage.voice": Source(
        FieldKind.NUMBER,
        texts("本月已用语音（分钟）", "Voice this month (minutes)"),
        P.USAGE,
        "1.2",
        lambda case: case.customer.usage.voice_minutes,
    ),
    "usage.messages": Source(
        FieldKind.NUMBER,
        texts("本月已发短信（条）", "SMS this month"),
        P.USAGE,
        "1.2",
        lambda case: case.customer.usage.messages,
    ),
    "usage.overage": Source(
        FieldKind.MONEY,
        texts("本月套外流量费到目前为止（元）", "Data overage this month so far (yuan)"),
        P.USAGE,
        "1.2",
        figures.data_overage,
        figures.uncapped_overage,
    ),
    "port.on": Source(FieldKind.DATE, texts("携入日期", "Ported on"), P.PLAN, "1.4", of(_port, "on")),
    "port.next": Source(
        FieldKind.DATE,
        texts("满120天、最早可再携出的日期", "Earliest day of another port (120 days)"),
        P.PLAN,
        "1.4",
        _next_port,
    ),
    "sims.extra": Source(FieldKind.NUMBER, texts("副卡张数（张）", "Extra SIMs"), P.PEOPLE, "1.2", _extra_sims),
}
