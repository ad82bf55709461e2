"""The head of a customer's record: what the search index and its results need, and nothing that takes long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.circumstances import Circumstance
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
_GONE = {"former-owner": Status.CLOSED, "ported-away": Status.PORTED_OUT, "merged": Status.CLOSED}


@dataclass(slots=True)
class Head:
    """``tickets``: numbers with the moment of opening, newest first. ``role``: the circumstance of a group's first
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
        seed = self._seed
        group, slot = divmod(n, GROUP)
        place = (slot - mixed(seed, group, 31)) % GROUP
        part = self.deck[group % len(self.deck)]
        subject = place == SUBJECT
        role = self._role(part, place)
        bits = mixed(seed, n, 32)

        names = self._names
        named = names.other_given(group) if place == TWIN else names.same(group)
        if place == SOUNDS_LIKE:
            named = names.other_surname(group)
        enterprise = part.enterprise if subject else role == "firm"
        number = self._numbers.main(group, SUBJECT if role in ("former-owner", "ported-away") else place)
        bits, throw = divmod(bits, 20)
        plan, version = _PLANS[throw], "V3"
        bits, throw = divmod(bits, 64)
        if subject and part.plans:
            plan = part.plans[throw % len(part.plans)]
        if subject and part.legacy:
            version = "V2"
        if role == "merged":
            plan = "m39"  # whose bill, unpaid, is worth asking about
        bits, throw = divmod(bits, 1000)
        status = _GONE.get(role, Status.CLOSED if place == SOUNDS_LIKE else Status.ACTIVE)
        if subject:
            status = part.status
        gone = status in (Status.CLOSED, Status.PORTED_OUT)
        may = self._extra[plan, version]
        if subject and part.extra_sims is not None:
            low, high = part.extra_sims
            sims = low + throw % (high - low + 1)
        else:
            sims = 0 if gone else min(may, (0, 0, 0, 1, 2)[throw % 5])
        extra = tuple(self._numbers.extra(n, which) for which in range(sims))
        bits, throw = divmod(bits, 100)
        contact = not gone and throw < 8
        security = not gone and throw > 96
        if subject:
            contact = contact if part.contact is None else part.contact
            security = security if part.security is None else part.security
        opened = self._opened(n, part, subject, bits)
        return Head(
            n=n,
            group=group,
            place=place,
            role=role,
            circumstance=part,
            named=named,
            name=self._firm_name(named, group) if enterprise else named.texts,
            enterprise=enterprise,
            number=number,
            extra_numbers=extra,
            account=self._numbers.account(n),
            status=status,
            home=self._homes.home(group, place, part, enterprise),
            plan=plan,
            version=version,
            security_note=security,
            authorised_contact=contact,
            opened_tickets=opened,
            tickets=tuple([self._numbers.ticket(n, moment) for moment in opened]),
        )

    def _role(self, part: Circumstance, place: int) -> str:
        if place == SUBJECT:
            return part.name
        at = SOUNDS_LIKE if part.companion == "former-owner" else NAMESAKE
        return part.companion if part.companion and place == at else LOOK_ALIKE

    def _firm_name(self, named: PersonName, group: int) -> Texts:
        firm = self._firms[mixed(self._seed, group, 33) % len(self._firms)]
        return Texts(zh=named.zh + firm.zh.removeprefix("澄湾"), en=f"{named.en} {firm.en.removeprefix('Chengwan ')}")

    def _opened(self, n: int, part: Circumstance, subject: bool, bits: int) -> tuple[datetime, ...]:
        """When the customer's tickets were opened: those of the circumstance, and up to two old ones; newest first."""
        moments = []
        if subject and part.tickets:
            dice = Dice(self._seed, n, 34)
            for ticket in part.tickets:
                moments.append(START - timedelta(hours=dice.between(*ticket.hours_ago), minutes=dice.below(60)))
        bits, old = divmod(bits, 3)
        for _ in range(old):
            bits, days = divmod(bits, 200)
            moments.append(START - timedelta(days=40 + days, minutes=bits % 480 - 240))
        seen = set()
        for at, moment in enumerate(moments):
            while moment.date() in seen:
                moment -= timedelta(days=1)
            seen.add(moment.date())
            moments[at] = moment
        return tuple(moments)
