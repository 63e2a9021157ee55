"""Read and change what the session of a browser holds, and find the person identified in it."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

from kanssa.applications.aggregate.browser_holds import held_by
from kanssa.applications.aggregate.reauthentication import AccessLevel, access_level_of
from kanssa.applications.reading import queries
from kanssa.applications.reading.sessions import PersonSession, WantedApplication, read_session
from kanssa.applications.reading.view_models import DraftView, SentApplication
from kanssa.applications.refusals import NoSuchApplication, NotIdentified
from kanssa.clock import now as clock
from kanssa.identification.sessions import Identified, has_timed_out
from kanssa.usecases.drafts.end_browser_hold import end_browser_hold
from kanssa.usecases.drafts.keep_browser_hold import keep_browser_hold
from kanssa.usecases.drafts.open_browser_hold import open_browser_hold
from kanssa.values.actor import Actor

V = TypeVar("V", bound=Callable[..., HttpResponse])
_SHOWS = "shows_application"

_BROWSER = "browser"
_HOLD = "hold"
_BY_LINK = "by_link"
_EDITED = "edited"
_IDENTIFICATION = "identification"
_COOKIES = "cookies_acknowledged"
_PURPOSE = "purpose"
_NOTICE = "notice"
_SERVED = "served"
_SERVICE = "service"
_INVITED_AS = "invited_as"
_MAILBOX = "mailbox"
_SLIP = "slip"
_INVITATION_CODE = "invitation_code"


@dataclass(frozen=True, slots=True)
class PageTarget:
    """A page by its URL name and arguments, so that it opens in the current language."""

    name: str
    url_kwargs: Mapping[str, str] = field(default_factory=dict)


class Visitor:
    """The session of the request's browser. `now` is the only time that the request uses."""

    def __init__(self, request: HttpRequest) -> None:
        """Read nothing yet. `was_idle` is known only after `identified` was read."""
        self._session = request.session
        self.was_idle = False
        self._along: WantedApplication | None = None
        self.now: datetime = clock()

    @property
    def browser(self) -> str:
        if _BROWSER not in self._session:
            self._session[_BROWSER] = secrets.token_urlsafe(32)
        return str(self._session[_BROWSER])

    @property
    def actor(self) -> Actor:
        return Actor("browser")

    @property
    def application_id(self) -> UUID:
        """The application edited here, else this browser's draft or sent application.

        Raises NoSuchApplication; NotIdentified for an edit that needs its person to continue.
        """
        edited = self._session.get(_EDITED)
        # The browser's own draft needs no identification.
        if edited is not None and UUID(edited) != self._held:
            _person = self.identified  # raises NotIdentified
            return UUID(edited)
        return self._held_application_id

    @property
    def application_id_if_any(self) -> UUID | None:
        try:
            return self.application_id
        except (NoSuchApplication, NotIdentified):
            return None

    def draft(self) -> DraftView:
        """Read the draft or the edit that this browser continues.

        Raises as `application_id` and `queries.draft_of`.
        """
        hold = self._session.get(_HOLD)
        if hold is None or self.is_editing or "_held" in self.__dict__:
            return queries.draft_of(self.application_id, identified=self.proven_if_any, now=self.now)
        draft = queries.held_draft(UUID(hold), identified=self.proven_if_any, now=self.now)
        self.__dict__["_held"] = draft.id
        return draft

    def sent_application(self) -> SentApplication:
        """Read what this browser sent. Raises as `application_id` and `queries.sent_application`."""
        hold = self._session.get(_HOLD)
        if hold is None or self.is_editing or "_held" in self.__dict__:
            return queries.sent_application(self.application_id, now=self.now)
        return queries.held_application(UUID(hold), now=self.now)

    @cached_property
    def _held(self) -> UUID | None:
        hold = self._session.get(_HOLD)
        return held_by(UUID(hold)) if hold else None

    @property
    def _held_application_id(self) -> UUID:
        if self._held is None:
            raise NoSuchApplication
        return self._held

    @property
    def has_application(self) -> bool:
        return _EDITED in self._session or _HOLD in self._session

    @property
    def is_editing(self) -> bool:
        return _EDITED in self._session

    @property
    def has_resumed_draft(self) -> bool:
        return bool(self._session.get(_BY_LINK))

    def open_browser_hold(self, application_id: UUID, *, by_link: bool = False) -> None:
        self.stop_editing()
        if self._held != application_id:
            hold_id = open_browser_hold(application_id=application_id, now=self.now)
            self._session[_HOLD] = str(hold_id)
            self.__dict__["_held"] = application_id
        self._session[_BY_LINK] = by_link

    def edit_application(self, application_id: UUID) -> None:
        # A draft begun here waits in the meantime.
        self._session[_EDITED] = str(application_id)

    def stop_editing(self) -> None:
        self._session.pop(_EDITED, None)

    @property
    def has_acknowledged_cookies(self) -> bool:
        """Whether the person has read about the cookies: necessary ones need no consent."""
        return bool(self._session.get(_COOKIES))

    def acknowledge_cookies(self) -> None:
        self._session[_COOKIES] = True

    @property
    def purpose(self) -> Mapping[str, Any]:
        purpose: Mapping[str, Any] = self._session.get(_PURPOSE, {"to": "confirm"})
        return purpose

    def store_purpose(self, purpose: Mapping[str, Any]) -> None:
        self._session[_PURPOSE] = dict(purpose)

    def store_link(self, invitation_id: UUID, applicant_id: UUID) -> None:
        """Keep the invitation by which the person came, until they have identified."""
        self.store_purpose(
            {"to": "invitation", "applicant": str(applicant_id), "invitation": str(invitation_id)}
        )

    @property
    def link(self) -> UUID | None:
        """The invitation by which the person came who has not identified yet."""
        invitation_id = self.purpose.get("invitation")
        return UUID(invitation_id) if invitation_id else None

    def store_target_page(self, page: PageTarget) -> None:
        person = str(self.identified.person_id)
        self.store_purpose({"to": "page", "name": page.name, "gaps": dict(page.url_kwargs), "person": person})

    def take_wanted_page(self) -> PageTarget | None:
        """Return the page that the identified person wanted, once; None if they wanted none."""
        purpose = self.purpose
        if purpose["to"] != "page" or purpose["person"] != str(self.identified.person_id):
            return None
        del self._session[_PURPOSE]
        return PageTarget(purpose["name"], purpose["gaps"])

    @property
    def seems_identified(self) -> bool:
        """Whether the session points at an identification; does not use the database."""
        return _IDENTIFICATION in self._session

    @cached_property
    def identified(self) -> Identified:
        """The active identification in this browser. Raises NotIdentified."""
        return self.person_session.identified

    @cached_property
    def person_session(self) -> PersonSession:
        """The session of the person who is identified in this browser. Raises NotIdentified."""
        pointer = self._session.get(_IDENTIFICATION)
        active = read_session(UUID(pointer), now=self.now, along=self._along) if pointer else None
        if active is None:
            if pointer:  # the gate has asked before the page does
                self.was_idle = has_timed_out(UUID(pointer), now=self.now)
            self._session.pop(_IDENTIFICATION, None)
            raise NotIdentified
        return active

    def read_along(self, application_id: UUID, *, with_messages: bool) -> None:
        """Read an application in the statement that reads the session: `person_session.take` gives it."""
        self._along = WantedApplication(application_id, with_messages)

    @property
    def identified_if_read(self) -> Identified | None:
        # Error pages query nothing.
        return self.__dict__.get("identified")

    @property
    def access_if_read(self) -> AccessLevel | None:
        return self.__dict__.get("access")

    @property
    def identified_if_any(self) -> Identified | None:
        try:
            return self.identified if self.seems_identified else None
        except NotIdentified:
            return None

    @cached_property
    def access(self) -> AccessLevel | None:
        identified = self.identified_if_any
        return access_level_of(identified) if identified else None

    @property
    def proven_if_any(self) -> Identified | None:
        """The person, if more than a password proved their identity; None for a browser alone."""
        return self.identified_if_any if self.access is AccessLevel.PROVEN else None

    @property
    def proven_actor(self) -> Actor:
        proven = self.proven_if_any
        return proven.actor if proven else self.actor

    @property
    def served_by(self) -> UUID | None:
        """The clerk who serves the identified person in this browser; does not use the database."""
        served = self._session.get(_SERVED)
        return UUID(served) if served else None

    @property
    def service(self) -> tuple[UUID, str] | None:
        held = self._session.get(_SERVICE)
        return (UUID(held[0]), held[1]) if held else None

    def begin_service(self, application_id: UUID, *, language: str) -> None:
        self._session[_SERVICE] = [str(application_id), language]

    @property
    def invited_as(self) -> UUID | None:
        applicant_id = self._session.get(_INVITED_AS)
        return UUID(applicant_id) if applicant_id else None

    def start_session(self, identified: Identified) -> None:
        link = self.purpose.get("applicant")
        # At the desk nothing is kept: data of the previous customer must not reach the next one.
        ours = () if identified.by_staff else (_HOLD, _BY_LINK, _EDITED, _COOKIES)
        kept = {key: self._session[key] for key in ours if key in self._session}
        # Bind the hold to the identification, so that it ends when the person signs out.
        if _HOLD in kept:
            held = keep_browser_hold(hold_id=UUID(kept[_HOLD]), identified=identified, now=self.now)
            self.__dict__["_held"] = held
        self._session.flush()
        self._session.update(kept)
        self._session[_IDENTIFICATION] = str(identified.id)
        if identified.by_staff:
            self._session[_SERVED] = str(identified.by_staff)
        elif link:
            self._session[_INVITED_AS] = link
        self.__dict__["identified"] = identified
        self.__dict__.pop("person_session", None)
        # Cached for the former session.
        self.__dict__.pop("access", None)

    def clear_for_next_person(self) -> None:
        kept = {key: self._session[key] for key in (_COOKIES,) if key in self._session}
        self.clear_session()
        self._session.update(kept)

    def clear_session(self) -> None:
        hold = self._session.get(_HOLD)
        # The hold ends in every copy of the session.
        if hold:
            end_browser_hold(hold_id=UUID(hold), now=self.now)
        self.__dict__.pop("_held", None)
        self._session.flush()

    @property
    def mailbox(self) -> str:
        return str(self._session.get(_MAILBOX, ""))

    def store_mailbox(self, email: str) -> None:
        self._session[_MAILBOX] = email

    def set_notice(self, notice: str) -> None:
        self._session[_NOTICE] = notice

    def pop_notice(self) -> str:
        return str(self._session.pop(_NOTICE, ""))

    def store_invitation_code(self, applicant_id: UUID, code: str, *, expires_at: datetime) -> None:
        self._session[_INVITATION_CODE] = [str(applicant_id), code, expires_at.isoformat()]

    def pop_invitation_code(self, applicant_id: UUID) -> tuple[str, datetime] | None:
        """Return the code just made for an applicant, once, and when it expires."""
        made_for, code, expires_at = self._session.get(_INVITATION_CODE) or ("", "", "")
        if made_for != str(applicant_id):
            return None
        del self._session[_INVITATION_CODE]
        return code, datetime.fromisoformat(expires_at)

    def store_slip_code(self, code: str) -> None:
        self._session[_SLIP] = code

    def pop_slip_code(self) -> str:
        return str(self._session.pop(_SLIP, ""))


def shows_application(*, with_messages: bool = False) -> Callable[[V], V]:
    """Mark a view whose page shows an application: it is read in the statement that reads the session."""

    def marked(view: V) -> V:
        setattr(view, _SHOWS, with_messages)
        return view

    return marked


def read_along_for(request: HttpRequest, match: ResolverMatch) -> None:
    with_messages = getattr(match.func, _SHOWS, None)
    if with_messages is not None:
        visitor_of(request).read_along(match.kwargs["application_id"], with_messages=with_messages)


def visitor_of(request: HttpRequest) -> Visitor:
    if not hasattr(request, "visitor"):
        request.visitor = Visitor(request)  # type: ignore[attr-defined]  # set here, read here
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]
    return visitor
