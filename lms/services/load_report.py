"""What a load of files did to the database, record by record (contract 11): an edited record is never overwritten."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Conflict:
    """A record that was edited in the bank since the last load, and which a file says otherwise.

    ``both``: the file was changed since then too. The record is left as it is.
    """

    code: str
    both: bool


@dataclass(slots=True)
class LoadReport:
    """What a load did, by codes of questions and, as ``blueprint:code`` and ``scenario:id``, of the others."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    topics: int = 0  # titles added or changed

    @property
    def changed(self) -> bool:
        return bool(self.added or self.updated or self.topics)


@dataclass(frozen=True, slots=True)
class Known:
    """What the database has of a record before the load."""

    id: int
    digest: str
    loaded_digest: str | None


def judge(code: str, known: Known, digest: str, report: LoadReport) -> str:
    """``same``, ``adopt`` (the same, by an edit of each), ``update`` or ``conflict``."""
    if digest == known.digest:
        report.unchanged += 1
        return "same" if known.loaded_digest == digest else "adopt"
    if known.digest != known.loaded_digest:
        report.conflicts.append(Conflict(code, both=digest != known.loaded_digest))
        return "conflict"
    report.updated.append(code)
    return "update"
