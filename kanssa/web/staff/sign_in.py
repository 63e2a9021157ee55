"""Signing in, by password and code or through the city's single sign-on, and out again."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import activate, get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kanssa.accounts.refusals import (
    NotSignedIn,
    SignOnFailed,
    SignOnUnavailable,
    TooManyTries,
    WrongCode,
    WrongPassword,
)
from kanssa.identification import sign_on
from kanssa.identification.attempts import language_of
from kanssa.identification.refusals import BrokerUnavailable
from kanssa.usecases.begin_staff_sign_on import begin_staff_sign_on
from kanssa.usecases.check_staff_password import check_staff_password
from kanssa.usecases.finish_staff_sign_on import finish_staff_sign_on
from kanssa.usecases.pass_second_factor import pass_second_factor
from kanssa.usecases.sign_out_staff import sign_out_staff
from kanssa.values.refusal import Refusal
from kanssa.web.address import network_of
from kanssa.web.again import in_words
from kanssa.web.device import account_key, mark_of, remember_device
from kanssa.web.refusals import NoSuchPage
from kanssa.web.staff.forms import CodeForm, PasswordForm
from kanssa.web.staff.pages import staff_page
from kanssa.web.staff.visitor import staff_visitor_of


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Choose the single sign-on, or give e-mail address and password."""
    visitor = staff_visitor_of(request)
    if request.method != "POST":
        return _sign_in_page(request, PasswordForm(use_required_attribute=False))
    form = PasswordForm(request.POST, use_required_attribute=False)
    if not form.is_valid():
        return _sign_in_page(request, form, status=422)
    account = account_key("staff", form.cleaned_data["email"])
    try:
        sign_in_id = check_staff_password(
            **form.cleaned_data,
            address=network_of(request),
            device=mark_of(request, account, now=visitor.now),
            now=visitor.now,
        )
    except (WrongPassword, TooManyTries) as refusal:
        form.add_error(None, in_words(refusal))
        return _sign_in_page(request, form, status=refusal.status)
    visitor.wait_for_second_factor(sign_in_id, account=account)
    return visitor.keep_in(redirect("staff:second_factor"))


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Give a code of the authenticator, or a recovery code."""
    visitor = staff_visitor_of(request)
    form = CodeForm(request.POST if request.method == "POST" else None, use_required_attribute=False)
    try:
        unfinished = visitor.unfinished
        if form.is_valid():
            account = visitor.account
            device = mark_of(request, account, now=visitor.now)
            pass_second_factor(sign_in_id=unfinished, device=device, now=visitor.now, **form.cleaned_data)
            visitor.become(unfinished)
            rotate_token(request)
            response = visitor.keep_in(redirect("staff:start"))
            return remember_device(request, response, account, now=visitor.now)
    except NotSignedIn:
        return redirect("staff:sign_in")
    except (WrongCode, TooManyTries) as refusal:
        form.add_error("code", in_words(refusal))
        return _second_factor_page(request, form, status=refusal.status)
    return _second_factor_page(request, form, status=422 if form.errors else 200)


@require_POST
def begin(request: HttpRequest, key: str) -> HttpResponse:
    """Go to the single sign-on."""
    visitor = staff_visitor_of(request)
    if key not in sign_on.sign_ons():
        raise NoSuchPage
    try:
        handover = begin_staff_sign_on(
            key=key,
            browser=visitor.browser,
            return_url=settings.BASE_URL + reverse("staff_return", kwargs={"key": key}),
            language=get_language() or "fi",
            address=network_of(request),
            now=visitor.now,
        )
    except BrokerUnavailable:
        raise SignOnUnavailable from None
    return visitor.keep_in(redirect(handover.url))


@require_safe
def come_back(request: HttpRequest, key: str) -> HttpResponse:
    """Come back from the single sign-on, in the language in which the person left."""
    visitor = staff_visitor_of(request)
    if key not in sign_on.sign_ons():
        raise NoSuchPage
    reply = _reply_in(request)
    activate(language_of(reply.get("state", "")) or get_language() or "fi")
    try:
        sign_in_id = finish_staff_sign_on(key=key, reply=reply, browser=visitor.browser, now=visitor.now)
    except Refusal:
        if _is_signed_in(request):  # Back, or a second press
            return redirect("staff:start")
        raise
    visitor.become(sign_in_id)
    rotate_token(request)
    return visitor.keep_in(redirect("staff:start"))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the sign-in everywhere, and forget it in this browser."""
    visitor = staff_visitor_of(request)
    if _is_signed_in(request):
        sign_out_staff(staff=visitor.staff, actor=visitor.staff.actor, now=visitor.now)
    response = visitor.forget_in(staff_page(request, "staff/signed_out.html"))
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _reply_in(request: HttpRequest) -> dict[str, str]:
    """The reply's parameters. One that comes twice could mean two things: it is refused."""
    if any(len(values) > 1 for _name, values in request.GET.lists()):
        raise SignOnFailed(why="duplicate-parameter")
    return request.GET.dict()


def _is_signed_in(request: HttpRequest) -> bool:
    try:
        return bool(staff_visitor_of(request).staff)
    except NotSignedIn:
        return False


def _sign_in_page(request: HttpRequest, form: PasswordForm, *, status: int = 200) -> HttpResponse:
    language = get_language() or "fi"
    ways = [(key, each.label(language)) for key, each in sign_on.sign_ons().items()]
    return staff_page(request, "staff/sign_in.html", {"form": form, "ways": ways}, status=status)


def _second_factor_page(request: HttpRequest, form: CodeForm, *, status: int) -> HttpResponse:
    return staff_page(request, "staff/second_factor.html", {"form": form}, status=status)
