"""Every address of the service x every role: what they get. An address without a row fails.

The addresses are read from the URL configuration, so that a new one cannot be forgotten here. A page
that a person may not know of answers 404, never 403.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from uuid import UUID

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.translation import override

from kanssa.accounts.models import StaffSignIn
from kanssa.applications.models import Application
from tests.cast import AINO, EINO, HILMA, OTSO, arrived, sent
from tests.staff import opened
from tests.web.browser import Browser

pytestmark = pytest.mark.django_db

# Aino is the main applicant, Eino her co-applicant, Otso has an application of his own. There is no
# client of an API among them, since there is no API yet.
APPLICANTS = {"main": "aino", "co": "eino", "other": "otso"}
PEOPLE = ("nobody", *APPLICANTS, "clerk", "supervisor", "operator")
NO_ID = UUID(int=7)


@dataclass
class World:
    """The data to ask for: Aino's sent application with Eino, Hilma's application, and a person's browser."""

    own: Application
    anothers: Application
    browser: Browser


Gaps = Callable[[World], dict[str, object]]


@dataclass(frozen=True)
class Row:
    """One way to request an address, and the statuses in the order of PEOPLE.

    Of five statuses the second is for every applicant, whether the application is theirs or not.
    """

    address: str
    method: str
    statuses: str
    of: Gaps = field(default=lambda _world: {})
    label: str = ""
    path: str = ""

    def status_for(self, person: str) -> int:
        anonymous, *others = self.statuses.split()
        if len(others) == len(PEOPLE) - len(APPLICANTS):
            others = [others[0]] * len(APPLICANTS) + others[1:]
        return int(dict(zip(PEOPLE, [anonymous, *others], strict=True))[person])

    def __str__(self) -> str:
        return f"{self.method} {self.address}{' of ' + self.label if self.label else ''}"


def own(world: World) -> dict[str, object]:
    return {"application_id": world.own.pk}


def anothers(world: World) -> dict[str, object]:
    return {"application_id": world.anothers.pk}


def eino_on(world: World) -> UUID:
    """Return the id of Eino's row on the application that he is a co-applicant of."""
    return world.own.applicants.get(position=1).pk


def ids(**gaps: object) -> Gaps:
    return lambda _world: gaps


OPEN = "200 200 200 200 200"
SIGNED_IN_STAFF = "302 302 200 200 200"
# There is no draft to send or change; the applicant of this test identified elsewhere.
NO_DRAFT = "404 404 404 404 404"
# Staff who have not identified as applicants are anonymous there.
IDENTIFIED_302 = "401 302 401 401 401"
IDENTIFIED_200 = "401 200 401 401 401"
IDENTIFIED_409 = "401 409 401 401 401"
IDENTIFIED_404 = "401 404 401 401 401"
# Both adults of an application open it; for others it does not exist.
BOTH_200 = "401 200 200 404 401 401 401"
BOTH_302 = "401 302 302 404 401 401 401"
BOTH_409 = "401 409 409 404 401 401 401"
# The co-applicant may know that the page exists, but not open it.
MAIN_200 = "401 200 403 404 401 401 401"
MAIN_302 = "401 302 403 404 401 401 401"
MAIN_409 = "401 409 403 404 401 401 401"
A_PERSON = {"applicant_id": NO_ID}
A_RESIDENT = {"resident_id": NO_ID}

