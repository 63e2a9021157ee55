"""Luo tunnus: a username for who was identified at the desk, and coming in by it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kanssa.accounts.account_refusals import (
    LinksFromHereUsedUp,
    LinksUsedUp,
    LinkTooSoon,
    MailboxTaken,
    TooManyCodes,
    TooManySignIns,
    WrongActivationCode,
    WrongCredentials,
)
from kanssa.accounts.links import opened
from kanssa.accounts.refusals import PasswordTooWeak
from kanssa.applications.proof import AccessLevel
from kanssa.identification.living import Identified
from kanssa.usecases.mail_account_link import mail_account_link
from kanssa.usecases.open_account import open_account
from kanssa.usecases.prove_again import prove_again
from kanssa.usecases.set_new_password import set_new_password
from kanssa.usecases.sign_in import sign_in as sign_in_by_account
from kanssa.values.refusal import Refusal
from kanssa.web.account.forms import CodeForm, MailboxForm, OpeningForm, PasswordForm, SignInForm, typed_in
from kanssa.web.address import network_of
from kanssa.web.again import in_words
from kanssa.web.contact import desk_for
from kanssa.web.device import account_key, mark_of, remember_device
from kanssa.web.identify.coming_in import come_in, onwards
from kanssa.web.pages import page
from kanssa.web.refusals import form_token_is_stale, keeps_what_was_typed
from kanssa.web.typed_forms import Form
from kanssa.web.visitor import visitor_of

_ANY = ("GET", "HEAD", "POST")
_KIND = "applicant"


@keeps_what_was_typed
@require_http_methods(_ANY)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Come in by a username, as whom the desk identified."""
    visitor = visitor_of(request)
    form = typed_in(SignInForm, _posted(request))
    if not _is_sound(request, form):
        return _form_page(request, "account/username.html", form)
    purpose = visitor.purpose
    account = account_key(_KIND, form.cleaned_data["email"])
    try:
        identified = sign_in_by_account(
            **form.cleaned_data,
            address=network_of(request),
            device=mark_of(request, account, now=visitor.now),
            now=visitor.now,
        )
    except (WrongCredentials, TooManySignIns) as refusal:
        form.add_error(None, in_words(refusal))
        return _form_page(request, "account/username.html", form, refusal)
    come_in(request, identified)
    response = redirect(onwards(identified, purpose, visitor))
    return remember_device(request, response, account, now=visitor.now)


@keeps_what_was_typed
@require_http_methods(_ANY)
def create(request: HttpRequest) -> HttpResponse:
    """Create username: type an e-mail address. The answer is the same, whatever the address."""
    return _ask_for_link(request, "account/create.html")


@keeps_what_was_typed
@require_http_methods(_ANY)
def forgotten(request: HttpRequest) -> HttpResponse:
    """Password forgotten: type the e-mail address. The answer is the same, whatever the address."""
    return _ask_for_link(request, "account/forgotten.html")


@require_http_methods(_ANY)
def mail_sent(request: HttpRequest) -> HttpResponse:
    """Look in your e-mail: the address, large; posting sends once more."""
    visitor = visitor_of(request)
    if not visitor.mailbox:
        return redirect("account:create")
    if request.method == "POST":
        _mail(request, visitor.mailbox)
        return redirect("account:mail_sent")
    context = {
        "email": visitor.mailbox,
        "notice": visitor.take_notice(),
        "sender": settings.DEFAULT_FROM_EMAIL,
        "desk": desk_for(visitor.now),
    }
    return page(request, "account/mail_sent.html", context)


