"""Scenarios between files and calls: loaded as versions, played by their live version, frozen with every call."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from sqlalchemy import func, select

from lms.domain.scenarios import Scenario
from lms.extensions import db
from lms.models.roleplays import Scenario as Row
from lms.models.roleplays import ScenarioVersion
from lms.services.load_report import Known, LoadReport, judge
from lms.services.writing import Deed


class NoSuchScenario(LookupError):
    """There is none of this id, or it has no live version."""


@lru_cache(maxsize=64)
def script_of(version_id: int) -> Scenario:
    """A version never changes, so it is read once. Raises :class:`NoSuchScenario`."""
    version = db.session.get(ScenarioVersion, version_id)
    if version is None:
        raise NoSuchScenario
    return Scenario.model_validate(version.body)


def live_versions() -> dict[str, int]:
    """Scenario id → its live version, of those in use, in the order of their ids."""
    rows = db.session.execute(
        select(Row.code, Row.live_id).where(Row.live_id.is_not(None), Row.retired.is_(False)).order_by(Row.code)
    )
    return {code: version_id for code, version_id in rows if version_id is not None}


def live_scripts() -> Sequence[Scenario]:
    return [script_of(version_id) for version_id in live_versions().values()]


def stored_scripts(*, drafts: bool = False) -> Sequence[Scenario]:
    """What files would hold: live versions of those in use; with ``drafts`` also the newest of what was never live."""
    shown = func.coalesce(Row.live_id, Row.newest_id) if drafts else Row.live_id
    ids = db.session.execute(select(shown).where(Row.retired.is_(False)).order_by(Row.code)).scalars()
    return [script_of(version_id) for version_id in ids if version_id is not None]


def load_scripts(deed: Deed, scripts: Iterable[Scenario], report: LoadReport) -> None:
    """Bring sound, complete scenarios into the database as live versions without an author (contract 11).

    One that was edited here since the last load is left as it is and reported as a conflict.
    """
    rows = deed.session.execute(select(Row.code, Row.id, Row.digest, Row.loaded_digest))
    known = {code: Known(id_, digest, loaded) for code, id_, digest, loaded in rows}
    for script in scripts:
        if script.id not in known:
            row = Row(code=script.id, digest="")
            deed.session.add(row)
            deed.session.flush()
            report.added.append(f"scenario:{script.id}")
        else:
            verdict = judge(f"scenario:{script.id}", known[script.id], script.sha256, report)
            row = deed.session.get_one(Row, known[script.id].id)
            if verdict == "adopt":
                row.loaded_digest = script.sha256
            if verdict != "update":
                continue
        add_version(deed, row, script, author_id=None, state="live")
        row.loaded_digest = script.sha256


def add_version(deed: Deed, row: Row, script: Scenario, *, author_id: int | None, state: str) -> ScenarioVersion:
    """The next version of a scenario; a live one is played from now on, calls begun before keep theirs."""
    number = deed.session.execute(
        select(func.coalesce(func.max(ScenarioVersion.number), 0)).where(ScenarioVersion.scenario_id == row.id)
    ).scalar_one()
    version = ScenarioVersion(
        scenario_id=row.id,
        number=number + 1,
        body=script.model_dump(mode="json", by_alias=True),
        sha256=script.sha256,
        state=state,
        author_id=author_id,
        saved_at=deed.now,
    )
    deed.session.add(version)
    deed.session.flush()
    row.digest, row.newest_id = script.sha256, version.id
    if state == "live":
        if row.live is not None:
            row.live.state = "retired"
        row.live_id = version.id
    deed.session.flush()
    return version