ROWS = [
    Row("healthz", "GET", OPEN),
    Row("readiness", "GET", OPEN),
    Row("return", "GET", "410 302 410 410 410", ids(method="bank")),
    Row("return", "GET", "404 404 404 404 404", ids(method="pigeon"), "no method"),
    Row("staff_return", "GET", "400 400 302 302 302", ids(key="city")),
    Row("staff_return", "GET", "404 404 404 404 404", ids(key="pigeon"), "no single sign-on"),
    Row("published", "GET", "404 404 404 404 404", path="/signed-jwks"),
    *[
        Row(f"public:{name}", "GET", OPEN)
        for name in ("front", "instructions", "contact", "privacy", "accessibility")
    ],
    Row("public:outcome", "GET", "404 404 404 404 404", ids(token="x")),
    Row("apply:start", "GET", OPEN),
    Row("apply:co_applicants", "GET", NO_DRAFT),
    Row("apply:remove_co_applicant", "POST", NO_DRAFT, ids(**A_PERSON)),
    Row("apply:co_applicant", "GET", NO_DRAFT, ids(**A_PERSON, key="name")),
    Row("apply:residents", "GET", NO_DRAFT),
    Row("apply:resident", "GET", NO_DRAFT, ids(**A_RESIDENT)),
    Row("apply:remove_resident", "POST", NO_DRAFT, ids(**A_RESIDENT)),
    Row("apply:check", "GET", NO_DRAFT),
    Row("apply:send", "POST", NO_DRAFT),
    Row("apply:sent", "GET", NO_DRAFT),
    Row("apply:step", "GET", NO_DRAFT, ids(key="name")),
    Row("apply:edit", "POST", NO_DRAFT),
    Row("apply:save", "POST", NO_DRAFT),
    Row("apply:leave", "POST", NO_DRAFT),
    Row("apply:withdraw", "GET", NO_DRAFT),
    Row("apply:withdraw", "POST", NO_DRAFT),
    Row("identify:choose", "GET", "302 200 302 302 302"),
    Row("identify:cookies", "GET", OPEN),
    Row("identify:without_cookies", "GET", OPEN),
    Row("identify:begin", "POST", "302 302 302 302 302", ids(method="bank")),
    Row("confirm:choose", "GET", IDENTIFIED_200),
    Row("confirm:terms", "GET", IDENTIFIED_200),
    Row("confirm:nothing", "GET", IDENTIFIED_200),
    Row("confirm:other_person", "GET", IDENTIFIED_200),
    Row("confirm:review", "GET", BOTH_200, own, "their own"),
    Row("confirm:review", "GET", IDENTIFIED_404, anothers, "another's"),
    Row("confirm:confirm", "POST", IDENTIFIED_404, anothers, "another's"),
    Row("confirm:proposal", "POST", BOTH_409, own, "their own, where nothing is proposed"),
    Row("confirm:proposal", "POST", IDENTIFIED_404, anothers, "another's"),
    Row("confirm:done", "GET", BOTH_302, own, "their own, not yet confirmed"),
    Row("confirm:done", "GET", IDENTIFIED_404, anothers, "another's"),
    Row("confirm:receipt", "GET", BOTH_409, own, "their own, not yet confirmed"),
    Row("confirm:receipt", "GET", IDENTIFIED_404, anothers, "another's"),
    Row("confirm:own_details", "GET", BOTH_200, lambda w: own(w) | {"key": "name"}, "their own"),
    Row("confirm:own_details", "GET", IDENTIFIED_404, lambda w: anothers(w) | {"key": "name"}, "another's"),
    Row("apply:continue_later", "GET", NO_DRAFT),
    Row("apply:link_sent", "GET", OPEN),
    Row("apply:resume", "GET", "404 404 404 404 404", ids(token="made-up")),
    Row("account:signed_out", "GET", OPEN),
    Row("logout", "GET", "404 404 404 404 404", ids(method="pigeon"), "no method"),
    Row("metadata", "GET", "404 404 404 404 404", path="/return/bank/metadata/"),
    Row("invitation:invitation", "GET", "404 404 404 404 404", ids(token="made-up")),
    Row("invitation:code", "GET", OPEN),
    Row("invitation:not_for_me", "GET", "404 404 404 404 404", ids(token="made-up")),
    Row("invitation:not_for_me", "POST", "404 404 404 404 404", ids(token="made-up")),
    Row("invitation:refused", "GET", OPEN),
    Row("account:applications", "GET", IDENTIFIED_200),
    Row("account:sign_in", "GET", "302 302 302 302 302"),
    Row("account:sign_out", "POST", OPEN),
    Row("account:next_person", "POST", "302 302 302 302 302"),
    Row("account:status", "GET", BOTH_200, own, "their own"),
    Row("account:status", "GET", IDENTIFIED_404, anothers, "another's"),
    Row("account:resend", "POST", IDENTIFIED_404, lambda w: anothers(w) | A_PERSON, "another's"),
    Row("account:edit", "POST", MAIN_302, own, "their own"),
    Row("account:edit", "POST", IDENTIFIED_404, anothers, "another's"),
    Row("account:correct_contact", "POST", IDENTIFIED_404, lambda w: anothers(w) | A_PERSON, "another's"),
    Row("account:try_address", "POST", BOTH_302, own, "their own"),
    Row("account:try_address", "POST", IDENTIFIED_404, anothers, "another's"),
    Row("account:renew", "GET", MAIN_200, own, "their own"),
    Row("account:withdraw", "GET", MAIN_200, own, "their own"),
    Row("account:decline", "GET", BOTH_200, own, "their own"),
    Row("account:leave", "GET", BOTH_200, own, "their own"),
    Row("account:main_place", "GET", BOTH_409, own, "their own, whose place is not open"),
    Row("account:continue_without", "POST", MAIN_409, own, "their own, which no adult left"),
    Row("account:continue_without", "POST", IDENTIFIED_404, anothers, "another's"),
    Row("account:discard", "GET", MAIN_409, own, "their own, where nothing waits"),
    Row("account:withdraw_confirmation", "GET", BOTH_200, own, "their own"),
    Row("account:resend", "POST", MAIN_302, lambda w: own(w) | {"applicant_id": eino_on(w)}, "their own"),
    Row(
        "account:correct_contact",
        "POST",
        MAIN_302,
        lambda w: own(w) | {"applicant_id": eino_on(w)},
        "their own",
    ),
    Row("account:visit", "GET", BOTH_200, own, "their own"),
    Row("account:visit", "GET", IDENTIFIED_404, anothers, "another's"),
    Row("apply:visit", "GET", NO_DRAFT),
    *[Row(f"account:{name}", "GET", OPEN) for name in ("username", "create", "forgotten")],
    Row("account:mail_sent", "GET", "302 302 302 302 302"),
    Row("account:open", "GET", "410 410 410 410 410", ids(token="made-up"), "no link"),
    Row("account:prove", "GET", IDENTIFIED_302),
    Row("account:second_factor", "GET", IDENTIFIED_302),
    Row("account:own", "GET", IDENTIFIED_200),
    Row("account:password", "GET", IDENTIFIED_302, ids(), "without a username"),
    Row("account:authenticator", "GET", IDENTIFIED_302, ids(), "nothing is being set up"),
    *[
        Row(f"account:{action}", "POST", IDENTIFIED_409, ids(), "without a username")
        for action in ("begin_authenticator", "codes", "remove_second_factor")
    ],
    *[
        Row(f"account:{action}", method, IDENTIFIED_404, anothers, "another's")
        for action in (
            "renew",
            "discard",
            "withdraw",
            "withdraw_confirmation",
            "decline",
            "leave",
            "main_place",
        )
        for method in ("GET", "POST")
    ],
    Row("account:acknowledge", "POST", BOTH_409, own, "their own, without a version"),
    Row("account:acknowledge", "POST", IDENTIFIED_404, anothers, "another's"),
    Row("account:copy_own", "POST", BOTH_409, own, "their own, which they are on"),
    Row("account:copy_own", "POST", IDENTIFIED_404, anothers, "another's"),
    Row("account:printed_invitation", "GET", IDENTIFIED_404, lambda w: anothers(w) | A_PERSON, "another's"),
    Row(
        "account:printed_invitation",
        "GET",
        MAIN_409,
        lambda w: own(w) | {"applicant_id": eino_on(w)},
        "their own, where a link is mailed",
    ),
    Row("account:allow_asking", "POST", IDENTIFIED_302, ids(refusal_id=NO_ID), "no refusal"),
    Row("account:copy", "POST", MAIN_409, own, "their own, not ended"),
    Row("staff:start", "GET", SIGNED_IN_STAFF),
    Row("staff:sign_in", "GET", OPEN),
    Row("staff:begin", "POST", "302 302 302 302 302", ids(key="city")),
    Row("staff:begin", "POST", "404 404 404 404 404", ids(key="pigeon"), "no single sign-on"),
    Row("staff:second_factor", "GET", "302 302 302 302 302"),
    Row("staff:choose_password", "GET", OPEN, lambda _w: {"token": opened()}, "an active link"),
    Row("staff:choose_password", "GET", "410 410 410 410 410", ids(token="made-up"), "no link"),
    Row("staff:set_up", "GET", "302 302 302 302 302"),
    Row("staff:sign_out", "POST", OPEN),
    Row("staff:people", "GET", "302 302 404 200 200"),
    # The clerk of this test has not declared who they are, and is led to the page for that.
    *[
        Row(f"desk:{name}", "GET", "302 302 302 404 404", gaps)
        for name, gaps in (
            ("search", ids()),
            ("slips", ids()),
            ("list", ids(which="served")),
            ("task", ids(task_id=NO_ID)),
            ("case", own),
            ("why", own),
            ("contact", own),
            ("serving", own),
            ("extension", own),
            ("slip", own),
            ("code", own),
            ("annulment", lambda w: own(w) | {"check_id": NO_ID}),
            ("identify", lambda w: own(w) | A_PERSON),
            ("departure", lambda w: own(w) | A_PERSON),
            ("letter", lambda w: own(w) | A_PERSON),
        )
    ],
    *[Row(f"desk:{name}", "POST", "302 302 302 404 404", own) for name in ("open", "close", "slip")],
    Row("desk:resend", "POST", "302 302 302 404 404", lambda w: own(w) | A_PERSON),
    Row("desk:try_address", "POST", "302 302 302 404 404", lambda w: own(w) | A_PERSON),
    Row("desk:username", "POST", "302 302 302 404 404", lambda w: own(w) | A_PERSON),
    Row("desk:declare", "GET", "302 302 200 200 404"),
    Row("desk:end", "POST", "302 302 302 302 302"),
    # Pages of supervisors, and of clerks that go with them; neither has declared who they are here.
    *[
        Row(f"supervise:{name}", "GET", "302 302 404 302 404", gaps)
        for name, gaps in (
            ("checks", ids(which="all")),
            *((name, ids(check_id=NO_ID)) for name in ("check", "why", "annul", "keep", "document")),
            ("decided", ids()),
            ("find", ids()),
            *((name, own) for name in ("history", "why_history", "undo_lapse")),
            *((name, lambda w: own(w) | A_PERSON) for name in ("free", "undo")),
            ("annul_confirmation", lambda w: own(w) | {"confirmation_id": NO_ID}),
        )
    ],
    *[
        Row(f"supervise:{name}", "GET", "302 302 404 200 200")
        for name in ("desk", "desk_times", "desk_day", "desk_notice")
    ],
    Row("supervise:desk_remove", "POST", "302 302 404 302 302"),
    Row("supervise:protected", "GET", "302 302 404 200 404"),
    Row("supervise:roles", "GET", "302 302 404 404 404", ids(user_id=NO_ID), "nobody"),
    *[
        Row(f"desk:{name}", "GET", "302 302 302 404 404", lambda w: own(w) | A_PERSON)
        for name in ("contacts", "protect", "username")
    ],
    *[
        Row(f"desk:{name}", "POST", "302 302 302 404 404", lambda w: own(w) | {"check_id": NO_ID})
        for name in ("ask_decision", "identify_by_decision")
    ],
]