@keeps_what_was_typed
@require_http_methods(_ANY)
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """What a mailed link opens: choose a password. Opening it changes nothing.

    A new username asks for the activation code too: who only reads the mail gets nothing. Asked
    with `?show` the password is seen while it is typed.
    """
    visitor = visitor_of(request)
    link = opened(token, now=visitor.now)
    form = typed_in(PasswordForm if link.is_reset else OpeningForm, _posted(request))
    if "show" in request.GET:
        form.show()
    refusal: Refusal | None = None
    if _is_sound(request, form):
        try:
            response = _come_in_by_link(request, token, form, is_reset=link.is_reset)
            return remember_device(request, response, account_key(_KIND, link.email), now=visitor.now)
        except PasswordTooWeak as why:
            refusal = why
            form.add_error("password", list(why.faults))
        except (WrongActivationCode, TooManyCodes) as why:
            refusal = why
            form.add_error("code", in_words(why))
        except MailboxTaken as why:
            refusal = why
            form.add_error(None, str(why.reason))
    more = {"link": link, "is_shown": "show" in request.GET}
    return _form_page(request, "account/open.html", form, refusal, **more)


@keeps_what_was_typed
@require_http_methods(_ANY)
def prove(request: HttpRequest) -> HttpResponse:
    """A password alone opens little: show who you are, and go on to where you wanted."""
    visitor = visitor_of(request)
    identified, purpose = visitor.identified, visitor.purpose
    if visitor.access is AccessLevel.PROVEN:
        return redirect(onwards(identified, purpose, visitor))
    form = typed_in(CodeForm, _posted(request))
    refusal: Refusal | None = None
    if _is_sound(request, form):
        try:
            proven = prove_again(
                identified=identified,
                code=form.cleaned_data["code"],
                address=network_of(request),
                actor=identified.actor,
                now=visitor.now,
            )
            come_in(request, proven)
            return redirect(onwards(proven, purpose, visitor))
        except (WrongActivationCode, TooManyCodes) as why:
            refusal = why
            form.add_error("code", in_words(why))
    more = {"is_after_reset": visitor.access is AccessLevel.AFTER_RESET, "desk": desk_for(visitor.now)}
    return _form_page(request, "account/prove.html", form, refusal, **more)


def _ask_for_link(request: HttpRequest, template: str) -> HttpResponse:
    visitor = visitor_of(request)
    form = typed_in(MailboxForm, _posted(request), initial={"email": visitor.mailbox})
    if not _is_sound(request, form):
        return _form_page(request, template, form)
    visitor.hold_mailbox(form.cleaned_data["email"])
    _mail(request, visitor.mailbox)
    return redirect("account:mail_sent")


def _mail(request: HttpRequest, email: str) -> None:
    visitor = visitor_of(request)
    language = get_language() or "fi"
    device = mark_of(request, account_key(_KIND, email), now=visitor.now)
    try:
        mail_account_link(
            email=email, language=language, address=network_of(request), device=device, now=visitor.now
        )
        visitor.leave_notice("mailed")
    except (LinkTooSoon, LinksUsedUp, LinksFromHereUsedUp) as refusal:
        visitor.leave_notice(in_words(refusal))


def _come_in_by_link(request: HttpRequest, token: str, form: Form, *, is_reset: bool) -> HttpResponse:
    visitor = visitor_of(request)
    now, purpose = visitor.now, visitor.purpose
    if is_reset:
        identified: Identified = set_new_password(token=token, **form.cleaned_data, now=now)
        come_in(request, identified)
        return redirect(onwards(identified, purpose, visitor))
    identified = open_account(token=token, **form.cleaned_data, address=network_of(request), now=now)
    come_in(request, identified)
    return redirect("account:applications")


def _posted(request: HttpRequest) -> object:
    return request.POST if request.method == "POST" else None


def _is_sound(request: HttpRequest, form: Form) -> bool:
    if request.method != "POST":
        return False
    form.full_clean()
    if form_token_is_stale(request):
        form.add_error(None, _("The page had been open too long. Check what you typed and send it again."))
    return form.is_valid()


def _form_page(
    request: HttpRequest, template: str, form: Form, refusal: Refusal | None = None, **more: object
) -> HttpResponse:
    status = refusal.status if refusal else form.status
    return page(request, template, {"form": form, **more}, status=status)
