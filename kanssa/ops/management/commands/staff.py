"""`kanssa.manage staff`: manage local staff accounts, and list all staff."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils.timezone import now as clock
from django.utils.translation import override

from kanssa.usecases.staff.close_staff_account import close_staff_account
from kanssa.usecases.staff.list_staff import list_staff
from kanssa.usecases.staff.open_staff_account import open_staff_account
from kanssa.usecases.staff.reopen_staff_account import reopen_staff_account
from kanssa.usecases.staff.reset_staff_account import reset_staff_account
from kanssa.usecases.staff.set_staff_roles import set_staff_roles
from kanssa.values.actor import SYSTEM
from kanssa.values.domain_typos import suggest_domain
from kanssa.values.email_address import EmailAddress, NotAnEmailAddress
from kanssa.values.refusal import Refusal
from kanssa.values.role import Role
from kanssa.values.typed_text import one_line

_WHO = "the account's e-mail address or id"
_FAULTS = {
    "shape": "this is no whole e-mail address.",
    "undeliverable": "our mail server takes only ASCII before the @ (KANSSA_EMAIL_SMTPUTF8).",
}


class Command(BaseCommand):
    help = "Open, change and close local accounts of the staff; list everybody."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="open an account; prints the link to begin with")
        create.add_argument("email")
        create.add_argument("--name", required=True)
        create.add_argument(
            "--sure", action="store_true", help="the address is right though it looks mistyped"
        )
        _add_roles(create, required=True)
        roles = actions.add_parser("role", help="give these roles and no others; ends the sign-ins")
        roles.add_argument("who", help=_WHO)
        _add_roles(roles)
        reset = actions.add_parser("reset", help="forget password and second factor; prints a new link")
        reset.add_argument("who", help=_WHO)
        close = actions.add_parser("close", help="let in no more, by whichever way; ends the sign-ins")
        close.add_argument("who", help=_WHO)
        reopen = actions.add_parser("reopen", help="let in again who was closed and has the single sign-on")
        reopen.add_argument("who", help=_WHO)
        actions.add_parser("list", help="everybody, their roles and when they last signed in")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Refusals become a CommandError with their sentence in English."""
        try:
            # Operators get English, whatever the service's default language.
            with override("en"):
                self._do(options)
        except Refusal as refusal:
            raise CommandError(_in_english(refusal)) from None

    def _do(self, options: dict[str, Any]) -> None:
        done: dict[str, Any] = {"actor": SYSTEM, "now": clock()}
        match options["action"]:
            case "create":
                email = _email(options)
                name = one_line(options["name"])
                given: dict[str, Any] = {"email": email, "name": name, "roles": _roles(options)}
                self._tell_link(open_staff_account(**given, **done))
            case "reset":
                self._tell_link(reset_staff_account(who=options["who"], **done))
            case "role":
                set_staff_roles(who=options["who"], roles=_roles(options), **done)
            case "close":
                close_staff_account(who=options["who"], **done)
            case "reopen":
                reopen_staff_account(who=options["who"], **done)
            case "list":
                self._list(done)

    def _tell_link(self, token: str) -> None:
        with override("fi"):
            link = settings.BASE_URL + reverse("staff:choose_password", kwargs={"token": token})
        hours = int(settings.START_LINK_LIFETIME.total_seconds() // 3600)
        self.stdout.write(
            f"To begin with, once, within {hours} hours, in the language of their choice:\n{link}"
        )

    def _list(self, done: dict[str, Any]) -> None:
        for each in list_staff(**done):
            roles = "closed" if each.is_closed else ", ".join(sorted(each.roles)) or "no role"
            last = each.signed_in_at.isoformat(timespec="minutes") if each.signed_in_at else "never"
            self.stdout.write(f"{each.user_id}  {each.way}  {each.email or each.name}  {roles}  {last}")


def _add_roles(parser: ArgumentParser, *, required: bool = False) -> None:
    choices = [role.value for role in Role]
    parser.add_argument(
        "--role", action="append", choices=choices, default=[], required=required, help="may be repeated"
    )


def _roles(options: dict[str, Any]) -> Sequence[Role]:
    return [Role(role) for role in dict.fromkeys(options["role"])]


def _email(options: dict[str, Any]) -> str:
    try:
        address = EmailAddress.parse(options["email"], smtputf8=settings.EMAIL_SMTPUTF8)
    except NotAnEmailAddress as fault:
        raise CommandError(f"{options['email']}: {_FAULTS[fault.why]}") from None
    # The person signs in with this address, so catch a typing error now.
    meant = suggest_domain(address.domain)
    if meant and not options["sure"]:
        raise CommandError(f"Did you mean {address.local}@{meant}? Add --sure if {address} is right.")
    return str(address)


def _in_english(refusal: Refusal) -> str:
    with override("en"):
        return str(refusal.reason)
