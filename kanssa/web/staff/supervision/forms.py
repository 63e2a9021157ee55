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
    LAPSE_REASONS,
    REASONS,
)

_YES_NO: dict[str, str | Promise] = {"yes": _("Yes"), "no": _("No")}
_WHY_REASONS = (AccessReason.REVIEW, AccessReason.TASK, AccessReason.CONTACT, AccessReason.CORRECTION)


class CheckReasonForm(Form):
    reason = SelectField(
        _("Why do you need this?"),
        [(each, REASONS[each]) for each in _WHY_REASONS],
        error_messages={"required": _("Choose why you need to see this.")},
    )


class FiltersForm(Form):
    """Filters of the list; they are part of the URL, and name no applicant."""

    since = DayField(_("From"), required=False)
    until = DayField(_("Until"), required=False)
    desk = SelectField(_("Desk"), (), required=False, width="medium")
    clerk = SelectField(_("Clerk"), (), required=False, width="medium")

    def __init__(self, *args: Any, desks: tuple[str, ...], clerks: dict[UUID, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["desk"].choices = [("", ""), *((each, each) for each in desks)]  # type: ignore[attr-defined]
        self.fields["clerk"].choices = [  # type: ignore[attr-defined]
            ("", ""),
            *((str(key), name) for key, name in sorted(clerks.items(), key=lambda pair: pair[1])),
        ]


class ReviewForm(Form):
    outcome = SelectField(
        _("What is the result of the review?"),
        {"good": _("In order"), "wrong": _("Wrong: it has to be annulled or investigated")}.items(),
        error_messages={"required": _("Choose the result.")},
    )


class AnnulForm(Form):
    grounds = SelectField(
        _("What is wrong with it?"),
        ANNULMENT_REASONS.items(),
        error_messages={"required": _("Choose what is wrong.")},
    )
    words = GroundsField(
        _("Grounds"), help_text=_("Write what was found, and how. Only supervisors can read this.")
    )


class HistoryReasonForm(Form):
    reason = SelectField(
        _("Why do you need this?"),
        [(each, REASONS[each]) for each in _WHY_REASONS],
        error_messages={"required": _("Choose why you need to see this.")},
    )


class FindForm(HistoryReasonForm):
    reference = LineField(
        _("Reference"),
        kind="code",
        width="medium",
        error_messages={"required": _("Type the reference of the application.")},
    )
    field_order = ("reference", "reason")


class WrongConfirmationForm(Form):
    """The grounds for annulling a confirmation, or for releasing an applicant."""

    grounds = SelectField(
        _("What is wrong with it?"),
        CONFIRMATION_ANNULMENT_REASONS.items(),
        error_messages={"required": _("Choose what is wrong.")},
    )
    words = GroundsField(
        _("Grounds"), help_text=_("Write what was found, and how. Only supervisors can read this.")
    )


class UndoForm(Form):
    grounds = SelectField(
        _("What is wrong with it?"),
        DEPARTURE_UNDO_REASONS.items(),
        error_messages={"required": _("Choose what is wrong.")},
    )
    words = GroundsField(
        _("Grounds"), help_text=_("Write what was found, and how. Only supervisors can read this.")
    )


class UndoLapseForm(Form):
    grounds = SelectField(
        _("What was our fault?"),
        LAPSE_REASONS.items(),
        error_messages={"required": _("Choose what our fault was.")},
    )
    words = GroundsField(
        _("Grounds"), help_text=_("Write what was found, and how. Only supervisors can read this.")
    )


class KeepForm(Form):
    words = GroundsField(
        _("Grounds"), help_text=_("Write what was found, and how. Only supervisors can read this.")
    )


class DocumentDecisionForm(Form):
    outcome = SelectField(
        _("May the person be identified?"),
        {
            CheckOutcome.IDENTIFY: _("Yes: a clerk identifies them by this decision"),
            CheckOutcome.REFUSE: _("No"),
        }.items(),
        error_messages={"required": _("Choose whether the person may be identified.")},
    )
    grounds = SelectField(
        _("What is the basis?"),
        [(each, GROUNDS[each]) for each in ("register", "other-document", "authority", "not-known")],
        error_messages={"required": _("Choose the basis of the decision.")},
    )
    is_code_same = SelectField(
        _("Is the identity code on the application the person’s own?"),
        {**_YES_NO, "unknown": _("It cannot be determined")}.items(),
        error_messages={"required": _("Answer this.")},
    )
    words = GroundsField(
        _("Grounds"), help_text=_("Write what was found, and how. Only supervisors can read this.")
    )

    def __init__(self, *args: Any, has_code: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if not has_code:
            del self.fields["is_code_same"]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("outcome") == CheckOutcome.IDENTIFY and typed.get("grounds") == "not-known":
            self.add_error("grounds", _("A person whose identity cannot be determined is not identified."))
        return typed


class MultiSelectField(forms.MultipleChoiceField):
    kind = "choices"
    width = "full"


class RolesForm(Form):
    roles = MultiSelectField(
        label=_("Roles"),
        choices=[(role.value, ROLES[role]) for role in Role],
        required=False,
        help_text=_("Leave all empty to remove every role."),
    )
