"""What a supervisor types and chooses."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kanssa.applications.desk_cases import Reason
from kanssa.identification.desk_checks import Outcome
from kanssa.values.role import Role
from kanssa.web.desk.forms import Day, Line, Pick, Words
from kanssa.web.staff.pages import ROLES
from kanssa.web.supervise.words import FALSE_DEPARTURES, GROUNDS, REASONS, WISHES, WRONG_CONFIRMATIONS
from kanssa.web.typed_forms import Form

_YES_NO: dict[str, str | Promise] = {"yes": _("Yes"), "no": _("No")}
_WHY_REASONS = (Reason.REVIEW, Reason.TASK, Reason.CONTACT, Reason.CORRECTION)


class WhyForm(Form):
    """Why a check is opened that nobody asked to be looked at."""

    reason = Pick(
        _("Why do you need this?"),
        [(each, REASONS[each]) for each in _WHY_REASONS],
        error_messages={"required": _("Choose why you need to see this.")},
    )


class FiltersForm(Form):
    """What of the list is wanted; it stands in the address, and names no applicant."""

    since = Day(_("From"), required=False)
    until = Day(_("Until"), required=False)
    desk = Pick(_("Desk"), (), required=False, width="medium")
    clerk = Pick(_("Clerk"), (), required=False, width="medium")

    def __init__(self, *args: Any, desks: tuple[str, ...], clerks: dict[UUID, str], **more: Any) -> None:
        """Offer the desks and clerks that there are."""
        super().__init__(*args, **more)
        self.fields["desk"].choices = [("", ""), *((each, each) for each in desks)]  # type: ignore[attr-defined]
        self.fields["clerk"].choices = [  # type: ignore[attr-defined]
            ("", ""),
            *((str(key), name) for key, name in sorted(clerks.items(), key=lambda pair: pair[1])),
        ]


class ReviewForm(Form):
    """How a check came out in the review."""

    outcome = Pick(
        _("How is this identification?"),
        {"good": _("In order"), "wrong": _("Wrong: it has to be annulled or looked into")}.items(),
        error_messages={"required": _("Choose how it is.")},
    )


class AnnulForm(Form):
    """On what grounds an identification is annulled."""

    grounds = Pick(
        _("What is wrong with it?"),
        WISHES.items(),
        error_messages={"required": _("Choose what is wrong.")},
    )
    words = Words(_("Grounds"), help_text=_("What was found, and how. Nobody but supervisors can read this."))


class HistoryReasonForm(Form):
    """Why an application's history is opened."""

    reason = Pick(
        _("Why do you need this?"),
        [(each, REASONS[each]) for each in _WHY_REASONS],
        error_messages={"required": _("Choose why you need to see this.")},
    )


class FindForm(HistoryReasonForm):
    """Which application's history is opened."""

    reference = Line(
        _("Reference"),
        kind="code",
        width="medium",
        error_messages={"required": _("Type the reference of the application.")},
    )
    field_order = ("reference", "reason")


class WrongConfirmationForm(Form):
    """On what grounds a confirmation is annulled, or a place taken from somebody."""

    grounds = Pick(
        _("What is wrong with it?"),
        WRONG_CONFIRMATIONS.items(),
        error_messages={"required": _("Choose what is wrong.")},
    )
    words = Words(_("Grounds"), help_text=_("What was found, and how. Nobody but supervisors can read this."))


class UndoForm(Form):
    """On what grounds a death or departure is taken back."""

    grounds = Pick(
        _("What is wrong with it?"),
        FALSE_DEPARTURES.items(),
        error_messages={"required": _("Choose what is wrong.")},
    )
    words = Words(_("Grounds"), help_text=_("What was found, and how. Nobody but supervisors can read this."))


class KeepForm(Form):
    """On what grounds an identification stands that a clerk wished annulled."""

    words = Words(_("Grounds"), help_text=_("What was found, and how. Nobody but supervisors can read this."))


class DocumentDecisionForm(Form):
    """Whether somebody without an acceptable document is identified all the same."""

    outcome = Pick(
        _("May the person be identified?"),
        {
            Outcome.IDENTIFY: _("Yes: a clerk identifies them by this decision"),
            Outcome.REFUSE: _("No"),
        }.items(),
        error_messages={"required": _("Choose whether the person may be identified.")},
    )
    grounds = Pick(
        _("On what does it rest?"),
        [(each, GROUNDS[each]) for each in ("register", "other-document", "authority", "not-known")],
        error_messages={"required": _("Choose on what the decision rests.")},
    )
    is_code_same = Pick(
        _("Is the identity code on the application the person’s own?"),
        {**_YES_NO, "unknown": _("It cannot be told")}.items(),
        error_messages={"required": _("Answer this.")},
    )
    words = Words(_("Grounds"), help_text=_("What was found, and how. Nobody but supervisors can read this."))

    def __init__(self, *args: Any, has_code: bool, **more: Any) -> None:
        """Ask about the identity code only where there is one."""
        super().__init__(*args, **more)
        if not has_code:
            del self.fields["is_code_same"]

    def clean(self) -> dict[str, Any]:
        """See that the grounds fit the outcome."""
        typed = super().clean() or self.cleaned_data
        if typed.get("outcome") == Outcome.IDENTIFY and typed.get("grounds") == "not-known":
            self.add_error("grounds", _("Somebody of whom it cannot be told who they are is not identified."))
        return typed


class Several(forms.MultipleChoiceField):
    """Any number of several."""

    kind = "choices"
    width = "full"


class RolesForm(Form):
    """Which roles somebody has."""

    roles = Several(
        label=_("Roles"),
        choices=[(role.value, ROLES[role]) for role in Role],
        required=False,
        help_text=_("Leave all empty to take every role away."),
    )
