"""Templates: every page stands on the house's frames, names only routes that are, and brings nothing inline."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from lms.web.words import WORDS

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FRAMES = {"skeleton.html", "base.html", "focus.html"}
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\b(src|type=\"application/json\"))", re.I
)


def parsed(app: Flask, path: Path) -> nodes.Template:
    return app.jinja_env.parse(path.read_text())


def name_of(path: Path) -> str:
    return path.relative_to(ROOT / "templates").as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_page_stands_on_one_of_the_frames(app: Flask, path: Path) -> None:
    bases = [node.template.value for node in parsed(app, path).find_all(nodes.Extends)]
    assert set(bases) <= FRAMES
    if not bases:
        assert "<html" not in path.read_text() or name_of(path) == "skeleton.html", "a page of its own"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_page_brings_no_inline_script_or_style(path: Path) -> None:
    assert not INLINE.findall(path.read_text())


def calls(tree: nodes.Template, name: str) -> list[nodes.Call]:
    return [call for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name) and call.node.name == name]


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_address_in_a_template_exists_and_gets_its_names(app: Flask, path: Path) -> None:
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules()}
    for call in calls(parsed(app, path), "url_for"):
        if not call.args or not isinstance(call.args[0], nodes.Const):
            continue
        endpoint = call.args[0].value
        assert endpoint in rules, f"line {call.lineno}: no route {endpoint}"
        if call.dyn_kwargs is None:
            missing = (
                rules[endpoint].arguments - {given.key for given in call.kwargs} - set(rules[endpoint].defaults or ())
            )
            assert not missing, f"line {call.lineno}: {endpoint} wants {missing}"
        if endpoint == "static":
            [name] = [given.value for given in call.kwargs if given.key == "filename"]
            if isinstance(name, nodes.Const):
                assert (ROOT / "static" / name.value).is_file(), f"line {call.lineno}: no file {name.value}"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_template_that_is_named_exists(app: Flask, path: Path) -> None:
    for node in parsed(app, path).find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        if isinstance(node.template, nodes.Const):
            assert (ROOT / "templates" / node.template.value).is_file(), node.template.value


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_term_is_of_a_family_that_is_known(app: Flask, path: Path) -> None:
    for call in calls(parsed(app, path), "word"):
        if call.args and isinstance(call.args[0], nodes.Const):
            assert call.args[0].value in WORDS, f"line {call.lineno}: no family {call.args[0].value!r} in words.py"


def test_every_template_is_used() -> None:
    """By a view, or by another template."""
    sources = [*ROOT.glob("lms/**/*.py"), *TEMPLATES]
    named = "\n".join(path.read_text() for path in sources)
    # A kind's part is chosen by its kind: "exam/kinds/" ~ kind ~ ".html".
    idle = [name_of(path) for path in TEMPLATES if name_of(path) not in named and "/kinds/" not in name_of(path)]
    assert not idle


@pytest.mark.parametrize("path", sorted(ROOT.glob("lms/web/*.py")), ids=lambda path: path.name)
def test_every_template_and_address_that_a_view_names_exists(app: Flask, path: Path) -> None:
    endpoints = set(app.view_functions)
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
            continue
        given = node.args[0]
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            if node.func.id == "render_template":
                assert (ROOT / "templates" / given.value).is_file(), f"line {node.lineno}: {given.value}"
            if node.func.id == "url_for":
                assert given.value in endpoints, f"line {node.lineno}: {given.value}"


def test_every_static_file_is_used() -> None:
    used = "\n".join(
        path.read_text() for path in [*TEMPLATES, *ROOT.glob("static/**/*.js"), *ROOT.glob("static/**/*.css")]
    )
    idle = [path.name for path in (ROOT / "static").rglob("*.*") if path.stem not in used]  # css/ ~ name ~ .css
    assert not idle
