"""Which level of verification a caller's proofs allow (rulebook 1.8, 1.11)."""

from collections.abc import Collection

from lms.domain.drills.tasks import Proof

PUBLIC, VIEW, MONEY, IN_PERSON = range(4)  # V0 … V3


def level_of(proofs: Collection[str]) -> int:
    """V0–V3. V1: the own number and the name, or a registered authorised contact. V2: a code keyed by the holder,
    with V1 or with name and last four ID digits from another number. V3: a face at the store or in the APP."""
    given = set(proofs)
    if Proof.FACE in given:
        return IN_PERSON
    own_call = {Proof.OWN_NUMBER, Proof.NAME} <= given
    if Proof.CODE in given and (own_call or {Proof.NAME, Proof.ID_LAST4} <= given):
        return MONEY
    return VIEW if own_call or Proof.AUTHORISED in given else PUBLIC
