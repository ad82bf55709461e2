"""Pages: blueprints whose forms stand above their routes; behind every route a door."""

from flask import Flask

from lms.web import (
    access,
    account,
    appeals,
    audit,
    bank,
    bank_editor,
    bank_pictures,
    blueprints,
    calendar,
    calibration,
    call_desk,
    call_marking,
    call_seat,
    call_sittings,
    calls,
    cohorts,
    drill_appeals,
    drill_desk,
    drill_plans,
    drill_replay,
    drill_statistics,
    drills,
    errors,
    exams,
    headers,
    home,
    invigilation,
    json_bodies,
    lanes,
    limits,
    llm,
    marking,
    page_tools,
    people,
    practice_marks,
    proposals,
    regrades,
    results,
    roleplay_plans,
    scenario_new,
    scenarios,
    sign_in,
    sittings,
    statistics,
    streams,
)
from lms.web.language import select_language

FEATURES = (
    sign_in, account, home, bank, bank_pictures, blueprints, exams, people, cohorts, calendar,
    audit, sittings, invigilation, statistics,
    marking, results, appeals, proposals, regrades, drill_plans, drill_desk, drill_appeals,
    drills, drill_replay, drill_statistics, llm, calls, call_desk, call_seat, practice_marks, scenarios, calibration,
    call_marking, call_sittings, roleplay_plans,
)  # fmt: skip


def init_app(app: Flask) -> None:
    """Hang the doors, then every feature's pages behind them."""
    limits.init_app(app)
    access.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    json_bodies.init_app(app)
    page_tools.init_app(app)
    streams.init_app(app)
    lanes.init_app(app)
    for feature in FEATURES:
        app.register_blueprint(feature.page)


__all__ = ["bank_editor", "init_app", "scenario_new", "select_language"]
