"""Where customers live: addresses of a look-alike group are close to each other (rulebook 4)."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.circumstances import Circumstance
from lms.domain.crm.dice import mixed
from lms.domain.crm.moments import START
from lms.domain.crm.places import Estate
from lms.domain.values import Texts

MOBILE_SITE = "mobile-site"  # the kind of notice that leaves broadband alone


@dataclass(frozen=True)
class Home:
    """An address: the estate, village or street, then numbers with what they count in Chinese."""

    place_zh: str
    place_en: str
    area: str
    rural: bool
    numbers: tuple[tuple[int, str], ...]  # ((12, "栋"), (3, "单元"), (502, ""))

    @property
    def zh(self) -> str:
        return self.place_zh + "".join([f"{number}{counts}" for number, counts in self.numbers])

    @property
    def en(self) -> str:
        return f"{self.place_en} {'-'.join([str(number) for number, _ in self.numbers])}"

    @cached_property
    def texts(self) -> Texts:
        return Texts(zh=self.zh, en=self.en)


class Homes:
    """Addresses of one world. In a group the neighbour lives in the same building, the namesake in the same estate."""

    def __init__(self, catalogue: Catalogue, seed: int) -> None:
        people = catalogue.people
        self._seed = seed
        rural = {area.slug for area in people.areas if area.setting == "rural"}
        villages = {village.zh for village in people.villages}
        self._villages = villages
        everywhere = [
            *people.estates,
            *(Estate(zh=one.zh, en=one.en, area=one.area, setting="rural") for one in people.villages),
        ]
        noticed = {notice.area for notice in catalogue.notices if notice.started <= START}
        active = {one.area for one in catalogue.notices if one.in_force(START) and one.kind != MOBILE_SITE}
        areas = {"own": active, "ended": noticed - active, "other": {one.slug for one in people.areas} - active}
        self._everywhere = {setting: _of(everywhere, setting) for setting in ("urban", "rural")}
        self._pools = {
            (setting, notice): _of(everywhere, setting, areas[notice]) or self._everywhere[setting]
            for setting in ("urban", "rural")
            for notice in areas
        }
        self._streets = [street for street in people.streets if street.area not in rural] or list(people.streets)

    def home(self, group: int, place: int, part: Circumstance, enterprise: bool) -> Home:
        bits = mixed(self._seed, group, 41)
        own = mixed(self._seed, group * 5 + place, 42)
        bits, throw = divmod(bits, 100)
        if part.broadband:
            pool = self._pools[part.broadband.setting, part.broadband.notice]
        else:
            pool = self._everywhere["rural" if throw < 15 else "urban"]
        if enterprise and self._streets:
            street = self._streets[own % len(self._streets)]
            return Home(street.zh, street.en, street.area, False, ((1 + own // 64 % 300, "号"),))
        bits, throw = divmod(bits, len(pool))
        estate = pool[throw]
        if place > 2:
            own, throw = divmod(own, len(pool))
            estate = pool[throw]
        bits, building = divmod(bits, 20)
        if place in (1, 3, 4):  # another building than the first customer's
            own, step = divmod(own, 19)
            building = (building + 1 + step) % 20
        bits, unit = divmod(bits, 4)
        unit = (unit + (place == 2)) % 4
        own, floor = divmod(own, 18)
        own, door = divmod(own, 4)
        numbers: tuple[tuple[int, str], ...] = (
            (building + 1, "栋"),
            (unit + 1, "单元"),
            ((floor + 1) * 100 + door + 1, ""),
        )
        if estate.zh in self._villages:
            numbers = ((building + 1, "组"), (unit * 72 + floor * 4 + door + 1, "号"))
        return Home(estate.zh, estate.en, estate.area, estate.setting == "rural", numbers)


def _of(estates: list[Estate], setting: str, areas: Collection[str] | None = None) -> list[Estate]:
    return [one for one in estates if one.setting == setting and (areas is None or one.area in areas)]
