"""Whole customers: everything that the CRM knows of one, made from the head of the record and dice of its own."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from lms.domain.crm import billing, dossier, ledger
from lms.domain.crm.agreements import (
    Life,
    contract_of,
    life_of,
    packs_of,
    services_of,
    subscriptions,
)
from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.circumstances import NOTHING_SPECIAL, Circumstance
from lms.domain.crm.dice import Dice
from lms.domain.crm.heads import SUBJECT, Head, Register
from lms.domain.crm.ledger import Holdings, Payment
from lms.domain.crm.lines import NO_USE, broadband_of, used_in_a_month, used_this_month
from lms.domain.crm.moments import TODAY, month_of
from lms.domain.crm.records import Bill, Contract, Customer, Merge, Port, Sim, Status
from lms.domain.values import Texts

_LIFE, _PERSON, _REST = 51, 52, 53  # purposes of dice
Event = tuple[date, Decimal]  # a day and an amount
_SAME_PERSON = ("ported-away", "merged")


class CustomerMaker:
    """Makes the customers of one world, each from its number alone."""

    def __init__(self, seed: int, catalogue: Catalogue, register: Register) -> None:
        self._seed = seed
        self._catalogue = catalogue
        self._register = register

    def customer(self, n: int) -> Customer:
        head = self._register.head(n)
        subject = head.place == SUBJECT
        part = head.circumstance if subject else NOTHING_SPECIAL
        catalogue, dice = self._catalogue, Dice(self._seed, n, _REST)
        plan = catalogue.plan(head.plan, head.version)
        life = life_of(head, part, Dice(self._seed, n, _LIFE))

        contract = contract_of(head, plan, part, dice, life)
        contracts = (contract,) if contract else ()
        held, before = subscriptions(head, catalogue, contract, dice, life)
        packs = () if life.closed else packs_of(plan, part, subject, dice, catalogue)
        services = services_of(part, dice, life, catalogue)
        line = broadband_of(head, plan, part, life, dice, catalogue)
        goodwill = _goodwill(part, dice)
        holds = Holdings(plan, len(head.extra_numbers), line, contracts, services)
        billed = self._bills(head, part, life, dice, holds, goodwill)
        merge = self._merge(head, life, billed)
        usage = NO_USE
        if not life.closed:
            in_packs = sum(catalogue.pack(pack.code).data_gb for pack in packs if pack.used)
            usage = used_this_month(plan, part, head.status, in_packs, dice)
        identity = dossier.identity_number(Dice(self._seed, self._person(head), _PERSON))
        setting = dossier.Setting(life, plan, line, contract)
        events = self._events(part, contract, goodwill, merge, dice)
        return Customer(
            n=n,
            account=head.account,
            name=head.name,
            enterprise=head.enterprise,
            id_last4=identity[-4:],
            id_number=identity,
            number=head.number,
            status=head.status,
            opened=life.opened,
            closed=life.closed,
            plan=held,
            earlier_plans=before,
            contracts=contracts,
            packs=packs,
            usage=usage,
            bills=billed,
            arrears=_arrears(billed, merge),
            services=services,
            broadband=line,
            address=head.address,
            sims=_sims(head),
            contacts=dossier.contacts_of(head, self._register.contact_number(n), life, dice, catalogue),
            security_note=dice.one_of(catalogue.texts.security_notes) if head.security_note else None,
            port=self._port(head, part, life, dice),
            merge=merge,
            tickets=dossier.tickets_of(head, part, setting, dice, catalogue),
            notes=dossier.notes_of(events, setting, dice, catalogue),
            former_number_of=self._register.companion_of(head) if part.companion == "former-owner" else None,
            circumstance=head.role,
        )

    def _bills(
        self, head: Head, part: Circumstance, life: Life, dice: Dice, held: Holdings, goodwill: Event | None
    ) -> tuple[Bill, ...]:
        plain = part.overage is not None
        used = [used_in_a_month(held.plan, plain, dice) for _ in life.months]
        if head.status == Status.FULL:
            used[0] = NO_USE
        paid = []
        for age, month in enumerate(life.months):
            granted = goodwill[1] if goodwill and month_of(goodwill[0]) == month else billing.NOTHING
            paid.append(Payment(_paid_on(month, age, head, part, life, dice), granted))
        return ledger.bills(held, life.months, used, paid, self._catalogue)

    def _merge(self, head: Head, life: Life, bills: tuple[Bill, ...]) -> Merge | None:
        """Master and merged account tell of each other; what was overdue on the old account moved to the master."""
        if head.role == "merged":
            assert life.closed is not None
            master = self._register.head(self._register.number_of(head.group, SUBJECT))
            return Merge("merged", master.account, life.closed, ledger.arrears(bills))
        if head.place == SUBJECT and head.circumstance.companion == "merged":
            other = self.customer(self._register.companion_of(head))
            assert other.merge is not None
            return Merge("master", other.account, other.merge.on, other.merge.arrears)
        return None

    def _port(self, head: Head, part: Circumstance, life: Life, dice: Dice) -> Port | None:
        operators = self._catalogue.texts.operators
        if part.ported_days_ago:
            return Port("in", dice.one_of(operators), life.opened)
        if head.role == "ported-away" and life.closed:
            return Port("out", dice.one_of(operators), life.closed)
        return None

    def _person(self, head: Head) -> int:
        """Whose papers the record shows: some companions are an older record of the same person."""
        return self._register.number_of(head.group, SUBJECT) if head.role in _SAME_PERSON else head.n

    def _events(
        self, part: Circumstance, contract: Contract | None, goodwill: Event | None, merge: Merge | None, dice: Dice
    ) -> list[tuple[datetime, Texts]]:
        """The notes that belong to what happened."""
        orders, told = self._catalogue.texts.orders, list[tuple[datetime, Texts]]()
        if contract and contract.ended_early:
            left = billing.full_months_left(contract.end, contract.ended_early)
            fee = billing.termination_fee(contract.kind, left)
            told.append(dossier.event(orders.terminated, contract.ended_early, fee, dice))
        if part.contract and part.contract.state == "cooling-off":
            told.append(dossier.event(orders.contract, TODAY - timedelta(days=dice.below(7)), None, dice))
        if goodwill:
            told.append(dossier.event(self._catalogue.note("refund-r3").text, *goodwill, dice))
        if merge:
            told.append(dossier.event(orders.merged, merge.on, merge.arrears, dice))
        if part.deposit_returned_days_ago:
            returned = TODAY - timedelta(days=dice.between(*part.deposit_returned_days_ago))
            told.append(dossier.event(orders.deposit, returned, None, dice))
        return told


def _goodwill(part: Circumstance, dice: Dice) -> Event | None:
    if part.goodwill_days_ago is None:
        return None
    return TODAY - timedelta(days=dice.between(*part.goodwill_days_ago)), Decimal(dice.between(5, 20)).quantize(
        Decimal("0.01")
    )


def _paid_on(month: str, age: int, head: Head, part: Circumstance, life: Life, dice: Dice) -> date | None:
    """When the bill was paid that is ``age`` months old (0: the newest, which is not due yet)."""
    issued, due = billing.issued_on(month), billing.due_on(month)
    if head.role == "merged":
        return None if age == 0 else issued + timedelta(days=dice.below(15))
    if life.closed is None:
        if age == 0 and (part.unpaid or not part.settled and dice.chance(40)):
            return None
        if 0 < age <= part.unpaid:
            return None
        if age == 2 and part.late_days:
            return due + timedelta(days=dice.between(*part.late_days))
    return issued + timedelta(days=dice.below(13 if age == 0 else 18))


def _arrears(bills: tuple[Bill, ...], merge: Merge | None) -> Decimal:
    """What is overdue; of accounts billed together, at the master."""
    if merge is None:
        return ledger.arrears(bills)
    return ledger.arrears(bills) + merge.arrears if merge.role == "master" else billing.NOTHING


def _sims(head: Head) -> tuple[Sim, ...]:
    extra = (Sim(f"sim:{which}", number, False) for which, number in enumerate(head.extra_numbers, start=2))
    return (Sim("sim:1", head.number, True), *extra)
