"""Whole customers: everything that the CRM knows of one, made from the head of the record and dice of its own."""

from datetime import datetime, timedelta

from lms.domain.crm import billing, dossier, ledger
from lms.domain.crm.agreements import contract_of, packs_of, services_of, subscriptions
from lms.domain.crm.cases import Case, case_of
from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.dice import Dice
from lms.domain.crm.heads import SUBJECT, Head, Register
from lms.domain.crm.ledger import Holdings
from lms.domain.crm.lines import broadband_of, used_this_month
from lms.domain.crm.moments import TODAY
from lms.domain.crm.payments import Granted, arrears_of, bills_of, goodwill_of
from lms.domain.crm.records import Bill, Contract, Customer, Merge, Port, Sim
from lms.domain.values import Texts

_PERSON = 52  # a purpose of dice
_SAME_PERSON = ("ported-away", "merged")


class CustomerMaker:
    """Makes the customers of one world, each from its number alone."""

    def __init__(self, seed: int, catalogue: Catalogue, register: Register) -> None:
        self._seed = seed
        self._catalogue = catalogue
        self._register = register

    def customer(self, n: int) -> Customer:
        head = self._register.head(n)
        case = case_of(head, self._seed, self._catalogue)
        contract = contract_of(case)
        plan, earlier = subscriptions(case, contract)
        contracts = (contract,) if contract else ()
        packs, services, line = packs_of(case), services_of(case), broadband_of(case)
        goodwill = goodwill_of(case)
        holds = Holdings(case.plan, len(head.extra_numbers), line, contracts, services)
        bills = bills_of(case, holds, goodwill)
        merge = self._merge(case, bills)
        usage = used_this_month(case, packs)
        identity = dossier.identity_number(Dice(self._seed, self._person(head), _PERSON))
        events = _events(case, contract, goodwill, merge)
        security = self._catalogue.texts.security_notes
        return Customer(
            n=n,
            account=head.account,
            name=head.name,
            enterprise=head.enterprise,
            id_last4=identity[-4:],
            id_number=identity,
            number=head.number,
            status=head.status,
            opened=case.opened,
            closed=case.closed,
            plan=plan,
            earlier_plans=earlier,
            contracts=contracts,
            packs=packs,
            usage=usage,
            bills=bills,
            arrears=arrears_of(bills, merge),
            services=services,
            broadband=line,
            address=head.address,
            sims=_sims(head),
            contacts=dossier.contacts_of(case, self._register.contact_number(n)),
            security_note=case.dice.one_of(security) if head.security_note else None,
            port=_port(case),
            merge=merge,
            tickets=dossier.tickets_of(case, line, contract),
            notes=dossier.notes_of(case, events),
            former_number_of=self._former_owner(case),
            circumstance=head.role,
        )

    def _merge(self, case: Case, bills: tuple[Bill, ...]) -> Merge | None:
        """Master and merged account tell of each other; what was overdue on the old account moved to the master."""
        head = case.head
        if head.role == "merged" and case.closed:
            master = self._register.head(self._register.number_of(head.group, SUBJECT))
            return Merge("merged", master.account, case.closed, ledger.arrears(bills))
        if case.asked.companion == "merged":
            other = self.customer(self._register.companion_of(head))
            assert other.merge is not None  # a companion of this kind is a merged account
            return Merge("master", other.account, other.merge.on, other.merge.arrears)
        return None

    def _person(self, head: Head) -> int:
        """Whose papers the record shows: some companions are an older record of the same person."""
        return self._register.number_of(head.group, SUBJECT) if head.role in _SAME_PERSON else head.n

    def _former_owner(self, case: Case) -> int | None:
        return self._register.companion_of(case.head) if case.asked.companion == "former-owner" else None


def _port(case: Case) -> Port | None:
    operators = case.catalogue.texts.operators
    if case.asked.ported_days_ago:
        return Port("in", case.dice.one_of(operators), case.opened)
    if case.head.role == "ported-away" and case.closed:
        return Port("out", case.dice.one_of(operators), case.closed)
    return None


def _events(
    case: Case, contract: Contract | None, goodwill: Granted | None, merge: Merge | None
) -> list[tuple[datetime, Texts]]:
    """The notes that belong to what happened."""
    asked, dice, orders = case.asked, case.dice, case.catalogue.texts.orders
    told: list[tuple[datetime, Texts]] = []
    if contract and contract.ended_early:
        left = billing.full_months_left(contract.end, contract.ended_early)
        fee = billing.termination_fee(contract.kind, left)
        told.append(dossier.event(orders.terminated, contract.ended_early, fee, dice))
    if asked.contract and asked.contract.state == "cooling-off":
        told.append(dossier.event(orders.contract, TODAY - timedelta(days=dice.below(7)), None, dice))
    if goodwill:
        told.append(dossier.event(case.catalogue.note("refund-r3").text, *goodwill, dice))
    if merge:
        told.append(dossier.event(orders.merged, merge.on, merge.arrears, dice))
    if asked.deposit_returned_days_ago:
        returned = TODAY - timedelta(days=dice.between(*asked.deposit_returned_days_ago))
        told.append(dossier.event(orders.deposit, returned, None, dice))
    return told


def _sims(head: Head) -> tuple[Sim, ...]:
    extra = (Sim(f"sim:{which}", number, False) for which, number in enumerate(head.extra_numbers, start=2))
    return (Sim("sim:1", head.number, True), *extra)
