"""Masking 脱敏 (rulebook 1.8): 张*, 129****0001, the address to the estate."""

import re
from typing import Literal

from lms.domain.values import Language, Texts

HIDDEN = "****"
# Where an address leaves the estate: 3栋, 2单元, 501室, 18号楼.
_HOUSE = re.compile(r"\d+\s*[-－]?\s*\d*\s*(?:号楼|栋|幢|座|单元|室|号|组)")

Field = Literal["name", "number", "address"]


def masked_name(name: Texts, language: Language) -> str:
    """The surname: 张*, Zhang *. In English names it comes first here too."""
    full = name.in_(language)
    if re.match(r"[A-Za-z]", full):
        return f"{full.split()[0]} *"
    return f"{full[:1]}*"


def masked_number(number: str) -> str:
    """``12900010017`` → ``129****0017``; the middle of anything shorter too."""
    return f"{number[:3]}{HIDDEN}{number[-4:]}" if len(number) >= 8 else HIDDEN


def masked_address(address: Texts, language: Language) -> str:
    """To the estate or village: what comes after it is hidden."""
    full = address.in_(language)
    if language is Language.EN and "," in full:
        parts = [part.strip() for part in full.split(",")]
        return f"{HIDDEN}, {', '.join(part for part in parts if not _is_house_part(part))}"
    found = _HOUSE.search(full)
    return f"{full[: found.start()]}{HIDDEN}" if found else full


def _is_house_part(part: str) -> bool:
    return bool(
        re.match(r"(?:(?:unit|room|flat|building|block|no\.?|house|door|floor|group)\b|\d)", part, re.IGNORECASE)
    )
