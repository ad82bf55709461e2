"""Papers 试卷: a pool, a blueprint and a seed make one frozen form, and the same three make the same form again.

How a form is drawn. Enemies are joined to *groups* (connected by enmity); a paper takes at most one of a group.
Within a cell every question has an inclusion probability π, Σπ = the cell's count, no π above the exposure cap
(water-filling over the weights that past exposure gave). Systematic sampling then lays the π end to end in a random
order of groups and takes the questions under the points u, u+1, u+2 …: each question comes with exactly its π, and
two of one group, lying side by side with Σπ ≤ 1, never together. The cells are drawn narrowest first; what one took
is closed to the next.
Sampling: W. G. Madow, "On the theory of systematic sampling, II", Annals of Mathematical Statistics 20 (1949).
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil

from lms.domain.blueprints import Blueprint, Cell
from lms.domain.questions import Kind, Section
from lms.domain.values import Language

ATTEMPTS_AT_A_FORM = 200


@dataclass(frozen=True, slots=True)
class PoolEntry:
    """What the draw needs to know of a question; ``weight`` falls with past exposure (1 = never seen)."""

    code: str
    section: Section
    topic: str
    kind: Kind
    difficulty: int
    languages: frozenset[Language]
    enemies: frozenset[str] = frozenset()
    presented: tuple[str, ...] = ()
    points: int | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Shortage:
    """A cell that the bank cannot fill: it needs ``wanted`` questions and finds ``found``."""

    cell: Cell
    wanted: int
    found: int

    @property
    def missing(self) -> int:
        return self.wanted - self.found


@dataclass(frozen=True, slots=True)
class Drawn:
    """One question on a form: its section, its points, and the order in which its options stand."""

    code: str
    section: Section
    kind: Kind
    points: int
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    seed: int
    language: Language
    questions: tuple[Drawn, ...] = field(default=())

    def codes(self, section: Section) -> list[str]:
        return [drawn.code for drawn in self.questions if drawn.section is section]


class CannotAssemble(ValueError):
    """The bank cannot fill the blueprint; ``shortages`` says which cells are short by how many."""

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        self.shortages = tuple(shortages)
        named = "; ".join(f"{s.cell.name} is short by {s.missing} ({s.found} of {s.wanted})" for s in shortages)
        super().__init__(named or "enemy questions leave no way to fill the blueprint")


def groups_of(pool: Iterable[PoolEntry]) -> dict[str, str]:
    """Code → the name of its enemy group (its smallest code); enmity holds both ways and is passed on."""
    parent: dict[str, str] = {}

    def root(code: str) -> str:
        while parent.setdefault(code, code) != code:
            parent[code] = parent[parent[code]]
            code = parent[code]
        return code

    entries = list(pool)
    for entry in entries:
        for enemy in sorted(entry.enemies):
            first, second = sorted((root(entry.code), root(enemy)))
            parent[second] = first
    return {entry.code: root(entry.code) for entry in entries}


def fits(entry: PoolEntry, cell: Cell, language: Language) -> bool:
    pick = cell.pick
    return (
        entry.section is cell.section
        and entry.kind is pick.kind
        and language in entry.languages
        and (pick.topic is None or entry.topic == pick.topic)
        and (pick.difficulty is None or entry.difficulty == pick.difficulty)
        and (entry.points is None or entry.points == pick.points)
    )


def wanted(cell: Cell, cap: Fraction) -> int:
    """Questions that a cell needs so that none is seen more often than ``cap``: ⌈count / cap⌉."""
    return ceil(cell.pick.count / cap)


def shortages(blueprint: Blueprint, pool: Sequence[PoolEntry], language: Language) -> list[Shortage]:
    """The cells that ``pool`` cannot fill in ``language``; empty when a paper can always be drawn.

    Cells that compete for the same questions share them out (narrowest cell first), as the draw does, so that a
    general cell is not promised what a special one will take. Each group counts once.
    """
    groups = groups_of(pool)
    taken: set[str] = set()
    short = []
    for cell in narrowest_first(blueprint, pool, language):
        fitting = [entry for entry in pool if fits(entry, cell, language)]
        free = {groups[entry.code] for entry in fitting} - taken
        need = wanted(cell, blueprint.exposure_cap)
        questions = sum(groups[entry.code] in free for entry in fitting)
        if len(free) < cell.pick.count:
            short.append(Shortage(cell, need, len(free)))
        elif questions < need:
            short.append(Shortage(cell, need, questions))
        if contested(cell, blueprint):
            taken |= set(sorted(free)[: cell.pick.count])
    return [s for cell in blueprint.cells() for s in short if s.cell == cell]


def contested(cell: Cell, blueprint: Blueprint) -> bool:
    """Whether another cell of the section may draw the same questions."""
    return any(
        other != cell
        and other.section is cell.section
        and other.pick.kind is cell.pick.kind
        and None in (other.pick.topic, cell.pick.topic, other.pick.difficulty, cell.pick.difficulty)
        and _compatible(other.pick.topic, cell.pick.topic)
        and _compatible(other.pick.difficulty, cell.pick.difficulty)
        for other in blueprint.cells()
    )


def _compatible(one: object, other: object) -> bool:
    return one is None or other is None or one == other


def narrowest_first(blueprint: Blueprint, pool: Sequence[PoolEntry], language: Language) -> list[Cell]:
    """Cells by how little choice they leave, so that a special cell is served before a general one."""
    choice = {
        cell: Fraction(sum(fits(entry, cell, language) for entry in pool), cell.pick.count)
        for cell in blueprint.cells()
    }
    return sorted(choice, key=lambda cell: choice[cell])


def inclusion(weights: Sequence[float], count: int, cap: float) -> list[float]:
    """Probabilities that sum to ``count``, in proportion to ``weights``, none above ``cap`` (water-filling).

    Where even ``cap`` for all would not reach ``count`` the cap gives way: filling the paper comes first, and
    :func:`shortages` has already said that the bank is too small.
    """
    cap = max(cap, count / len(weights))
    chances = [0.0] * len(weights)
    open_ = list(range(len(weights)))
    left = float(count)
    while open_:
        total = sum(weights[i] for i in open_)
        over = [i for i in open_ if left * weights[i] / total >= cap]
        if not over:
            for i in open_:
                chances[i] = left * weights[i] / total
            break
        for i in over:
            chances[i] = cap
        left -= cap * len(over)
        open_ = [i for i in open_ if i not in set(over)]
    return chances


class Assembler:
    """Draws forms of one blueprint from one pool snapshot in one language.

    The tables that do not depend on the seed are made once, so that the start rush of a sitting draws quickly.
    Raises :class:`CannotAssemble` at once where the bank is too small.
    """

    def __init__(self, blueprint: Blueprint, pool: Sequence[PoolEntry], language: Language) -> None:
        self.blueprint = blueprint
        self.language = language
        self._pool = {entry.code: entry for entry in sorted(pool, key=lambda entry: entry.code)}
        # A bank that only misses the exposure cap still fills the paper; the trainer has been told.
        found = shortages(blueprint, list(self._pool.values()), language)
        short = [shortage for shortage in found if shortage.found < shortage.cell.pick.count]
        if short:
            raise CannotAssemble(short)
        self._groups = groups_of(self._pool.values())
        self._cells = [
            (cell, [entry for entry in self._pool.values() if fits(entry, cell, language)])
            for cell in narrowest_first(blueprint, list(self._pool.values()), language)
        ]

    def form(self, seed: int) -> Form:
        """The form of ``seed``: sections exact, no two enemies, options shuffled as the blueprint says."""
        dice = random.Random(f"paper:{self.blueprint.code}:{self.language}:{seed}")
        for _ in range(ATTEMPTS_AT_A_FORM):
            drawn = self._draw(dice)
            if drawn is not None:
                return Form(seed=seed, language=self.language, questions=tuple(self._lay_out(drawn, dice)))
        raise CannotAssemble([])

    def _draw(self, dice: random.Random) -> dict[Cell, list[PoolEntry]] | None:
        """One try: cell → questions; None where enemies closed a cell, and the dice must be thrown again."""
        closed: set[str] = set()
        drawn: dict[Cell, list[PoolEntry]] = {}
        for cell, fitting in self._cells:
            free = [entry for entry in fitting if self._groups[entry.code] not in closed] if closed else fitting
            chosen = self._sample(free, cell.pick.count, dice)
            if chosen is None:
                return None
            drawn[cell] = chosen
            closed.update(self._groups[entry.code] for entry in chosen)
        return drawn

    def _sample(self, free: Sequence[PoolEntry], count: int, dice: random.Random) -> list[PoolEntry] | None:
        by_group: dict[str, list[PoolEntry]] = {}
        for entry in free:
            by_group.setdefault(self._groups[entry.code], []).append(entry)
        if len(by_group) < count:
            return None
        bundles = list(by_group.values())
        dice.shuffle(bundles)
        entries = [entry for bundle in bundles for entry in bundle]
        chances = inclusion([entry.weight for entry in entries], count, float(self.blueprint.exposure_cap))
        chosen = [entries[place] for place in systematic(chances, dice.random())]
        if len({self._groups[entry.code] for entry in chosen}) < count:
            return None  # a group wider than one step was hit twice, or rounding lost the last point
        return chosen

    def _lay_out(self, drawn: Mapping[Cell, Sequence[PoolEntry]], dice: random.Random) -> list[Drawn]:
        """Sections in the blueprint's order; within one, objective questions before written, else shuffled."""
        laid = []
        for plan in self.blueprint.sections:
            of_section = [
                (cell, entry)
                for cell in self.blueprint.cells()
                if cell.section is plan.section
                for entry in drawn[cell]
            ]
            if self.blueprint.shuffle_questions:
                dice.shuffle(of_section)
            order = list(Kind)
            of_section.sort(key=lambda pair: order.index(pair[1].kind))
            laid += [self._present(cell, entry, dice) for cell, entry in of_section]
        return laid

    def _present(self, cell: Cell, entry: PoolEntry, dice: random.Random) -> Drawn:
        order = list(entry.presented)
        # Steps to be ordered are always shuffled: shown as authored they might already stand right.
        if self.blueprint.shuffle_options or entry.kind is Kind.ORDERING:
            dice.shuffle(order)
        return Drawn(entry.code, entry.section, entry.kind, cell.pick.points, tuple(order))


def systematic(chances: Sequence[float], start: float) -> list[int]:
    """Places whose stretch of the line ``chances`` laid end to end covers start, start+1, start+2 …

    ``start`` lies in [0, 1). The number of places is ⌊Σ − start⌋ + 1, which is Σ where Σ is whole.
    """
    places = []
    reached, point = 0.0, start
    for place, chance in enumerate(chances):
        reached += chance
        while point < reached - 1e-12:
            places.append(place)
            point += 1
    return places


def exposure_weight(rate: float, cap: float) -> float:
    """How a question's past exposure (uses ÷ opportunities, 0…1) lowers its weight in the next pool snapshot.

    1 for a question never used, falling in a straight line to 0.1 at the cap and beyond: seldom seen questions are
    preferred, none is ever shut out.
    """
    return max(0.1, 1 - 0.9 * rate / cap)
