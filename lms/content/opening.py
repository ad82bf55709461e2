"""A content file opened: its document, and what is wrong before anybody looks at its content."""

from pathlib import Path

from lms.content.problems import Problem, SourceFile, of_fault
from lms.content.yaml_lines import LARGEST, YamlRefused, read_yaml
from lms.domain.wording import Worded


def opened(path: Path) -> tuple[SourceFile | None, list[Problem]]:
    """The file as a document, None where it cannot be read; and the problems of it as a file."""
    try:
        with path.open("rb") as file:
            source = SourceFile(path, read_yaml(file.read(LARGEST + 1)))
    except YamlRefused as refused:
        return None, [of_fault(path, fault) for fault in refused.faults]
    except OSError as error:
        what = Worded("cannot be read: %(reason)s", reason=error.strerror or "?")
        return None, [Problem(path.as_posix(), 1, "", what, Worded("check the path and its permissions"))]
    problems = []
    if source.document.encoding != "utf-8":
        problems.append(source.warning((), Worded("the file was read as GB18030"), Worded("save it as UTF-8")))
    if path.suffix != ".yaml":
        what = Worded("the file name ends in %(suffix)s", suffix=path.suffix)
        problems.append(source.error((), what, Worded("rename it to %(file)s", file=f"{path.stem}.yaml")))
    return source, problems
