"""The steps by which a co-applicant confirms, as `tests/web/test_confirming_steps.py` records them."""

from dataclasses import dataclass

from kanssa.evidence.events import EventKind
from kanssa.messages.topics import Topic


@dataclass(frozen=True, slots=True)
class Step:
    """One use case, the request that calls it, and what it leaves; a topic stands once for each recipient."""

    address: str
    use_case: str
    events: tuple[EventKind, ...] = ()
    messages: tuple[Topic, ...] = ()


CONFIRMING = (
    Step("POST identify:begin", "begin_identification"),
    Step("GET return", "finish_identification", (EventKind.IDENTIFIED,)),
    Step("GET return", "reauthenticate_by_identification"),
    Step("GET return", "claim_applicants", (EventKind.APPLICANT_CLAIMED,)),
    Step("POST confirm:terms", "accept_terms", (EventKind.TERMS_ACCEPTED,)),
    Step("POST confirm:own_details", "save_own_details"),
    Step("POST confirm:own_details", "correct_own_details", (EventKind.DETAILS_CORRECTED,)),
    Step(
        "POST confirm:confirm",
        "confirm_application",
        (EventKind.CONFIRMED, EventKind.BECAME_VALID),
        (Topic.ALL_CONFIRMED, Topic.ALL_CONFIRMED),
    ),
)
