"""The rail of staff and the top bar of new hires: what each may open, in the order in which they work."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from lms.domain.people import STAFF, Role
from lms.services.sign_in import SignedIn


@dataclass(frozen=True)
class Place:
    endpoint: str
    title: LazyString
    icon: str
    roles: frozenset[Role]


def _place(endpoint: str, title: LazyString, icon: str, *roles: Role) -> Place:
    return Place(endpoint, title, icon, frozenset(roles))


PLACES = [
    _place("home.home_page", _("首页"), "house", *Role),
    _place("exams.exams_page", _("考试"), "pencil-square", Role.NEW_HIRE),
    _place("drills.home_page", _("演练"), "stopwatch", Role.NEW_HIRE, Role.TRAINER, Role.EXAMINER),
    _place("calls.home_page", _("模拟通话"), "telephone", Role.NEW_HIRE, Role.TRAINER, Role.EXAMINER),
    _place("results.own_list", _("成绩"), "award", Role.NEW_HIRE),
    _place("marking.queue_page", _("评分"), "check2-square", Role.EXAMINER),
    _place("call_marking.queue_page", _("评通话"), "headset", Role.EXAMINER),
    _place("calibration.home_page", _("校准"), "bullseye", Role.EXAMINER),
    _place("appeals.list_page", _("申诉"), "megaphone", Role.EXAMINER),
    _place("sittings.list_page", _("考试场次"), "calendar-event", Role.TRAINER),
    _place("invigilation.mine", _("监考"), "broadcast", Role.TRAINER, Role.EXAMINER),
    _place("bank.bank_list", _("题库"), "collection", Role.TRAINER),
    _place("scenarios.list_page", _("情景"), "diagram-3", Role.TRAINER),
    _place("blueprints.blueprint_list", _("组卷蓝图"), "grid-3x3-gap", Role.TRAINER),
    _place("cohorts.list_page", _("批次"), "people", Role.TRAINER, Role.ADMINISTRATOR),
    _place("results.release_list", _("成绩发布"), "send-check", Role.TRAINER),
    _place("proposals.list_page", _("双人确认"), "people-fill", Role.TRAINER, Role.EXAMINER),
    _place("regrades.find_page", _("更正答案"), "arrow-repeat", Role.TRAINER),
    _place("statistics.overview_page", _("试题分析"), "bar-chart-line", Role.TRAINER),
    _place("drill_statistics.overview_page", _("演练分析"), "speedometer2", Role.TRAINER),
    _place("calibration.report_page", _("评分一致性"), "rulers", Role.TRAINER, Role.ADMINISTRATOR),
    _place("people.people_page", _("人员"), "person-badge", Role.ADMINISTRATOR),
    _place("calendar.calendar_page", _("工作日历"), "calendar3", Role.ADMINISTRATOR),
    _place("llm.settings_page", _("大模型客户"), "chat-dots", Role.ADMINISTRATOR),
    _place("audit.audit_page", _("审计记录"), "shield-check", Role.ADMINISTRATOR),
]


# Features without a place of their own, and the one whose place stands for them.
_WITHIN = {"drill_plans": "blueprints", "roleplay_plans": "blueprints"}


def places(person: SignedIn) -> list[Place]:
    return [place for place in PLACES if not place.roles.isdisjoint(person.roles)]


def is_staff(person: SignedIn) -> bool:
    return not STAFF.isdisjoint(person.roles)


def address(place: Place) -> str:
    return url_for(place.endpoint)


def is_current(place: Place, endpoint: str | None) -> bool:
    """Whether the page at ``endpoint`` lies in ``place``."""
    feature = (endpoint or "").split(".")[0]
    return _WITHIN.get(feature, feature) == place.endpoint.split(".")[0]
