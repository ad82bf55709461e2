"""The operator's files: what ships is sound and agrees with the rulebook; every slip is named with line and mend."""

import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from lms.content.operator import FILES, holds_operator, read_catalogue, read_operator
from lms.domain.crm.catalogue import Catalogue

SHIPPED = Path("scenarios/operator")


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    catalogue, problems = read_catalogue(SHIPPED)
    assert [str(problem) for problem in problems] == []
    assert catalogue is not None
    return catalogue


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (*FILES, "desktop"):
        shutil.copy(SHIPPED / f"{name}.yaml", tmp_path)
    return tmp_path


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_plans_and_prices_are_the_rulebooks(shipped: Catalogue) -> None:
    plans = {(one.code, one.version): (one.monthly, one.data_gb, one.minutes) for one in shipped.products.plans}
    assert plans == {
        ("m39", "V3"): (39, 10, 100),
        ("m69", "V3"): (69, 30, 300),
        ("m69", "V2"): (59, 30, 300),
        ("m99", "V3"): (99, 60, 600),
        ("m139", "V3"): (139, 100, 1000),
        ("s8", "V3"): (8, 0, 0),
        ("bayhome", "V3"): (159, 120, 1200),
    }
    assert {one.code: one.price for one in shipped.products.packs} == {
        "data-5": 15,
        "data-20": 40,
        "day-1": 3,
        "voice-100": 10,
        "roam-day": 25,
    }
    assert {one.code: one.monthly for one in shipped.products.broadband} == {"b100": 50, "b300": 80, "b1000": 120}
    assert {one.code: one.monthly for one in shipped.products.services} == {
        "baymusic": 12,
        "bayvideo": 18,
        "callercard": Decimal(6),
    }


def test_tickets_go_where_the_rulebook_says(shipped: Catalogue) -> None:
    rules = {one.type.value: (one.department, one.first, one.finish) for one in shipped.products.tickets}
    assert rules == {
        "T1": ("billing", "2h", "24h"),
        "T2": ("network", "30min", "48h"),
        "T3": ("dispatch", "4h", "3wd"),
        "T4": ("relations", "2h", "24h"),
        "T5": ("compliance", "30min", "24h"),
        "T6": ("billing", "4h", "3wd"),
        "T7": ("relations", "1wd", "1wd"),
        "T8": ("devices", "1wd", "3wd"),
    }


def test_blocks_divide_the_worlds_that_are_used(shipped: Catalogue) -> None:
    block = 5 * sum(one.slots for one in shipped.circumstances)
    assert 50_000 % block == 0 and 1_000_000 % block == 0


def test_the_digest_is_the_same_in_another_process(shipped: Catalogue) -> None:
    said = "from pathlib import Path; from lms.content.operator import read_catalogue as read; "
    said += "print(read(Path('scenarios/operator'))[0].digest)"
    run = [sys.executable, "-c", said]
    told = subprocess.run(run, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    assert told.stdout.split() == [shipped.digest]


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("products", "department: network", "department: netwrok", "did you mean 'network'?"),
        ("products", "{code: data-20,", "{code: data-5,", "data-5 stands twice"),
        ("products", 'monthly: "39.00"', 'montly: "39.00"', "did you mean 'monthly'?"),
        ("people_and_places", "area: linwan", "area: linwen", "did you mean 'linwan'?"),
        ("knowledge", "status: superseded", "status: current", "has another current article"),
        ("solutions", "topics: [packs", "topics: [pakcs", "did you mean 'packs'?"),
        ("notices", "area: zhexi", "area: zhexy", "did you mean 'zhexi'?"),
        ("notices", 'ended: "2026-03-14 18:45"', 'ended: "2026-03-13 18:45"', "ends before it starts"),
        ("notices", "topic: refund-r3", "topic: refund-r4", "there is no note about refund-r3"),
        ("record_texts", "  T8:", "  T9:", "is not known here"),
        ("circumstances", "name: plain,", "name: plane,", "nothing checks what plane claims"),
        ("circumstances", "code: day-1", "code: day-2", "did you mean 'day-1'?"),
        ("circumstances", "plans: [m69, m99, m139], contract", "plans: [m39], contract", "its plans take no contract"),
        ("circumstances", "slots: 13", "slots: 0", "is out of range"),
        ("record_texts", ", en: Farsail Mobile", "", "there is no en text"),
        ("desktop", "  late-fee:", "  latefee:", "there is no word for late-fee"),
    ],
)
def test_a_slip_is_named_with_its_line_and_mend(folder: Path, name: str, old: str, new: str, said: str) -> None:
    change(folder, name, old, new)
    files = read_operator(folder)
    assert files.catalogue is None
    told = [str(problem) for problem in files.problems]
    assert any(said in one and f"{name}.yaml:" in one for one in told), told
    line = next(problem.line for problem in files.problems if said in str(problem))
    assert line >= 1


def test_a_single_file_is_checked_with_its_folder(folder: Path) -> None:
    change(folder, "notices", "area: zhexi", "area: zhexy")
    change(folder, "solutions", "topics: [packs", "topics: [pakcs")
    files = read_operator(folder / "notices.yaml")
    assert [Path(problem.file).name for problem in files.problems] == ["notices.yaml"]
    assert holds_operator(folder) and holds_operator(folder / "desktop.yaml")
    assert not holds_operator(Path("question_bank"))


def test_a_missing_file_and_a_broken_one_are_problems(folder: Path) -> None:
    (folder / "products.yaml").unlink()
    (folder / "notices.yaml").write_text("notices: [", encoding="utf-8")
    (folder / "solutions.yaml").write_bytes(b"\xff\xfe\x00")
    files = read_operator(folder)
    assert files.catalogue is None
    assert {Path(problem.file).name for problem in files.errors} == {"products.yaml", "notices.yaml", "solutions.yaml"}
