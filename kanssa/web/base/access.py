"""Decide which kind of session each address needs: one gate, closed by default."""

from collections.abc import Callable
from enum import Enum
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import ResolverMatch

from kanssa.applications.aggregate.reauthentication import AccessLevel
from kanssa.web.base.visitor import PageTarget, read_along_for, visitor_of


class AccessRule(Enum):
    """Which session an address opens to.

    `EVERYONE`: it shows and changes nothing personal. `STAFF`: the staff pages have their own gate.
    `BROWSER`: what was typed in this browser; a password alone counts as no identification. `PASSWORD`:
    cut to what a session with a password alone may see. `PROVEN`: needs re-authentication.
    """

    EVERYONE = "everyone"
    STAFF = "staff"
    BROWSER = "browser"
    PASSWORD = "password"  # noqa: S105 a level, no password
    PROVEN = "proven"


_REQUIRED_LEVELS = {
    AccessRule.EVERYONE: AccessLevel.AFTER_RESET,
    AccessRule.STAFF: AccessLevel.AFTER_RESET,
    AccessRule.BROWSER: AccessLevel.PASSWORD_ONLY,
    AccessRule.PASSWORD: AccessLevel.PASSWORD_ONLY,
    AccessRule.PROVEN: AccessLevel.PROVEN,
}
_RULES_BY_NAME = {
    AccessRule.EVERYONE: """
        healthz readiness return logout metadata published
        public:outcome public:front public:instructions public:contact public:privacy public:accessibility
        identify:choose identify:cookies identify:without_cookies identify:begin
        invitation:invitation invitation:code invitation:not_for_me invitation:refused
        account:sign_in account:username account:create account:mail_sent account:forgotten account:open
        account:prove account:second_factor account:sign_out account:signed_out account:next_person
    """,
    AccessRule.STAFF: """
        staff_return
        staff:start staff:sign_in staff:begin staff:second_factor staff:choose_password staff:set_up
        staff:sign_out staff:people
        desk:search desk:declare desk:end desk:slips desk:list desk:task desk:case desk:open desk:why
        desk:close desk:contact desk:serving desk:slip desk:code desk:annulment desk:identify desk:departure
        desk:resend desk:letter desk:ask_decision desk:identify_by_decision desk:contacts desk:protect
        desk:username desk:try_address desk:extension
        supervise:checks supervise:check supervise:why supervise:annul supervise:keep supervise:document
        supervise:decided supervise:find supervise:history supervise:why_history supervise:annul_confirmation
        supervise:free supervise:undo supervise:desk supervise:desk_times supervise:desk_day
        supervise:desk_notice supervise:desk_remove supervise:protected supervise:roles
        supervise:undo_lapse
    """,
    AccessRule.BROWSER: """
        apply:start apply:co_applicants apply:remove_co_applicant apply:co_applicant apply:residents
        apply:resident apply:remove_resident apply:check apply:send apply:sent apply:visit
        apply:continue_later apply:link_sent apply:resume apply:edit apply:save apply:leave apply:withdraw
        apply:step
    """,
    AccessRule.PASSWORD: "account:applications account:status account:visit",
    AccessRule.PROVEN: """
        confirm:choose confirm:terms confirm:nothing confirm:other_person confirm:review confirm:confirm
        confirm:done confirm:receipt confirm:own_details confirm:proposal
        account:resend account:try_address account:edit account:correct_contact account:renew account:discard
        account:withdraw account:withdraw_confirmation account:decline account:copy
        account:own account:password account:begin_authenticator account:authenticator account:codes
        account:remove_second_factor
        account:leave account:continue_without
        account:acknowledge account:copy_own
        account:allow_asking
        account:main_place
        account:printed_invitation
    """,
}
ACCESS_RULES = {name: opens for opens, names in _RULES_BY_NAME.items() for name in names.split()}
"""Every URL by its name. A name that is missing here opens only to a session with proven identity."""


class AccessMiddleware:
    """Redirect a session that may not open an address to the re-authentication page.

    This runs before the form token is checked: a stale token shows a form again without passing here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None:
            return None
        read_along_for(request, match)
        if not _is_closed(request, match):
            return None
        visitor = visitor_of(request)
        visitor.store_target_page(_wanted_page(request, match))
        return redirect("account:prove")


def _is_closed(request: HttpRequest, match: ResolverMatch) -> bool:
    # An address that no rule names is closed, so that a forgotten entry cannot leak data.
    needed = _REQUIRED_LEVELS[ACCESS_RULES.get(match.view_name, AccessRule.PROVEN)]
    visitor = visitor_of(request)
    # A browser without a sign-in is refused elsewhere.
    if needed is AccessLevel.AFTER_RESET or not visitor.seems_identified:
        return False
    return visitor.access is not None and visitor.access < needed


def _wanted_page(request: HttpRequest, match: ResolverMatch) -> PageTarget:
    url_kwargs = {name: str(value) for name, value in match.kwargs.items()}
    # A post cannot be repeated after the redirect, so an action leads back to its page.
    if request.method in ("GET", "HEAD"):
        return PageTarget(match.view_name, url_kwargs)
    if match.namespace == "account" and "application_id" in url_kwargs:
        return PageTarget("account:status", {"application_id": url_kwargs["application_id"]})
    return PageTarget("confirm:choose" if match.namespace == "confirm" else "account:applications")
