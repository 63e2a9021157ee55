from datetime import datetime
from uuid import UUID

from kanssa.evidence.record import record
from kanssa.messages.letters import note_failure
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@use_case
def note_bounce(*, message_id: UUID, code: str, actor: Actor, now: datetime) -> bool:
    """Note that a letter did not arrive, and that its address does not work.

    `code` is the mail server's: of the conversation (`550`) or of the notification (`5.1.1`).
    Gives whether that was news: an unknown letter, or one that has failed already, changes nothing.
    """
    letter = note_failure(message_id, now=now)
    if letter is None:
        return False
    record(
        "letter-bounced",
        actor=actor,
        now=now,
        application_id=letter.application_id,
        applicant_id=letter.applicant_id,
        message=str(letter.pk),
        topic=letter.topic,
        code=code,
    )
    return True
