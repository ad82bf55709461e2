"""axe on a page as it stands: in its own colours and in the dark ones, and no scrolling sideways on a phone."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = {"resultTypes": ["violations"]}
ONLY_CONTRAST = {**RULES, "runOnly": {"type": "rule", "values": ["color-contrast"]}}
PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1280, "height": 800}


def violations(page: Page, options: dict[str, Any] = RULES) -> list[str]:
    """``rule: selector (what is wrong)``, one a node."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))} ({_why(node)})" for rule in found for node in rule["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    return str((node["any"] + node["all"] + node["none"])[0]["message"])


def in_the_dark(page: Page) -> list[str]:
    """The contrast in dark colours; the page is light again afterwards."""
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    try:
        return [f"dark {found}" for found in violations(page, ONLY_CONTRAST)]
    finally:
        page.emulate_media(color_scheme="light", reduced_motion="reduce")


def sideways(page: Page) -> list[str]:
    """Whether a phone would have to scroll the page sideways, or a table that stacks its rows, and because of what."""
    page.set_viewport_size(PHONE)
    try:
        wide = page.evaluate("document.documentElement.scrollWidth")
        tables = [f"stacked table scrolls: {table}" for table in page.evaluate(_SCROLLING)]
        return tables if wide <= PHONE["width"] else [f"{wide} px wide: {page.evaluate(_WIDEST)}", *tables]
    finally:
        page.set_viewport_size(WIDE)


_WIDEST = """() => [...document.querySelectorAll("body *")]
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".table-wrap, .visually-hidden"))
  .slice(0, 3).map((e) => e.outerHTML.slice(0, 120))"""

_SCROLLING = """() => [...document.querySelectorAll(".table-scroll:has(> .stacked)")]
  .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.outerHTML.slice(0, 120))"""
