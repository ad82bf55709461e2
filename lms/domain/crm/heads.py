"""The head of a customer's record: what the search index and its results need, and nothing that takes long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.circumstances import NOTHING_SPECIAL, Circumstance
from lms.domain.crm.dice import Dice, mixed
from lms.domain.crm.homes import Home, Homes
from lms.domain.crm.moments import START
from lms.domain.crm.names import NameBook, PersonName
from lms.domain.crm.numbers import GROUP, TWIN, Numbers
from lms.domain.crm.records import Status
from lms.domain.values import Texts

SUBJECT, NAMESAKE, NEIGHBOUR, SOUNDS_LIKE = 0, 1, 2, 4  # places in a group; numbers.TWIN is the remaining one
LOOK_ALIKE = "look-alike"

_PLANS = ("m39",) * 5 + ("m69",) * 6 + ("m99",) * 5 + ("m139",) * 2 + ("s8",) * 2
_STATUS_OF_PLACE = (Status.ACTIVE, Status.ACTIVE, Status.ACTIVE, Status.ACTIVE, Status.CLOSED)
_GONE = {"former-owner": Status.CLOSED, "ported-away": Status.PORTED_OUT, "merged": Status.CLOSED}


@dataclass(slots=True)
class Head:
    """``tickets``: numbers, each beside the moment of its opening. ``role``: the circumstance of a group's first
    customer, "look-alike", or what a companion is ("former-owner" …)."""

    n: int
    group: int
    place: int
    role: str
    circumstance: Circumstance  # the group's
    named: PersonName
    name: Texts
    enterprise: bool
    number: str
    extra_numbers: tuple[str, ...]
    account: str
    status: Status
    home: Home
    plan: str
    version: str
    security_note: bool
    authorised_contact: bool
    opened_tickets: tuple[datetime, ...]
    tickets: tuple[str, ...]

    @property
    def gone(self) -> bool:
        return self.status in (Status.CLOSED, Status.PORTED_OUT)

    @property
    def address(self) -> Texts:
        return self.home.texts


class Register:
    """The heads of one world."""

    def __init__(self, seed: int, catalogue: Catalogue) -> None:
        self._seed = seed
        self._numbers = Numbers(seed)
        self._names = NameBook(catalogue.people, seed)
        self._homes = Homes(catalogue, seed)
        self._firms = [firm for firm in catalogue.people.firms if not firm.zh.endswith("公司")]
        self._extra = {(plan.code, plan.version): plan.extra_sims for plan in catalogue.products.plans}
        self.deck = tuple(one for one in catalogue.circumstances for _ in range(one.slots))
        self.block = GROUP * len(self.deck)

    def number_of(self, group: int, place: int) -> int:
        """Which customer stands at ``place`` of a group: groups begin with anybody, so that the order tells nothing."""
        return group * GROUP + (place + mixed(self._seed, group, 31)) % GROUP

    def companion_of(self, head: Head) -> int:
        """Who holds the record that belongs to the circumstance of the head's group, which must have one."""
        at = SOUNDS_LIKE if head.circumstance.companion == "former-owner" else NAMESAKE
        return self.number_of(head.group, at)

    def contact_number(self, n: int) -> str:
        """The telephone number of an authorised contact."""
        return self._numbers.extra(n, 3)

    def head(self, n: int) -> Head:
        group, slot = divmod(n, GROUP)
        place = (slot - mixed(self._seed, group, 31)) % GROUP
        part = self.deck[group % len(self.deck)]
        role = self._role(part, place)
        asked = part if place == SUBJECT else NOTHING_SPECIAL
        throw = mixed(self._seed, n, 32)
        named = self._named(group, place)
        enterprise = asked.enterprise or role == "firm"
        plan = asked.plans[throw % len(asked.plans)] if asked.plans else _PLANS[throw % 20]
        if role == "merged":
            plan = "m39"  # whose bill, unpaid, is worth asking about
        version = "V2" if asked.legacy else "V3"
        status = asked.status if place == SUBJECT else _GONE.get(role, _STATUS_OF_PLACE[place])
        gone = status in (Status.CLOSED, Status.PORTED_OUT)
        # Old tickets are those of customers who were there for years, and still are.
        young = asked.ported_days_ago is not None or asked.companion == "former-owner"
        opened = self._opened(n, asked, 0 if gone or young else throw >> 40)
        return Head(
            n=n,
            group=group,
            place=place,
            role=role,
            circumstance=part,
            named=named,
            name=self._firm_name(named, group) if enterprise else named.texts,
            enterprise=enterprise,
            number=self._numbers.main(group, SUBJECT if role in ("former-owner", "ported-away") else place),
            extra_numbers=() if gone else self._extra_numbers(n, asked, self._extra[plan, version], throw >> 16),
            account=self._numbers.account(n),
            status=status,
            home=self._homes.home(group, place, part, enterprise),
            plan=plan,
            version=version,
            security_note=_flag(asked.security, not gone and (throw >> 24) % 100 < 3),
            authorised_contact=_flag(asked.contact, not gone and (throw >> 32) % 100 < 8),
            opened_tickets=opened,
            tickets=tuple([self._numbers.ticket(n, moment) for moment in opened]),
        )

    def _role(self, part: Circumstance, place: int) -> str:
        if place == SUBJECT:
            return part.name
        at = SOUNDS_LIKE if part.companion == "former-owner" else NAMESAKE
        return part.companion if part.companion and place == at else LOOK_ALIKE

    def _named(self, group: int, place: int) -> PersonName:
        if place == TWIN:
            return self._names.other_given(group)
        return self._names.other_surname(group) if place == SOUNDS_LIKE else self._names.same(group)

    def _extra_numbers(self, n: int, asked: Circumstance, most: int, throw: int) -> tuple[str, ...]:
        """Three in five have none, where the plan allows any."""
        count = min(most, (0, 0, 0, 1, 2)[throw % 5])
        if asked.extra_sims is not None:
            low, high = asked.extra_sims
            count = low + throw % (high - low + 1)
        return tuple([self._numbers.extra(n, which) for which in range(count)])

    def _firm_name(self, named: PersonName, group: int) -> Texts:
        firm = self._firms[mixed(self._seed, group, 33) % len(self._firms)]
        return Texts(zh=named.zh + firm.zh.removeprefix("澄湾"), en=f"{named.en} {firm.en.removeprefix('Chengwan ')}")

    def _opened(self, n: int, asked: Circumstance, throw: int) -> tuple[datetime, ...]:
        """When the customer's tickets were opened: those of the deck in its order, then up to two old ones.

        No two on one day: see `Numbers.ticket`.
        """
        moments = []
        if asked.tickets:
            dice = Dice(self._seed, n, 34)
            for ticket in asked.tickets:
                moments.append(START - timedelta(hours=dice.between(*ticket.hours_ago), minutes=dice.below(60)))
        for old in range(throw % 3):
            bits = throw >> 2 + 10 * old
            moments.append(START - timedelta(days=40 + 100 * old + bits % 90, minutes=bits % 480 - 240))
        return tuple(moments)


def _flag(asked: bool | None, by_chance: bool) -> bool:
    return by_chance if asked is None else asked
