"""A whole identity code is not enough: names must agree, since the code may be a stranger's."""

from dataclasses import replace
from uuid import UUID

import pytest

from kanssa.applications.aggregate.address_troubles import has_refused_invitation
from kanssa.applications.models import Applicant, Invitation, Task
from kanssa.applications.reading import queries
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.usecases.confirmation.claim_applicants import claim_applicants
from kanssa.usecases.confirmation.request_match import request_match
from kanssa.usecases.invitations.refuse_invitation import refuse_invitation
from kanssa.values.actor import Actor
from tests.cast import AINO, EINO, NOW, OTSO, CastMember, arrived, identified, later, sent

pytestmark = pytest.mark.django_db

MISTYPED = replace(EINO, hetu=OTSO.hetu)
STRANGER = CastMember("Mäkinen", "Eino Olavi", OTSO.hetu, OTSO.email)
NAMESAKE = CastMember("Korhonen", "Otso", OTSO.hetu, OTSO.email)
MARRIED = replace(EINO, last_name="Lindqvist")


def came(role, *, link: UUID | None = None):
    who = identified(role, now=later(minutes=2))
    claim_applicants(identified=who, sent_here=None, link=link, actor=who.actor, now=later(minutes=2))
    return who


def claimed(who):
    return Applicant.objects.filter(person_id=who.person_id).exists()


@pytest.mark.parametrize("stranger", [STRANGER, NAMESAKE])
def test_a_stranger_named_by_a_mistyped_code_with_one_name_in_common_is_shown_nothing(stranger):
    application = sent(AINO, MISTYPED)
    arrived(AINO, sent_here=application)

    who = came(stranger)

    assert not claimed(who)
    assert queries.applications_of(who, now=later(minutes=2)) == []


def test_a_clerk_decides_about_a_code_under_a_name_that_agrees_in_part():
    sent(AINO, MISTYPED)
    who = came(STRANGER)

    request_match(identified=who, sent_here=None, actor=who.actor, now=later(minutes=2))

    assert Task.objects.get().kind == "other-name"


def test_a_family_name_and_one_given_name_are_enough_without_a_link():
    sent(AINO, EINO)

    assert claimed(came(replace(EINO, first_names="Ensio")))


def test_the_holder_of_their_own_link_needs_one_agreeing_name():
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)

    assert claimed(came(MARRIED, link=Invitation.objects.get().pk))


def test_the_link_of_another_adult_adds_nothing():
    other = CastMember("Lindqvist", "Hilma Maria", "170379-903W", "hilma@example.com")
    application = sent(AINO, EINO, other)
    arrived(AINO, sent_here=application)
    hilmas = Invitation.objects.get(applicant__position=2)

    assert not claimed(came(MARRIED, link=hilmas.pk))


def test_a_link_that_ended_while_the_person_was_at_the_bank_adds_nothing():
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    _address, says = read_contents(Message.objects.get(topic="invitation"))
    refuse_invitation(token=says["token"], actor=Actor("link"), now=NOW)
    assert has_refused_invitation(Invitation.objects.get().applicant)

    assert not claimed(came(MARRIED, link=Invitation.objects.get().pk))
