"""What a page offers: its forms with their fields as they stand, its links, and the words that a person reads."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Form:
    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass
class PageRead:
    forms: list[Form]
    links: list[str]
    foreign_words: list[str]  # visible text outside of elements in another language

    @property
    def query_names(self) -> set[str]:
        """Every name that a link or a searching form of the page puts behind a ``?``."""
        linked = {name for link in self.links for name, _ in parse_qsl(urlsplit(link).query)}
        return linked | {name for form in self.forms if form.method == "get" for name in form.fields}


SHOWN_ATTRIBUTES = ("aria-label", "title", "placeholder", "alt")


class _Reader(HTMLParser):
    VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.page = PageRead([], [], [])
        self.open: list[tuple[str, bool]] = []  # tag, whether it is Chinese on purpose or not read at all
        self.form: Form | None = None
        self.select: str | None = None
        self.textarea: str | None = None

    @property
    def apart(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        chinese = values.get("lang", "").startswith("zh") and tag != "html"
        apart = self.apart or chinese or tag in ("script", "style")
        if not apart:
            self.page.foreign_words += [values[name] for name in SHOWN_ATTRIBUTES if values.get(name)]
            if tag == "input" and values.get("type") in ("submit", "button"):
                self.page.foreign_words.append(values.get("value", ""))
        if tag not in self.VOID:
            self.open.append((tag, apart))
        self._form_part(tag, values)
        if tag == "a" and values.get("href"):
            self.page.links.append(values["href"])

    def _form_part(self, tag: str, values: dict[str, str]) -> None:
        if tag == "form":
            self.form = Form(values.get("method", "get").lower(), values.get("action") or self.path)
            self.page.forms.append(self.form)
        if self.form is None:
            return
        name = values.get("name", "")
        if tag in ("input", "button") and name:
            ticked = values.get("type") not in ("checkbox", "radio") or "checked" in values
            if ticked or name not in self.form.fields:
                self.form.fields[name] = values.get("value", "")
        elif tag == "select" and name:
            self.select = name
            self.form.fields.setdefault(name, "")
        elif tag == "option" and self.select and ("selected" in values or not self.form.fields[self.select]):
            self.form.fields[self.select] = values.get("value", "")
        elif tag == "textarea" and name:
            self.textarea = name
            self.form.fields[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        while self.open and self.open.pop()[0] != tag:
            pass
        self.form = None if tag == "form" else self.form
        self.select = None if tag == "select" else self.select
        self.textarea = None if tag == "textarea" else self.textarea

    def handle_data(self, data: str) -> None:
        if self.textarea and self.form:
            self.form.fields[self.textarea] += data
        elif not self.apart and data.strip():
            self.page.foreign_words.append(data.strip())


def read_page(html: str, path: str) -> PageRead:
    reader = _Reader(path)
    reader.feed(html)
    return reader.page
