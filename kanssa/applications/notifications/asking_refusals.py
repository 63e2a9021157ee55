"""People who asked not to be asked again by a main applicant, and the messages that it keeps from them."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.visibility import visible_facts_of
from kanssa.applications.content.content import full_name
from kanssa.applications.models import Applicant, AskingRefusal
from kanssa.messages.models import Message
from kanssa.messages.queue import mailbox_lookup_of
from kanssa.messages.topics import Topic
from kanssa.vault import open_json, seal_json

_OF_THE_PERSON_ALONE = (Topic.ASSISTED, Topic.DECIDED, Topic.CONTACT_CHANGED)
REFUSERS = """
SELECT named.id FROM applications_applicant named
    JOIN applications_applicant main ON main.application_id = named.application_id AND main.is_main
    JOIN applications_askingrefusal refusal ON true
    JOIN people_person person ON person.id = refusal.person_id
    LEFT JOIN applications_applicant asked_by ON asked_by.id = refusal.asked_by_id
    WHERE {which} AND NOT named.is_main
        AND (refusal.asked_by_id = main.id OR main.person_id IN (refusal.asker_id, asked_by.person_id))
        AND (named.person_id = person.id OR (named.person_id IS NULL AND (
            named.hetu_lookup = person.hetu_lookup
            OR (named.hetu_lookup IS NULL AND refusal.mailbox_lookup = {mailbox}))))
"""
"""The adults who refuse; `which` are conditions on `named`, `mailbox` is a bytea."""

_IS_REFUSED = f"SELECT EXISTS ({REFUSERS.format(which='named.id = %(applicant)s', mailbox='%(mailbox)s')})"


@dataclass(frozen=True, slots=True)
class RefusedAsker:
    """A main applicant by whose request a person is not asked; `name` as it was when they said so."""

    id: UUID
    name: str = field(repr=False)


def refuse_asking(loaded: LoadedApplication, applicant: Applicant) -> bool:
    """Note that a person is not to be asked again by the main applicant; False where it is noted already."""
    refusal_id = uuid4()
    main = loaded.main_applicant
    name = full_name(visible_facts_of(main.pk, loaded))
    typed = loaded.typed_facts_of(applicant.pk).get("email") or ""
    is_theirs = typed and mailbox_lookup_of(typed) not in _mailboxes_of_others(loaded, applicant.pk)
    _row, is_new = AskingRefusal.objects.get_or_create(
        person_id=applicant.person_id,
        asked_by=main,
        defaults={
            "id": refusal_id,
            "asker_id": main.person_id,
            "mailbox_lookup": mailbox_lookup_of(typed) if is_theirs else None,
            "sealed": seal_json(name, bound_to=_bound_to(refusal_id)),
            "refused_at": loaded.now,
        },
    )
    return is_new


def allow_asking_again(refusal_id: UUID, *, person_id: UUID) -> bool:
    """Take a person's own refusal back; False where there is none."""
    deleted, _by_table = AskingRefusal.objects.filter(pk=refusal_id, person_id=person_id).delete()
    return bool(deleted)


def refused_asker(refusal_id: UUID, sealed: bytes) -> RefusedAsker:
    return RefusedAsker(refusal_id, open_json(sealed, bound_to=_bound_to(refusal_id)))


def is_kept_back(message: Message, *, now: datetime) -> bool:
    """Tell whether the recipient asked not to be asked by this main applicant.

    Decided when the message is due, and kept nowhere: to the main applicant it is sent like any other, with
    the same limits and pauses. A mailbox that another adult of the application reads gets it too, because
    its absence would tell them.
    """
    if message.applicant_id is None or message.topic in _OF_THE_PERSON_ALONE:
        return False
    mailbox = bytes(message.mailbox_lookup)
    if not refuses_to_be_asked(message.applicant_id, mailbox_lookup=mailbox):
        return False
    loaded = LoadedApplication.of(_application_of(message), now=now)
    # A person who confirmed here nevertheless takes part, and hears of it.
    takes_part = message.applicant_id in loaded.applicants and loaded.effective_confirmation_of(
        message.applicant_id
    )
    return not takes_part and mailbox not in _mailboxes_of_others(loaded, message.applicant_id)


def refuses_to_be_asked(applicant_id: UUID, *, mailbox_lookup: bytes = b"") -> bool:
    """Tell whether a named adult refuses requests of the application's main applicant.

    They are recognised by the person, by the identity code, or by the mailbox where no code was typed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_IS_REFUSED, {"applicant": applicant_id, "mailbox": mailbox_lookup})
        return bool(cursor.fetchone()[0])


def _mailboxes_of_others(loaded: LoadedApplication, applicant_id: UUID) -> set[bytes]:
    others = [loaded.facts_of(key).get("email") for key in loaded.applicants if key != applicant_id]
    return {mailbox_lookup_of(address) for address in others if address}


def _application_of(message: Message) -> UUID:
    if message.application_id is None:
        raise ValueError(f"message {message.pk} names an applicant without an application")
    return message.application_id


def _bound_to(refusal_id: UUID) -> str:
    return f"asking-refusal:{refusal_id}"
