"""Luo tunnus: a username for a person identified at the desk, and signing in with it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from kanssa.accounts.applicant_refusals import (
    LinksFromHereUsedUp,
    LinksUsedUp,
    LinkTooSoon,
    MailboxTaken,
    TooManyCodes,
    TooManySignIns,
    WrongActivationCode,
    WrongCredentials,
)
from kanssa.accounts.own_account import own_account
from kanssa.accounts.password_links import opened
from kanssa.accounts.staff_refusals import PasswordTooWeak
from kanssa.applications.aggregate.reauthentication import AccessLevel
from kanssa.identification.sessions import Identified
from kanssa.usecases.accounts.mail_account_link import mail_account_link
from kanssa.usecases.accounts.open_account import open_account
from kanssa.usecases.accounts.reauthenticate import reauthenticate
from kanssa.usecases.accounts.reset_password import reset_password
from kanssa.usecases.accounts.sign_in import sign_in as sign_in_by_account
from kanssa.values.refusal import Refusal
from kanssa.web.account.form_pages import form_page, is_valid_post, posted
from kanssa.web.account.forms import (
    ActivationCodeForm,
    MailboxForm,
    NewAccountForm,
    bind_form,
)
from kanssa.web.base.client_address import client_network
from kanssa.web.base.known_devices import account_key, device_mark, remember_device
from kanssa.web.base.office_details import office_details
from kanssa.web.base.pages import render_page
from kanssa.web.base.refusals import keep_input_on_stale_token
from kanssa.web.base.retry_texts import refusal_text
from kanssa.web.base.visitor import Visitor, visitor_of
from kanssa.web.form.base_form import Form
from kanssa.web.form.credentials import NewPasswordForm, SignInForm
from kanssa.web.identify.after_sign_in import complete_sign_in, next_url

_ANY = ("GET", "HEAD", "POST")
_KIND = "applicant"


@keep_input_on_stale_token
@require_http_methods(_ANY)
def sign_in(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    form = bind_form(SignInForm, posted(request))
    if not is_valid_post(request, form):
        return form_page(request, "account/username.html", form)
    # Read the purpose first: signing in starts a new session.
    purpose = visitor.purpose
    account = account_key(_KIND, form.cleaned_data["email"])
    try:
        identified = sign_in_by_account(
            **form.cleaned_data,
            address=client_network(request),
            device=device_mark(request, account, now=visitor.now),
            now=visitor.now,
        )
    # The form again: the address that was typed stays.
    except (WrongCredentials, TooManySignIns) as refusal:
        form.add_error(None, refusal_text(refusal))
        return form_page(request, "account/username.html", form, refusal)
    complete_sign_in(request, identified)
    response = redirect(next_url(identified, purpose, visitor))
    return remember_device(request, response, account, now=visitor.now)


@keep_input_on_stale_token
@require_http_methods(_ANY)
def create(request: HttpRequest) -> HttpResponse:
    # The answer is the same, whatever the address: it reveals no username.
    return _ask_for_link(request, "account/request_account.html")


@keep_input_on_stale_token
@require_http_methods(_ANY)
def forgotten(request: HttpRequest) -> HttpResponse:
    # The answer is the same, whatever the address: it reveals no username.
    return _ask_for_link(request, "account/request_password.html")


@require_http_methods(_ANY)
def mail_sent(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    if not visitor.mailbox:
        return redirect("account:create")
    if request.method == "POST":
        _mail(request, visitor.mailbox)
        return redirect("account:mail_sent")
    context = {
        "email": visitor.mailbox,
        "notice": visitor.pop_notice(),
        # People look for it among unwanted mail.
        "sender": settings.DEFAULT_FROM_EMAIL,
        "office": office_details(visitor.now),
    }
    return render_page(request, "account/mail_sent.html", context)


@keep_input_on_stale_token
@require_http_methods(_ANY)
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    visitor = visitor_of(request)
    link = opened(token, now=visitor.now)
    # A new username also needs the activation code, so reading the mail alone gives nothing.
    form = bind_form(NewPasswordForm if link.is_reset else NewAccountForm, posted(request))
    if "show" in request.GET:
        form.show()
    refusal: Refusal | None = None
    if is_valid_post(request, form):
        try:
            response = _complete_link(request, token, form, is_reset=link.is_reset)
            return remember_device(request, response, account_key(_KIND, link.email), now=visitor.now)
        except PasswordTooWeak as why:
            refusal = why
            form.add_error("password", list(why.faults))
        except (WrongActivationCode, TooManyCodes) as why:
            refusal = why
            form.add_error("code", refusal_text(why))
        except MailboxTaken as why:
            refusal = why
            form.add_error(None, str(why.reason))
    more = {"link": link, "is_shown": "show" in request.GET}
    return form_page(request, "account/choose_password.html", form, refusal, **more)


@keep_input_on_stale_token
@require_http_methods(_ANY)
def reauthentication(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    identified, purpose = visitor.identified, visitor.purpose
    if visitor.access is AccessLevel.PROVEN:
        return redirect(next_url(identified, purpose, visitor))
    form = bind_form(ActivationCodeForm, posted(request))
    refusal: Refusal | None = None
    if is_valid_post(request, form):
        try:
            proven = reauthenticate(
                identified=identified,
                code=form.cleaned_data["code"],
                address=client_network(request),
                actor=identified.actor,
                now=visitor.now,
            )
            complete_sign_in(request, proven)
            return redirect(next_url(proven, purpose, visitor))
        except (WrongActivationCode, TooManyCodes) as why:
            refusal = why
            form.add_error("code", refusal_text(why))
    more = {
        "is_after_reset": visitor.access is AccessLevel.AFTER_RESET,
        "has_second_factor": _has_second_factor(visitor),
        "office": office_details(visitor.now),
    }
    return form_page(request, "account/reauthentication.html", form, refusal, **more)


def _has_second_factor(visitor: Visitor) -> bool:
    """Whether a code would open more: not after a reset of the password."""
    if visitor.access is not AccessLevel.PASSWORD_ONLY:
        return False
    account = own_account(visitor.identified.person_id)
    return account is not None and account.has_second_factor


def _ask_for_link(request: HttpRequest, template: str) -> HttpResponse:
    visitor = visitor_of(request)
    form = bind_form(MailboxForm, posted(request), initial={"email": visitor.mailbox})
    if not is_valid_post(request, form):
        return form_page(request, template, form)
    # Always redirect to the same page: it must not show whether the address has an account.
    visitor.store_mailbox(form.cleaned_data["email"])
    _mail(request, visitor.mailbox)
    return redirect("account:mail_sent")


def _mail(request: HttpRequest, email: str) -> None:
    visitor = visitor_of(request)
    language = get_language() or "fi"
    device = device_mark(request, account_key(_KIND, email), now=visitor.now)
    try:
        mail_account_link(
            email=email, language=language, address=client_network(request), device=device, now=visitor.now
        )
        visitor.set_notice("mailed")
    except (LinkTooSoon, LinksUsedUp, LinksFromHereUsedUp) as refusal:
        # On the same page as a success: the limit must not tell of an account either.
        visitor.set_notice(refusal_text(refusal))


def _complete_link(request: HttpRequest, token: str, form: Form, *, is_reset: bool) -> HttpResponse:
    visitor = visitor_of(request)
    now, purpose = visitor.now, visitor.purpose
    if is_reset:
        identified: Identified = reset_password(token=token, **form.cleaned_data, now=now)
        complete_sign_in(request, identified)
        return redirect(next_url(identified, purpose, visitor))
    identified = open_account(token=token, **form.cleaned_data, address=client_network(request), now=now)
    complete_sign_in(request, identified)
    # The person came with a slip, not on the way to a page.
    return redirect("account:applications")
