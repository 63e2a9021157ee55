"""One's own sign-ins, and the password and second factor of one's username."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kanssa.accounts import own_account as accounts
from kanssa.accounts.applicant_refusals import (
    NewIdentificationRequired,
    NoUsername,
    TooManySecondFactors,
    TooManySignIns,
    WrongCredentials,
    WrongSecondFactor,
)
from kanssa.accounts.staff_refusals import PasswordTooWeak
from kanssa.applications.aggregate.reauthentication import AccessLevel
from kanssa.applications.refusals import NotInYourPower
from kanssa.identification.sessions import sign_ins_of
from kanssa.usecases.accounts.begin_authenticator import begin_authenticator
from kanssa.usecases.accounts.change_password import change_password
from kanssa.usecases.accounts.make_code_list import make_code_list
from kanssa.usecases.accounts.reauthenticate_by_second_factor import reauthenticate_by_second_factor
from kanssa.usecases.accounts.remove_second_factor import remove_second_factor
from kanssa.usecases.accounts.set_up_authenticator import set_up_authenticator
from kanssa.values.refusal import Refusal
from kanssa.web.account.form_pages import form_page, is_valid_post, posted
from kanssa.web.account.forms import ChangePasswordForm, bind_form
from kanssa.web.base.client_address import client_network
from kanssa.web.base.known_devices import account_key, device_mark
from kanssa.web.base.pages import render_page
from kanssa.web.base.qr_picture import qr_picture
from kanssa.web.base.refusals import keep_input_on_stale_token
from kanssa.web.base.retry_texts import refusal_text
from kanssa.web.base.visitor import Visitor, visitor_of
from kanssa.web.identify.after_sign_in import complete_sign_in, next_url
from kanssa.web.staff.sign_in.forms import SecondFactorForm

_ANY = ("GET", "HEAD", "POST")
_MOST_SIGN_INS = 20
_REFUSED = (NoUsername, NewIdentificationRequired, NotInYourPower)


@require_safe
def own_account(request: HttpRequest) -> HttpResponse:
    return _own_account_page(request, visitor_of(request))


@keep_input_on_stale_token
@require_http_methods(_ANY)
def password(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    account = accounts.own_account(visitor.identified.person_id)
    if account is None:
        return redirect("account:own")
    form = bind_form(ChangePasswordForm, posted(request))
    if not is_valid_post(request, form):
        return form_page(request, "account/change_password.html", form, email=account.email)
    try:
        change_password(
            identified=visitor.identified,
            **form.cleaned_data,
            address=client_network(request),
            device=device_mark(request, account_key("applicant", account.email), now=visitor.now),
            actor=visitor.identified.actor,
            now=visitor.now,
        )
    except PasswordTooWeak as weak:
        form.add_error("password", list(weak.faults))
        return form_page(request, "account/change_password.html", form, weak, email=account.email)
    except _REFUSED as refusal:
        return _own_account_page(request, visitor, refusal)
    except (WrongCredentials, TooManySignIns) as wrong:
        form.add_error("current", _wrong_password(wrong))
        return form_page(request, "account/change_password.html", form, wrong, email=account.email)
    visitor.set_notice("password-changed")
    return redirect("account:own")


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    try:
        begin_authenticator(identified=visitor.identified, actor=visitor.identified.actor, now=visitor.now)
    except _REFUSED as refusal:
        return _own_account_page(request, visitor, refusal)
    return redirect("account:authenticator")


@keep_input_on_stale_token
@require_http_methods(_ANY)
def authenticator(request: HttpRequest) -> HttpResponse:
    """Show the secret of the authenticator that is being set up; a code from it completes that."""
    visitor = visitor_of(request)
    setup = accounts.pending_authenticator(visitor.identified.person_id)
    if setup is None:
        return redirect("account:own")
    more = {"secret": setup.in_groups, "picture": qr_picture(setup.address)}
    form = bind_form(SecondFactorForm, posted(request))
    if not is_valid_post(request, form):
        return form_page(request, "account/authenticator.html", form, None, **more)
    try:
        set_up_authenticator(
            identified=visitor.identified,
            code=form.cleaned_data["code"],
            actor=visitor.identified.actor,
            now=visitor.now,
        )
    except WrongSecondFactor as wrong:
        form.add_error("code", str(wrong.reason))
        return form_page(request, "account/authenticator.html", form, wrong, **more)
    except _REFUSED as refusal:
        return _own_account_page(request, visitor, refusal)
    visitor.set_notice("authenticator-set-up")
    return redirect("account:own")


@require_POST
def codes(request: HttpRequest) -> HttpResponse:
    """Show a new list of codes in the response itself: they are not stored in plain text."""
    visitor = visitor_of(request)
    try:
        listed = make_code_list(
            identified=visitor.identified, actor=visitor.identified.actor, now=visitor.now
        )
    except _REFUSED as refusal:
        return _own_account_page(request, visitor, refusal)
    return render_page(request, "account/codes.html", {"codes": listed})


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    try:
        remove_second_factor(identified=visitor.identified, actor=visitor.identified.actor, now=visitor.now)
    except _REFUSED as refusal:
        return _own_account_page(request, visitor, refusal)
    visitor.set_notice("second-factor-removed")
    return redirect("account:own")


@keep_input_on_stale_token
@require_http_methods(_ANY)
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask a session with a password alone for a code of its second factor, then continue."""
    visitor = visitor_of(request)
    identified, purpose = visitor.identified, visitor.purpose
    if visitor.access is AccessLevel.PROVEN:
        return redirect(next_url(identified, purpose, visitor))
    account = accounts.own_account(identified.person_id)
    if visitor.access is AccessLevel.AFTER_RESET or account is None or not account.has_second_factor:
        return redirect("account:prove")
    form = bind_form(SecondFactorForm, posted(request))
    if not is_valid_post(request, form):
        return form_page(request, "account/second_factor.html", form)
    try:
        proven = reauthenticate_by_second_factor(
            identified=identified,
            code=form.cleaned_data["code"],
            address=client_network(request),
            device=device_mark(request, account_key("applicant", account.email), now=visitor.now),
            actor=identified.actor,
            now=visitor.now,
        )
    except (WrongSecondFactor, TooManySecondFactors, NewIdentificationRequired) as refusal:
        form.add_error("code", _why_not_opened(refusal))
        return form_page(request, "account/second_factor.html", form, refusal)
    complete_sign_in(request, proven)
    return redirect(next_url(proven, purpose, visitor))


def _why_not_opened(refusal: Refusal) -> str:
    if isinstance(refusal, NewIdentificationRequired):
        return _("With this username, your details open only when you identify yourself again.")
    return refusal_text(refusal)


def _wrong_password(refusal: Refusal) -> str:
    return (
        _("The current password is wrong.")
        if isinstance(refusal, WrongCredentials)
        else refusal_text(refusal)
    )


def _own_account_page(request: HttpRequest, visitor: Visitor, refusal: Refusal | None = None) -> HttpResponse:
    identified = visitor.identified
    context = {
        "account": accounts.own_account(identified.person_id),
        "sign_ins": sign_ins_of(identified.person_id, most=_MOST_SIGN_INS),
        "current": identified.id,
        "may_change_factor": not identified.by_second_factor and not identified.by_staff,
        "notice": visitor.pop_notice(),
        "refusal": str(refusal.reason) if refusal else "",
    }
    return render_page(
        request, "account/own_account.html", context, status=refusal.status if refusal else 200
    )
