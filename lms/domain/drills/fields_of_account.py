"""Fields of the account: bills, arrears, mergers, value-added services."""

from collections.abc import Iterable
from decimal import Decimal

from lms.domain.crm.desk import PanelName as P
from lms.domain.drills import choices, facts, figures
from lms.domain.drills.facts import Case
from lms.domain.drills.sources import Read, Source, always, of, texts
from lms.domain.drills.tasks import FieldKind


def _customer(case: Case) -> object:
    return case.customer


def _merge(case: Case) -> object | None:
    return case.customer.merge


def _confirmed(case: Case) -> bool | None:
    one = facts.service(case)
    return None if one is None else one.confirmation is not None


def _charged_months(case: Case) -> int | None:
    one = facts.service(case)
    return None if one is None else len(one.charged_months)


def _earlier_bills(case: Case) -> Iterable[object]:
    return (bill.total for bill in case.customer.bills[1:])


def _earlier_paid(case: Case) -> Iterable[object]:
    return (bill.paid_on for bill in case.customer.bills[1:])


def _line_of_last_bill(code: str) -> Read:
    def read(case: Case) -> Decimal | None:
        bill = facts.last_bill(case)
        lines = [line.amount for line in bill.lines if line.code == code] if bill else []
        return sum(lines, Decimal("0.00")) if lines else None

    return read


ACCOUNT_FIELDS: dict[str, Source] = {
    "bill.total": Source(
        FieldKind.MONEY,
        texts("最近一期账单金额（元）", "Latest bill, total (yuan)"),
        P.BILLS,
        "1.5",
        of(facts.last_bill, "total"),
        _earlier_bills,
    ),
    "bill.paid": Source(
        FieldKind.DATE,
        texts("最近一期账单缴费日期", "Latest bill paid on"),
        P.BILLS,
        "1.5",
        of(facts.last_bill, "paid_on"),
        _earlier_paid,
    ),
    "bill.due": Source(
        FieldKind.DATE,
        texts("最近一期账单缴费截止日", "Latest bill due on"),
        P.BILLS,
        "1.5",
        of(facts.last_bill, "due"),
        lambda case: (bill.due for bill in case.customer.bills[1:]),
    ),
    "bill.data-overage": Source(
        FieldKind.MONEY,
        texts("最近一期账单套外流量费（元）", "Latest bill, data overage (yuan)"),
        P.BILLS,
        "1.2",
        _line_of_last_bill("data-overage"),
    ),
    "bill.late-fee": Source(
        FieldKind.MONEY, texts("滞纳金（元）", "Late fee (yuan)"), P.BILLS, "1.5", figures.late_fee
    ),
    "arrears": Source(
        FieldKind.MONEY, texts("欠费金额（元）", "Arrears (yuan)"), P.BILLS, "1.5", of(_customer, "arrears")
    ),
    "merge.role": Source(
        FieldKind.CHOICE,
        texts("合户角色", "Role in the merger"),
        P.PEOPLE,
        "4",
        of(_merge, "role"),
        choices=always(choices.ROLES),
    ),
    "merge.account": Source(
        FieldKind.TEXT, texts("合户的另一账户号", "The other account"), P.PEOPLE, "4", of(_merge, "other_account")
    ),
    "merge.on": Source(FieldKind.DATE, texts("合户日期", "Merged on"), P.PEOPLE, "4", of(_merge, "on")),
    "merge.arrears": Source(
        FieldKind.MONEY,
        texts("被合并账户的欠费（元）", "Arrears of the merged account (yuan)"),
        P.PEOPLE,
        "4",
        of(_merge, "arrears"),
    ),
    "vas.confirmation": Source(
        FieldKind.CHOICE,
        texts("有无二次确认记录", "Second confirmation on record"),
        P.SERVICES,
        "1.3",
        _confirmed,
        choices=always(choices.YES_NO),
    ),
    "vas.reminder": Source(
        FieldKind.CHOICE,
        texts("续订提醒短信", "Renewal reminder"),
        P.SERVICES,
        "1.3",
        of(facts.service, "reminder"),
        choices=always(choices.REMINDERS),
    ),
    "vas.ordered": Source(
        FieldKind.DATE, texts("增值业务订购日期", "Service ordered on"), P.SERVICES, "1.3", of(facts.service, "ordered")
    ),
    "vas.cancelled": Source(
        FieldKind.DATE,
        texts("增值业务退订日期", "Service cancelled on"),
        P.SERVICES,
        "1.3",
        of(facts.service, "cancelled"),
    ),
    "vas.channel": Source(
        FieldKind.CHOICE,
        texts("订购渠道", "Ordered through"),
        P.SERVICES,
        "1.3",
        of(facts.service, "channel"),
        choices=always(choices.CHANNELS),
    ),
    "vas.charged": Source(
        FieldKind.NUMBER, texts("已扣费月数（个月）", "Months charged"), P.SERVICES, "1.6", _charged_months
    ),
    "vas.monthly": Source(
        FieldKind.MONEY,
        texts("增值业务月费（元）", "Service fee a month (yuan)"),
        P.SERVICES,
        "1.3",
        of(facts.service, "monthly"),
    ),
}
