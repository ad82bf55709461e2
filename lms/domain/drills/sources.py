"""Where a field's value is read from: its kind, label, panel, rule and reader."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.desk import PanelName
from lms.domain.drills.facts import Case
from lms.domain.drills.tasks import Choice, FieldKind
from lms.domain.values import Texts

Read = Callable[[Case], object | None]
Many = Callable[[Case], Iterable[object]]
Choices = Callable[[Catalogue], tuple[Choice, ...]]


@dataclass(frozen=True, slots=True)
class Source:
    """``stale``: what stands on the record and is out of date."""

    kind: FieldKind
    label: Texts
    panel: PanelName
    rule: str
    read: Read
    stale: Many = lambda _case: ()
    choices: Choices = lambda _catalogue: ()


def always(choices: tuple[Choice, ...]) -> Choices:
    return lambda _catalogue: choices


def of(thing: Callable[[Case], object | None], name: str) -> Read:
    """An attribute of the one thing that the case is about."""

    def read(case: Case) -> object | None:
        found = thing(case)
        return None if found is None else getattr(found, name)

    return read


def each(things: Callable[[Case], Iterable[object]], name: str) -> Many:
    return lambda case: (getattr(one, name) for one in things(case))


def texts(zh: str, en: str) -> Texts:
    return Texts(zh=zh, en=en)
