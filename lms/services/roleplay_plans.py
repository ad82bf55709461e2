"""What a role-play plan may name: the scenarios that can be played."""

from collections.abc import Sequence

from lms.domain.scenarios import Scenario
from lms.services.scenarios import live_scripts


def offered_scenarios() -> Sequence[Scenario]:
    """The live scripts of the scenarios in use, in the order of their ids."""
    return live_scripts()


def without_criterion(criterion: str, codes: Sequence[str]) -> Sequence[str]:
    """Those of ``codes`` whose live rubric lacks ``criterion``: a pass rule about it would judge nothing there."""
    lacking = {one.id for one in live_scripts() if criterion not in {own.id for own in one.rubric.own}}
    return [code for code in codes if code in lacking]
