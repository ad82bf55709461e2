"""Masking 脱敏 (rulebook 1.8): 张*, 129****0001, the address to the estate."""

import re

from lms.domain.values import Language, Texts

HIDDEN = "****"
# Where an address leaves the estate: 3栋, 2单元, 501室, 18号楼.
_HOUSE = re.compile(r"\d+\s*[-－]?\s*\d*\s*(?:号楼|栋|幢|座|单元|室|号|组)")
_NUMBERS_AT_THE_END = re.compile(r",?\s*\d[\d\s-]*$")  # 12-3-502


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
    """To the estate, village or street: 海棠苑****, Begonia Court ****."""
    full = address.in_(language)
    if language is Language.EN and full.isascii():
        place = _NUMBERS_AT_THE_END.sub("", full)
        return f"{place} {HIDDEN}" if place != full else full
    found = _HOUSE.search(full)
    return f"{full[: found.start()]}{HIDDEN}" if found else full
