"""Whole customers: everything that the CRM knows of one, made from the head of the record."""

from datetime import timedelta

from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.dice import Dice
from lms.domain.crm.heads import Head, Register
from lms.domain.crm.moments import TODAY
from lms.domain.crm.records import Customer, Sim, Status, Subscription


class CustomerMaker:
    def __init__(self, seed: int, catalogue: Catalogue, register: Register) -> None:
        self._seed = seed
        self._catalogue = catalogue
        self._register = register

    def customer(self, n: int) -> Customer:
        head = self._register.head(n)
        dice = Dice(self._seed, n, 51)
        plan = self._catalogue.plan(head.plan, head.version)
        opened = TODAY - timedelta(days=dice.between(500, 3000))
        closed = opened + timedelta(days=300) if head.status in (Status.CLOSED, Status.PORTED_OUT) else None
        return Customer(
            n=n,
            account=head.account,
            name=head.name,
            enterprise=head.enterprise,
            id_last4=f"{dice.below(10_000):04d}",
            id_number="",
            number=head.number,
            status=head.status,
            opened=opened,
            closed=closed,
            plan=Subscription(plan.code, plan.version, plan.monthly, opened),
            address=head.address,
            sims=_sims(head),
            circumstance=head.role,
        )


def _sims(head: Head) -> tuple[Sim, ...]:
    extra = (Sim(f"sim:{which}", number, False) for which, number in enumerate(head.extra_numbers, start=2))
    return (Sim("sim:1", head.number, True), *extra)
