"""The agent desktop's words from `scenarios/operator/desktop.yaml`."""

from functools import lru_cache
from pathlib import Path

from lms.content.yaml_lines import read_yaml
from lms.domain.crm.desktop import Desktop


@lru_cache(maxsize=4)
def read_desktop(root: Path) -> Desktop:
    """The words; raises YamlRefused or ValueError on a file that is not what it should be."""
    document = read_yaml((root / "scenarios" / "operator" / "desktop.yaml").read_bytes())
    return Desktop.model_validate({"families": document.data})
