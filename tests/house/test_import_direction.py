"""The house stands one way: wsgi → lms → web, cli → services → models, content → domain. Nothing points up."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# room → the rooms of lms from which it may import; "" is lms itself (create_app)
MAY = {
    "domain": {"domain"},
    "extensions": set(),
    "config": set(),
    "clock": set(),
    "models": {"models", "extensions", "domain"},
    "content": {"content", "domain", "config"},
    "customers": {"customers", "domain"},
    "services": {"services", "models", "content", "customers", "domain", "extensions"},
    "web": {"web", "services", "domain", "extensions"},
    "cli": {"cli", "services", "content", "customers", "domain", "extensions", "config", "jobs"},
    "jobs": {"services"},
    "": {"cli", "models", "web", "clock", "config", "extensions", "jobs"},
}
# The pure rooms and what they may import from outside.
PURE = {"pydantic", "re2"}
PLAIN = {
    "abc", "base64", "bisect", "calendar", "collections", "copy", "dataclasses", "datetime", "decimal", "difflib",
    "enum", "fractions", "functools", "hashlib", "heapq", "itertools", "json", "math", "operator", "random", "re",
    "statistics", "string", "sys", "textwrap", "types", "typing", "unicodedata", "uuid", "zoneinfo",
}  # fmt: skip


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports(path: Path) -> list[str]:
    """Every module that a file imports: inside functions and typing blocks too."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module == "lms":
                found += [f"lms.{alias.name}" for alias in node.names]
            else:
                found.append(node.module or "")
    return found


SOURCES = sorted(path for path in (ROOT / "lms").rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_room_imports_only_from_the_rooms_below_it(path: Path) -> None:
    parts = path.relative_to(ROOT / "lms").with_suffix("").parts
    room = "" if parts == ("__init__",) else parts[0]
    for module in imports(path):
        if module == "lms" or module.startswith("lms."):
            other = room_of(module)
            assert other in MAY[room], f"{path.relative_to(ROOT)} imports {module}: {room} may not reach {other}"
        if room == "domain":
            top = module.split(".")[0]
            assert top in PURE | PLAIN | {"lms"}, f"{path.relative_to(ROOT)} imports {module}: the domain is pure"


def test_only_the_services_and_the_models_know_the_tables() -> None:
    for path in (ROOT / "lms").rglob("*.py"):
        room = path.relative_to(ROOT / "lms").parts[0]
        if room in ("web", "cli", "content", "domain"):
            assert not any(name.startswith("lms.models") for name in imports(path)), path


def test_the_request_never_enters_a_service_and_only_the_clock_reads_the_time() -> None:
    for path in (ROOT / "lms").rglob("*.py"):
        source = path.read_text()
        room = path.relative_to(ROOT / "lms").parts[0]
        if room in ("services", "domain", "models", "content"):
            assert "flask" not in {name.split(".")[0] for name in imports(path)}, path
        if room != "clock.py":
            for call in ("datetime.now(", "datetime.utcnow(", "time.time(", "date.today("):
                assert call not in source, f"{path.relative_to(ROOT)} reads the time by {call}"
