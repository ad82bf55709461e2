"""Fields of the broadband line, of open tickets and of contacts."""

from datetime import date

from lms.domain.crm.desk import PanelName as P
from lms.domain.drills import choices, facts
from lms.domain.drills.facts import Case
from lms.domain.drills.sources import Source, always, each, of, texts
from lms.domain.drills.tasks import FieldKind


def _line(case: Case) -> object | None:
    return case.customer.broadband


def _setting(case: Case) -> str | None:
    line = case.customer.broadband
    return None if line is None else ("rural" if line.rural else "urban")


def _serials_agree(case: Case) -> bool | None:
    line = case.customer.broadband
    return None if line is None or line.ont_seen is None else line.ont_seen == line.ont_serial


def _contact_since(case: Case) -> date | None:
    return case.customer.contacts[0].since if len(case.customer.contacts) == 1 else None


HOME_FIELDS: dict[str, Source] = {
    "broadband.plan": Source(
        FieldKind.CHOICE, texts("宽带产品", "Broadband"), P.BROADBAND, "1.3", of(_line, "plan"), choices=choices.lines
    ),
    "broadband.setting": Source(
        FieldKind.CHOICE,
        texts("城镇或农村", "Urban or rural"),
        P.BROADBAND,
        "1.5",
        _setting,
        choices=always(choices.SETTINGS),
    ),
    "broadband.gigabit": Source(
        FieldKind.CHOICE,
        texts("是否千兆地址", "Gigabit address"),
        P.BROADBAND,
        "1.3",
        of(_line, "gigabit"),
        choices=always(choices.YES_NO),
    ),
    "broadband.los": Source(
        FieldKind.CHOICE,
        texts("LOS灯", "LOS light"),
        P.BROADBAND,
        "1.7",
        of(_line, "los"),
        choices=always(choices.LIGHTS),
    ),
    "broadband.power": Source(
        FieldKind.CHOICE,
        texts("光猫电源灯", "ONT power light"),
        P.BROADBAND,
        "1.7",
        of(_line, "power"),
        choices=always(choices.POWER),
    ),
    "broadband.ont": Source(
        FieldKind.TEXT,
        texts("系统登记的光猫序列号", "ONT serial in the CRM"),
        P.BROADBAND,
        "1.7",
        of(_line, "ont_serial"),
    ),
    "broadband.ont-seen": Source(
        FieldKind.TEXT,
        texts("网络侧看到的光猫序列号", "ONT serial seen by the network"),
        P.BROADBAND,
        "1.7",
        of(_line, "ont_seen"),
    ),
    "broadband.match": Source(
        FieldKind.CHOICE,
        texts("两处光猫序列号是否一致", "Both ONT serials agree"),
        P.BROADBAND,
        "1.7",
        _serials_agree,
        choices=always(choices.YES_NO),
    ),
    "broadband.since": Source(
        FieldKind.MOMENT,
        texts("宽带中断起始时间", "Broadband down since"),
        P.BROADBAND,
        "1.5",
        of(_line, "outage_since"),
    ),
    "open-ticket.number": Source(
        FieldKind.TEXT,
        texts("在办工单号", "Open ticket, number"),
        P.TICKETS,
        "1.7",
        of(facts.open_ticket, "number"),
        each(facts.closed_tickets, "number"),
    ),
    "open-ticket.type": Source(
        FieldKind.CHOICE,
        texts("在办工单类型", "Open ticket, type"),
        P.TICKETS,
        "1.7",
        of(facts.open_ticket, "type"),
        choices=choices.ticket_types,
    ),
    "open-ticket.department": Source(
        FieldKind.CHOICE,
        texts("在办工单受理部门", "Open ticket, department"),
        P.TICKETS,
        "1.7",
        of(facts.open_ticket, "department"),
        choices=choices.departments,
    ),
    "open-ticket.level": Source(
        FieldKind.CHOICE,
        texts("在办工单级别", "Open ticket, level"),
        P.TICKETS,
        "1.7",
        of(facts.open_ticket, "level"),
        choices=always(choices.LEVELS),
    ),
    "open-ticket.due": Source(
        FieldKind.MOMENT,
        texts("在办工单到期时间", "Open ticket, due"),
        P.TICKETS,
        "1.7",
        of(facts.open_ticket, "due"),
        lambda case: (one.due for one in facts.closed_tickets(case) if one.due),
    ),
    "contact.since": Source(
        FieldKind.DATE, texts("授权联系人登记日期", "Authorised contact since"), P.PEOPLE, "1.8", _contact_since
    ),
}
