"""What a supervisor types and chooses."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kanssa.applications.casework.cases import AccessReason
from kanssa.identification.document_checks import CheckOutcome
from kanssa.values.role import Role
from kanssa.web.form.base_form import Form
from kanssa.web.staff.base.pages import ROLES
from kanssa.web.staff.desk.forms import DayField, GroundsField, LineField, SelectField
from kanssa.web.staff.supervision.labels import (
    ANNULMENT_REASONS,
    CONFIRMATION_ANNULMENT_REASONS,
    DEPARTURE_UNDO_REASONS,
    GROUNDS,
    REASONS,
)

_YES_NO: dict[str, str | Promise] = {"yes": _("Yes"), "no": _("No")}
_WHY_REASONS = (AccessReason.REVIEW, AccessReason.TASK, AccessReason.CONTACT, AccessReason.CORRECTION)


class CheckReasonForm(Form):
    """Why a check is opened that nobody asked to be looked at."""

    reason = SelectField(
        _("Why do you need this?"),
        [(each, REASONS[each]) for each in _WHY_REASONS],
        error_messages={"required": _("Choose why you need to see this.")},
    )


class FiltersForm(Form):
    """What of the list is wanted; it stands in the address, and names no applicant."""

    since = DayField(_("From"), required=False)
    until = DayField(_("Until"), required=False)
    desk = SelectField(_("Desk"), (), required=False, width="medium")
    clerk = SelectField(_("Clerk"), (), required=False, width="medium")

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

    outcome = SelectField(
        _("How is this identification?"),
        {"good": _("In order"), "wrong": _("Wrong: it has to be annulled or looked into")}.items(),
        error_messages={"required": _("Choose how it is.")},
    )


class AnnulForm(Form):
    """On what grounds an identification is annulled."""

    grounds = SelectField(
        _("What is wrong with it?"),
        ANNULMENT_REASONS.items(),
        error_messages={"required": _("Choose what is wrong.")},
    )
    words = GroundsField(
        _("Grounds"), help_text=_("What was found, and how. Nobody but supervisors can read this.")
    )


class HistoryReasonForm(Form):
    """Why an application's history is opened."""

    reason = SelectField(
        _("Why do you need this?"),
        [(each, REASONS[each]) for each in _WHY_REASONS],
        error_messages={"required": _("Choose why you need to see this.")},
    )


class FindForm(HistoryReasonForm):
    """Which application's history is opened."""

    reference = LineField(
        _("Reference"),
        kind="code",
        width="medium",
        error_messages={"required": _("Type the reference of the application.")},
    )
    field_order = ("reference", "reason")


class WrongConfirmationForm(Form):
    """On what grounds a confirmation is annulled, or a place taken from somebody."""

    grounds = SelectField(
        _("What is wrong with it?"),
        CONFIRMATION_ANNULMENT_REASONS.items(),
        error_messages={"required": _("Choose what is wrong.")},
    )
    words = GroundsField(
        _("Grounds"), help_text=_("What was found, and how. Nobody but supervisors can read this.")
    )


class UndoForm(Form):
    """On what grounds a death or departure is taken back."""

    grounds = SelectField(
        _("What is wrong with it?"),
        DEPARTURE_UNDO_REASONS.items(),
        error_messages={"required": _("Choose what is wrong.")},
    )
    words = GroundsField(
        _("Grounds"), help_text=_("What was found, and how. Nobody but supervisors can read this.")
    )


class KeepForm(Form):
    """On what grounds an identification stands that a clerk wished annulled."""

    words = GroundsField(
        _("Grounds"), help_text=_("What was found, and how. Nobody but supervisors can read this.")
    )


class DocumentDecisionForm(Form):
    """Whether somebody without an acceptable document is identified all the same."""

    outcome = SelectField(
        _("May the person be identified?"),
        {
            CheckOutcome.IDENTIFY: _("Yes: a clerk identifies them by this decision"),
            CheckOutcome.REFUSE: _("No"),
        }.items(),
        error_messages={"required": _("Choose whether the person may be identified.")},
    )
    grounds = SelectField(
        _("On what does it rest?"),
        [(each, GROUNDS[each]) for each in ("register", "other-document", "authority", "not-known")],
        error_messages={"required": _("Choose on what the decision rests.")},
    )
    is_code_same = SelectField(
        _("Is the identity code on the application the person’s own?"),
        {**_YES_NO, "unknown": _("It cannot be told")}.items(),
        error_messages={"required": _("Answer this.")},
    )
    words = GroundsField(
        _("Grounds"), help_text=_("What was found, and how. Nobody but supervisors can read this.")
    )

    def __init__(self, *args: Any, has_code: bool, **more: Any) -> None:
        """Ask about the identity code only where there is one."""
        super().__init__(*args, **more)
        if not has_code:
            del self.fields["is_code_same"]

    def clean(self) -> dict[str, Any]:
        """See that the grounds fit the outcome."""
        typed = super().clean() or self.cleaned_data
        if typed.get("outcome") == CheckOutcome.IDENTIFY and typed.get("grounds") == "not-known":
            self.add_error("grounds", _("Somebody of whom it cannot be told who they are is not identified."))
        return typed


class MultiSelectField(forms.MultipleChoiceField):
    """Any number of several."""

    kind = "choices"
    width = "full"


class RolesForm(Form):
    """Which roles somebody has."""

    roles = MultiSelectField(
        label=_("Roles"),
        choices=[(role.value, ROLES[role]) for role in Role],
        required=False,
        help_text=_("Leave all empty to take every role away."),
    )