def addresses(patterns: list, space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, inner)
        else:
            assert isinstance(pattern, URLPattern)
            assert pattern.name, f"{pattern} has no name"
            yield f"{space}{pattern.name}"


def test_every_address_has_a_row():
    there = set(addresses(get_resolver().url_patterns))

    assert {row.address for row in ROWS} == there


def came(person: str) -> World:
    """Let a person of this role come with a browser of their own."""
    own_application, anothers_application = sent(AINO, EINO), sent(HILMA)
    sent(OTSO)
    arrived(HILMA)
    browser = Browser()
    if person in APPLICANTS:
        browser.identify(APPLICANTS[person])
        browser.post("confirming/terms/")
    elif person != "nobody":
        browser.sign_on(person, roles=person)
    return World(own_application, anothers_application, browser)


def requested(world: World, row: Row) -> int:
    """Request an address; return the status, and roll everything back."""
    cookies = copy.deepcopy(world.browser.client.cookies)
    with override("en"):
        path = row.path or reverse(row.address, kwargs=row.of(world))
    try:
        with transaction.atomic():
            answer = world.browser.get(path) if row.method == "GET" else world.browser.send(path)
            transaction.set_rollback(True)
    finally:
        world.browser.client.cookies = cookies
    return answer.status_code


@pytest.mark.parametrize("person", PEOPLE)
def test_each_role_opens_only_its_own_addresses(person: str):
    world = came(person)
    if "kanssa_form" not in world.browser.client.cookies:
        world.browser.get("identification/cookies/")

    got = {str(row): requested(world, row) for row in ROWS}

    assert len(got) == len(ROWS)
    assert got == {str(row): row.status_for(person) for row in ROWS}
    known_to_them = {str(row) for row in ROWS if person == "co" and row.label.startswith("their own")}
    assert not {label for label, status in got.items() if status == HTTPStatus.FORBIDDEN} - known_to_them


@pytest.mark.parametrize("person", ["clerk", "supervisor", "operator"])
def test_no_staff_page_opens_without_the_second_factor(person: str):
    world = came(person)
    StaffSignIn.objects.update(passed_at=None)

    for row in ROWS:
        if row.address in ("staff:start", "staff:people"):
            with override("en"):
                answer = world.browser.get(reverse(row.address))
            assert answer["Location"] == "/en/staff/sign-in/"


def test_a_page_forbidden_to_staff_looks_like_a_missing_one():
    world = came("clerk")

    refused = world.browser.get("staff/people/").content.decode()
    unknown = world.browser.get("staff/nowhere/").content.decode()

    assert "There is no page at this address" in refused
    assert "There is no page at this address" in unknown
