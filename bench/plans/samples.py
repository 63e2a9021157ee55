"""People, applications and staff of a load, to ask questions about."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from kanssa.accounts.staff import StaffMember
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.content.content import Facts
from kanssa.applications.models import Applicant, Application, Task
from kanssa.applications.states import State
from kanssa.identification.models import DeskCheck, Identification
from kanssa.identification.sessions import Identified, identity_of_session
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.messages.topics import Topic
from kanssa.values.role import Role

COMMON_NAME, COMMON_FULL_NAME, MISSPELT = "Korhonen", "Korhonen Anna", "Korhoven Anma"


@dataclass(frozen=True, slots=True)
class Samples:
    """One of each. `main` is the main applicant of `application`, who confirmed it by `identified`."""

    now: datetime
    staff: StaffMember
    application: Application
    main: Applicant
    facts: Facts
    identified: Identified
    waiting: UUID
    draft: UUID
    task: UUID
    check: DeskCheck
    message: Message
    token: str

    @property
    def by_staff(self) -> dict[str, object]:
        """The arguments of a use case that a member of the staff acts in."""
        return {"staff": self.staff, "actor": self.staff.actor, "now": self.now}


def samples(*, now: datetime) -> Samples:
    """Take them from the middle of the tables; a load of a hundred has all."""
    application = Application.objects.filter(state=State.VALID).order_by("pk")[5]
    loaded = LoadedApplication.of(application.pk, now=now)
    given = loaded.active_confirmations_of(loaded.main_applicant.pk)[-1]
    link = Message.objects.filter(topic=Topic.INVITATION, sealed__isnull=False).order_by("pk")[5]
    return Samples(
        now=now,
        staff=StaffMember(uuid4(), uuid4(), "local", "", frozenset(Role)),
        application=application,
        main=loaded.main_applicant,
        facts=loaded.facts_of(loaded.main_applicant.pk),
        identified=identity_of_session(Identification.objects.get(pk=given.identification_id)),
        waiting=Application.objects.filter(state=State.SENT).order_by("pk")[5].pk,
        draft=Application.objects.filter(state=State.DRAFT).order_by("pk")[1].pk,
        task=Task.objects.filter(decided_at=None, applicant__removed_at=None).order_by("pk")[0].pk,
        check=DeskCheck.objects.filter(identification__isnull=False).order_by("pk")[5],
        message=link,
        token=str(read_contents(link)[1]["token"]),
    )
