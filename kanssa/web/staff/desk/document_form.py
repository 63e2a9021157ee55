"""The form for checking a document; a scanned zone fills it in."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kanssa.answers.issuers import issuer_of, issuers
from kanssa.usecases.desk.casework.open_applicant import AdultAtDesk
from kanssa.usecases.desk.documents.identify_in_person import Representative
from kanssa.values.identity_document import DocumentCheck, DocumentKind, NameDifference
from kanssa.values.mrz import MachineReadable, NotAnMrz, parse_mrz
from kanssa.values.names import Name
from kanssa.web.form.base_form import Form
from kanssa.web.staff.desk.forms import DayField, LineField, SelectField
from kanssa.web.staff.desk.labels import DIFFERENCES, KINDS, zone_error_text

_KEPT_OF_NUMBER = 3
_SHORTEST_NAME = 5
_NO_IDENTITY_DOCUMENT = (DocumentKind.OTHER, DocumentKind.DRIVING_LICENCE)
_YES_NO: dict[str, str | Promise] = {"yes": _("Yes"), "no": _("No")}
_NO_REPRESENTATIVE = "nobody"
_ACTING: dict[str, str | Promise] = {
    _NO_REPRESENTATIVE: _("The person themselves"),
    "guardian": _("A guardian acts for them"),
    "agent": _("An agent with a written authority acts for them"),
}
_ALWAYS = ("kind",)


class DocumentForm(Form):
    """The document shown and the result of each check; no answer is preselected."""

    zone = LineField(
        _("Machine-readable zone"),
        kind="zone",
        required=False,
        help_text=_("Scan or type all its lines: two of 44 or 36 characters, or three of 30."),
    )
    kind = SelectField(
        _("Which document?"), KINDS.items(), error_messages={"required": _("Choose the document.")}
    )
    issuer = SelectField(_("Who issued it?"), (), width="medium", required=False)
    expires = DayField(_("Valid until"), is_ahead=True, required=False)
    number_end = LineField(
        _("The last three characters of its number"), kind="code", width="short", required=False, max_length=3
    )
    last_name = LineField(_("Family name on the document"), required=False)
    first_names = LineField(
        _("Given names on the document"),
        required=False,
        help_text=_("If the document has one name only, write it as the family name and leave this empty."),
    )
    born = DayField(_("Date of birth on the document"), required=False)
    is_marked_unverified = SelectField(
        _("Is the document marked so that its holder’s identity has not been verified?"),
        _YES_NO.items(),
        required=False,
    )
    is_photo_same = SelectField(
        _("Is the person here the one in the photo?"), _YES_NO.items(), required=False
    )
    is_born_same = SelectField(
        _("Is the date of birth the same as on the application?"), _YES_NO.items(), required=False
    )
    is_name_same = SelectField(
        _("Is the name the same as on the application?"), _YES_NO.items(), required=False
    )
    difference = SelectField(
        _("If the name differs, why?"), {**DIFFERENCES, "none": _("None of these")}.items(), required=False
    )
    is_code_same = SelectField(
        _("Is the identity code of the application on the document, or in the population register?"),
        {**_YES_NO, "unknown": _("It cannot be determined")}.items(),
        required=False,
    )
    acting_as = SelectField(
        _("Who acts?"), _ACTING.items(), error_messages={"required": _("Choose who acts.")}
    )
    acting_name = LineField(_("Name of the guardian or agent"), required=False)
    acting_document = LineField(
        _("Document that authorises them"),
        required=False,
        help_text=_("Its kind, its date and who issued it."),
    )

    def __init__(self, *args: Any, adult: AdultAtDesk, **more: Any) -> None:
        super().__init__(*args, **more)
        self._adult = adult
        self.fields["issuer"].choices = issuers(get_language() or "fi")  # type: ignore[attr-defined]
        if not adult.hetu:
            del self.fields["is_code_same"]

    @property
    def scanned(self) -> str:
        return str(self.data.get("zone", "")).strip() if self.is_bound else ""

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("kind") not in (None, *self._kinds_without_checks):
            for name in self._required_names:
                if typed.get(name) in (None, "") and name not in self.errors:
                    question = {"question": self.fields[name].label}
                    self.add_error(name, _("An answer is needed: %(question)s") % question)
        if typed.get("is_name_same") == "no" and not typed.get("difference"):
            self.add_error("difference", _("Say why the name differs."))
        self._check_contradictions(typed)
        if typed.get("acting_as") in ("guardian", "agent"):
            for name in ("acting_name", "acting_document"):
                if not typed.get(name):
                    self.add_error(name, _("Fill this in: a guardian or an agent acts for the person."))
            document = typed.get("acting_document")
            # A word that names no document would satisfy the form and prove nothing.
            if document and (len(document) < _SHORTEST_NAME or not any(map(str.isalpha, document))):
                self.add_error(
                    "acting_document", _("Name the document: its kind, its date and who issued it.")
                )
        return typed

    def _check_contradictions(self, typed: Mapping[str, Any]) -> None:
        adult = self._adult
        if typed.get("is_born_same") == "yes" and typed.get("born") not in (None, adult.born):
            self.add_error("is_born_same", _("The date you typed differs from the application."))
        shown = Name(typed.get("last_name") or "", typed.get("first_names") or "")
        if typed.get("is_name_same") == "yes" and shown.words and not adult.as_name.is_on(shown):
            self.add_error("is_name_same", _("The name you typed differs from the application."))

    def check(self) -> DocumentCheck:
        cleaned = self.cleaned_data
        # A reason typed before the answer was changed does not count.
        difference = cleaned["difference"] if cleaned["is_name_same"] == "no" else ""
        return DocumentCheck(
            kind=DocumentKind(cleaned["kind"]),
            issuer=cleaned["issuer"],
            expires=cleaned["expires"],
            number_end=cleaned["number_end"].upper(),
            last_name=cleaned["last_name"],
            first_names=cleaned["first_names"],
            born=cleaned["born"],
            is_photo_same=_answer(cleaned["is_photo_same"]),
            is_name_same=_answer(cleaned["is_name_same"]),
            is_born_same=_answer(cleaned["is_born_same"]),
            is_marked_unverified=_answer(cleaned["is_marked_unverified"]),
            is_code_same=_answer(cleaned.get("is_code_same", "")),
            difference=NameDifference(difference) if difference not in ("", "none") else None,
            compared=self._adult.compared,
        )

    def acting(self) -> Representative | None:
        cleaned = self.cleaned_data
        if cleaned["acting_as"] == _NO_REPRESENTATIVE:
            return None
        return Representative(cleaned["acting_as"], cleaned["acting_name"], cleaned["acting_document"])

    @property
    def _required_names(self) -> list[str]:
        names = ["issuer", "expires", "number_end", "last_name", "born"]
        names += ["is_marked_unverified", "is_photo_same", "is_born_same", "is_name_same"]
        return [*names, "is_code_same"] if "is_code_same" in self.fields else names

    @property
    def _kinds_without_checks(self) -> tuple[str, ...]:
        if settings.ACCEPT_DRIVING_LICENCE:
            return (DocumentKind.OTHER,)
        return _NO_IDENTITY_DOCUMENT


def read_zone(scanned: str, *, today: date) -> MachineReadable | str | Promise:
    try:
        return parse_mrz(scanned, today=today)
    except NotAnMrz as fault:
        return zone_error_text(fault)


def filled_in(data: QueryDict, zone: MachineReadable) -> QueryDict:
    filled = data.copy()
    zone_values: Mapping[str, str] = {
        "zone": "",
        "kind": DocumentKind.PASSPORT if zone.code.startswith("P") else DocumentKind.IDENTITY_CARD,
        "issuer": issuer_of(zone.issuer),
        "expires": _day(zone.expires),
        # Of the document number only its end.
        "number_end": zone.number[-_KEPT_OF_NUMBER:],
        "last_name": zone.last_name,
        "first_names": zone.first_names,
        "born": _day(zone.born) if zone.born else "",
    }
    for name, value in zone_values.items():
        filled[name] = value
    return filled


def _day(given: date) -> str:
    return f"{given.day}.{given.month}.{given.year}"


def _answer(cleaned: str) -> bool | None:
    return {"yes": True, "no": False}.get(cleaned)
