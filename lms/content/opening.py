"""A content file opened: its document, and what is wrong before anybody looks at its content."""

from pathlib import Path

from lms.content.problems import Problem, SourceFile, of_fault
from lms.content.yaml_lines import LARGEST, YamlRefused, read_yaml


def opened(path: Path) -> tuple[SourceFile | None, list[Problem]]:
    """The file as a document, None where it cannot be read; and the problems of it as a file."""
    try:
        with path.open("rb") as file:
            source = SourceFile(path, read_yaml(file.read(LARGEST + 1)))
    except YamlRefused as refused:
        return None, [of_fault(path, fault) for fault in refused.faults]
    except OSError as error:
        reason = error.strerror or "cannot be read"
        return None, [Problem(path.as_posix(), 1, "", reason, "check the path and its permissions")]
    problems = []
    if source.document.encoding != "utf-8":
        problems.append(source.warning((), "the file was read as GB18030", "save it as UTF-8"))
    if path.suffix != ".yaml":
        what, mend = f"the file name ends in {path.suffix}", f"rename it to {path.stem}.yaml"
        problems.append(source.error((), what, mend))
    return source, problems
