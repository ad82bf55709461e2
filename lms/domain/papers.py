"""Papers 试卷: a pool, a blueprint and a seed make one frozen form, and the same three make the same form again.

How a form is drawn. The cells are filled narrowest first; within a cell one question after another is drawn with
chances in proportion to the weights of those that are free, and whatever is drawn closes its enemies. Where a cell
runs dry the whole form is drawn anew from the same dice.

How exposure is kept. Enmity and narrow cells bend the chances, so the weights are *rehearsed* before a sitting
opens (`rehearse`): after each of many trial forms the drawn questions get lighter and the others heavier by a
small step; the mean of the later steps makes each be drawn as often as it should (Robbins & Monro 1951, averaged as
in Polyak & Juditsky 1992; the use for exposure follows Sympson & Hetter 1985). Cells with so much to choose from that
nothing can bring a question near the cap are left out of it (`to_rehearse`): a large bank costs no more than a small.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from math import ceil, exp
from typing import NamedTuple

from lms.domain.blueprints import Blueprint, Cell
from lms.domain.questions import Kind, Section
from lms.domain.values import Language

TRIES_AT_A_FORM = 500
ORDER_OF_KINDS = {kind: place for place, kind in enumerate(Kind)}
REHEARSALS = 2500
STEP = 0.1
LEANING = 5.0  # no weight leaves e^±5: a question that enmity almost shuts out must not take over the dice


class Sort(NamedTuple):
    """What a cell looks at in a question; questions of one sort fit the same cells."""

    section: Section
    topic: str
    kind: Kind
    difficulty: int
    languages: frozenset[Language]
    points: int | None


Stock = Mapping[Sort, int]  # how many questions there are of each sort


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

    @property
    def sort(self) -> Sort:
        return Sort(self.section, self.topic, self.kind, self.difficulty, self.languages, self.points)


def stock_of(pool: Sequence[PoolEntry]) -> Stock:
    return Counter(entry.sort for entry in pool)


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


@lru_cache(maxsize=8)  # the sittings of a bank draw from the same pool, in each of its languages
def enemies_of(pool: tuple[PoolEntry, ...]) -> Mapping[str, frozenset[str]]:
    """Code → the codes that may not stand on one paper with it; enmity holds both ways, whoever declared it."""
    found: dict[str, set[str]] = {}
    for entry in pool:
        for enemy in entry.enemies:
            found.setdefault(entry.code, set()).add(enemy)
            found.setdefault(enemy, set()).add(entry.code)
    return {code: frozenset(enemies) for code, enemies in found.items()}


def fits(entry: PoolEntry | Sort, cell: Cell, language: Language) -> bool:
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


def found(cell: Cell, stock: Stock, language: Language) -> int:
    """How many questions fit the cell."""
    return sum(number for sort, number in stock.items() if fits(sort, cell, language))


def shortages(blueprint: Blueprint, stock: Stock, language: Language) -> list[Shortage]:
    """The cells that ``stock`` cannot fill in ``language`` without showing a question more often than the cap.

    Cells that compete for the same questions share them out, narrowest first, so that a general cell is not
    promised what a special one will take; where there is a way to fill every cell, no cell is short of its count.
    """
    cells = narrowest_first(blueprint, stock, language)
    in_order = sorted(stock, key=lambda sort: (*sort[:4], sorted(sort.languages), sort.points or 0))
    fitting = {cell: [sort for sort in in_order if fits(sort, cell, language)] for cell in cells}
    held = share_out(cells, fitting, stock)
    left = Counter(stock)
    short = []
    for cell in cells:
        free = sum(left[sort] for sort in fitting[cell])
        need = wanted(cell, blueprint.exposure_cap)
        if free < need:
            short.append(Shortage(cell, need, free))
        for sort in fitting[cell]:
            left[sort] -= held[sort][cell]
    return [s for cell in blueprint.cells() for s in short if s.cell == cell]


def share_out(cells: Sequence[Cell], fitting: Mapping[Cell, Sequence[Sort]], stock: Stock) -> dict[Sort, Counter[Cell]]:
    """Sort → how many each cell gets of it: its count where that is possible, earlier cells before later ones.

    A cell that finds nothing free asks the holders of its questions to take another one (augmenting paths, Kuhn's
    "Hungarian method" of 1955 for assignments without costs).
    """
    held: dict[Sort, Counter[Cell]] = {sort: Counter() for sort in stock}

    def seat(cell: Cell, asked: set[Sort]) -> bool:
        open_ = [sort for sort in fitting[cell] if sort not in asked]
        for sort in sorted(open_, key=lambda sort: held[sort].total() == stock[sort]):
            if sort in asked:
                continue
            asked.add(sort)
            if held[sort].total() < stock[sort]:
                held[sort][cell] += 1
                return True
            for holder in [holder for holder, number in held[sort].items() if number]:
                if seat(holder, asked):
                    held[sort][holder] -= 1
                    held[sort][cell] += 1
                    return True
        return False

    for cell in cells:
        for _ in range(cell.pick.count):
            if not seat(cell, set()):
                break
    return held


def narrowest_first(blueprint: Blueprint, stock: Stock, language: Language) -> list[Cell]:
    """Cells by how little choice they leave, so that a special cell is served before a general one."""
    choice = {cell: Fraction(found(cell, stock, language), cell.pick.count) for cell in blueprint.cells()}
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


def _fitting(cell: Cell, by_sort: Mapping[Sort, Sequence[PoolEntry]], language: Language) -> Iterator[PoolEntry]:
    for sort, alike in by_sort.items():
        if fits(sort, cell, language):
            yield from alike


Filling = tuple[Cell, Sequence[PoolEntry]]  # a cell and the questions that fit it


class Assembler:
    """Draws forms of one blueprint from one pool snapshot in one language.

    What does not depend on the seed is made once, so that the start rush of a sitting draws quickly.
    ``weights`` are those of :func:`rehearse`; without them past exposure alone leads the draw.
    Raises :class:`CannotAssemble` at once where the bank is too small.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        pool: Sequence[PoolEntry],
        language: Language,
        weights: Mapping[str, float] | None = None,
    ) -> None:
        self.blueprint = blueprint
        self.language = language
        entries = sorted(pool, key=lambda entry: entry.code)
        by_sort: dict[Sort, list[PoolEntry]] = defaultdict(list)
        for entry in entries:
            by_sort[entry.sort].append(entry)
        stock = {sort: len(alike) for sort, alike in by_sort.items()}
        # A bank that only misses the exposure cap still fills the paper; the trainer has been told.
        short = [one for one in shortages(blueprint, stock, language) if one.found < one.cell.pick.count]
        if short:
            raise CannotAssemble(short)
        self.enemies = enemies_of(tuple(entries))
        self.weights = {entry.code: entry.weight for entry in entries} | dict(weights or {})
        self.cells: Sequence[Filling] = [
            (cell, sorted(_fitting(cell, by_sort, language), key=lambda entry: entry.code))
            for cell in narrowest_first(blueprint, stock, language)
        ]
        cells = list(blueprint.cells())
        self._sections = [[cell for cell in cells if cell.section is plan.section] for plan in blueprint.sections]

    def form(self, seed: int) -> Form:
        """The form of ``seed``: sections exact, no two enemies, options shuffled as the blueprint says."""
        dice = random.Random(f"paper:{self.blueprint.code}:{self.language}:{seed}")
        drawn = self.draw(dice)
        return Form(seed=seed, language=self.language, questions=tuple(self._lay_out(drawn, dice)))

    def draw(self, dice: random.Random) -> dict[Cell, list[PoolEntry]]:
        """Cell → its questions. Raises CannotAssemble where enmity leaves no way after many tries."""
        for _ in range(TRIES_AT_A_FORM):
            drawn = self._try(dice)
            if drawn is not None:
                return drawn
        raise CannotAssemble([])

    def _try(self, dice: random.Random) -> dict[Cell, list[PoolEntry]] | None:
        """One try; None where a cell ran dry, and the dice must be thrown again."""
        closed: set[str] = set()
        drawn: dict[Cell, list[PoolEntry]] = {}
        for cell, fitting in self.cells:
            chosen = drawn[cell] = []
            free = [entry for entry in fitting if entry.code not in closed]
            for _ in range(cell.pick.count):
                if not free:
                    return None
                entry = dice.choices(free, [self.weights[entry.code] for entry in free])[0]
                chosen.append(entry)
                closed.add(entry.code)
                closed |= self.enemies.get(entry.code, frozenset())
                free = [other for other in free if other.code not in closed]
        return drawn

    def _lay_out(self, drawn: Mapping[Cell, Sequence[PoolEntry]], dice: random.Random) -> list[Drawn]:
        """Sections in the blueprint's order; within one, objective questions before written, else shuffled."""
        laid: list[Drawn] = []
        for cells in self._sections:
            of_section = [(cell, entry) for cell in cells for entry in drawn[cell]]
            if self.blueprint.shuffle_questions:
                dice.shuffle(of_section)
            of_section.sort(key=lambda pair: ORDER_OF_KINDS[pair[1].kind])
            laid += [self._present(cell, entry, dice) for cell, entry in of_section]
        return laid

    def _present(self, cell: Cell, entry: PoolEntry, dice: random.Random) -> Drawn:
        order = list(entry.presented)
        # Steps to be ordered are always shuffled, for many are authored in their right order. They may come to stand
        # right all the same, which nobody here knows (contract 4): the page lets a candidate leave them so.
        if self.blueprint.shuffle_options or entry.kind is Kind.ORDERING:
            dice.shuffle(order)
        return Drawn(entry.code, entry.section, entry.kind, cell.pick.points, tuple(order))


def rehearse(blueprint: Blueprint, pool: Sequence[PoolEntry], language: Language) -> dict[str, float]:
    """Code → the weight with which it is drawn as often as it should be: the weights of a sitting's pool snapshot.

    How often it should be follows from the weights in ``pool`` (past exposure) and the cap, cell by cell
    (:func:`inclusion`). What only fits cells that need no rehearsal keeps its weight. Always the same for the same
    blueprint, pool and language.
    """
    assembler = Assembler(blueprint, pool, language)
    untouched = {entry.code: entry.weight for _cell, fitting in assembler.cells for entry in fitting}
    assembler.cells = to_rehearse(assembler.cells, assembler.enemies, float(blueprint.exposure_cap))
    aims: dict[str, float] = {}
    for cell, fitting in assembler.cells:
        chances = inclusion([entry.weight for entry in fitting], cell.pick.count, float(blueprint.exposure_cap))
        for entry, chance in zip(fitting, chances, strict=True):
            aims[entry.code] = min(1.0, aims.get(entry.code, 0.0) + chance)
    if not aims:
        return untouched
    dice = random.Random(f"rehearsal:{blueprint.code}:{language}")
    leaning = dict.fromkeys(aims, 0.0)
    settled = dict.fromkeys(aims, 0.0)
    for number in range(REHEARSALS):
        drawn = {entry.code for chosen in assembler.draw(dice).values() for entry in chosen}
        for code, aim in aims.items():
            leaning[code] = min(LEANING, max(-LEANING, leaning[code] + STEP * (aim - (code in drawn))))
            assembler.weights[code] = exp(leaning[code])
        if number >= REHEARSALS // 2:
            for code, lean in leaning.items():
                settled[code] += lean
    # Only proportions count. The heaviest gets 1, the most that a question has in the cells that are not rehearsed.
    top = max(settled.values())
    return untouched | {
        code: round(exp((total - top) / (REHEARSALS - REHEARSALS // 2)), 7) for code, total in settled.items()
    }


def to_rehearse(cells: Sequence[Filling], enemies: Mapping[str, frozenset[str]], cap: float) -> Sequence[Filling]:
    """The beginning of ``cells`` (in the order in which they are filled) after which only roomy ones come.

    A cell is roomy where its questions stay below half of the cap by their own weights, whatever stands on the paper
    already: of the weight that is left, even if the paper had closed as much of the cell as any paper can, the
    heaviest question's part is small enough at every draw. Such a cell never runs dry, so what is drawn before it
    does not depend on it.
    """
    homes: dict[str, list[int]] = defaultdict(list)
    for at, (_cell, fitting) in enumerate(cells):
        for entry in fitting:
            homes[entry.code].append(at)
    closed = _most_closed(cells, homes, enemies)

    def roomy(at: int, rehearsed: set[str]) -> bool:
        cell, fitting = cells[at]
        # Those rehearsed may come to weigh anything up to 1: at worst much to draw, and nothing to draw beside it.
        own = [entry.weight for entry in fitting if entry.code not in rehearsed]
        heaviest = max([*own, 1.0] if len(own) < len(fitting) else own)
        left = sum(own) - closed[at] * heaviest
        in_as_many_cells = max(len(homes[entry.code]) for entry in fitting)
        return left > 0 and cell.pick.count * heaviest / left <= cap / 2 / in_as_many_cells

    narrow = 0
    while True:
        rehearsed = {entry.code for _cell, fitting in cells[:narrow] for entry in fitting}
        cramped = [at for at in range(narrow, len(cells)) if not roomy(at, rehearsed)]
        if not cramped:
            return cells[:narrow]
        narrow = cramped[-1] + 1


def _most_closed(
    cells: Sequence[Filling], homes: Mapping[str, Sequence[int]], enemies: Mapping[str, frozenset[str]]
) -> list[int]:
    """For every cell how many of its questions one paper can close at most: by drawing them or their enemies."""
    closed = [0] * len(cells)
    for cell, fitting in cells:
        closings = {
            tuple(sorted(at for code in (entry.code, *enemies.get(entry.code, ())) for at in homes.get(code, ())))
            for entry in fitting
        }
        most: Counter[int] = Counter()
        for closing in closings:
            most |= Counter(closing)
        for at, number in most.items():
            closed[at] += cell.pick.count * number
    return closed


def exposure_weight(rate: float, cap: float) -> float:
    """How a question's past exposure (uses ÷ opportunities, 0…1) lowers its weight in the next pool snapshot.

    1 for a question never used, falling in a straight line to 0.1 at the cap and beyond: seldom seen questions are
    preferred, none is ever shut out.
    """
    return max(0.1, 1 - 0.9 * rate / cap)
