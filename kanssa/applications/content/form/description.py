"""Every field of a housing application (DOMAIN, The form), grouped by the part it belongs to.

An answer is stored as JSON: text, whole number, decimal as text, true, ISO date, or a list of codes. A
field that was not answered is absent.
"""

from django.utils.translation import gettext_lazy as _

from kanssa.applications.content.form.field import Field, FieldKind
from kanssa.applications.content.form.likely import Likely

_MOST_A_MONTH = 1_000_000
_MOST_ALTOGETHER = 1_000_000_000
_LIKELY_AGE = Likely(0, 105)
_LIKELY_INCOME = Likely(100, 20_000, none=True)
_LIKELY_RENT = Likely(100, 4_000, none=True)
_LIKELY_WEALTH = Likely(0, 3_000_000)
_ONE_NAME = Field(
    "one_name",
    FieldKind.YES,
    _("Only one name"),
    hint=_("Write it in the field for first names, and leave the last name empty."),
    material=True,
)

APPLICATION = (
    Field(
        "kind",
        FieldKind.CHOICE,
        _("What kind of application is this?"),
        answers="application-kind",
        required=True,
    ),
    Field(
        "language",
        FieldKind.CHOICE,
        _("In which language may we write about this application?"),
        answers="contact-language",
        required=True,
    ),
    Field(
        "further_information",
        FieldKind.LONG_TEXT,
        _("Anything else that you want to tell"),
        hint=_("Do not write about anybody's health here."),
    ),
    Field(
        "facts_are_true", FieldKind.YES, _("I assure that the facts I have given are true."), required=True
    ),
    Field(
        "will_keep_current",
        FieldKind.YES,
        _("I will update the application when my circumstances change."),
        required=True,
    ),
)

PERSON = (
    Field(
        "last_name", FieldKind.NAME, _("Last name"), required=True, material=True, autocomplete="family-name"
    ),
    Field(
        "first_names",
        FieldKind.NAME,
        _("First names"),
        hint=_("All of them, as in the passport or identity card."),
        required=True,
        material=True,
        autocomplete="given-name",
    ),
    _ONE_NAME,
    Field(
        "by_hand",
        FieldKind.YES,
        _("I will give the invitation myself"),
        hint=_(
            "Then the name is enough. When you have identified yourself, you can print an invitation with a "
            "code, and this person gives everything else."
        ),
    ),
    Field(
        "hetu",
        FieldKind.HETU,
        _("Finnish personal identity code"),
        hint=_("For example 131052-308T."),
        material=True,
        width="medium",
        likely=_LIKELY_AGE,
    ),
    Field("no_hetu", FieldKind.YES, _("No Finnish personal identity code"), material=True),
    Field(
        "born",
        FieldKind.DATE,
        _("Date of birth"),
        hint=_("For example 31.12.1990."),
        material=True,
        likely=_LIKELY_AGE,
        autocomplete="bday",
        width="medium",
    ),
    Field("nationality", FieldKind.CHOICE, _("Nationality"), answers="citizenships", material=True),
    Field("citizenship", FieldKind.CHOICE, _("Citizenship"), answers="citizenships", required=True),
    Field(
        "residence_permit",
        FieldKind.CHOICE,
        _("Residence permit"),
        hint=_("Only if you are not a citizen of a Nordic country, the EU, the EEA or Switzerland."),
        answers="residence-permit",
    ),
    Field("marital_status", FieldKind.CHOICE, _("Marital status"), answers="marital-status"),
    Field("mother_tongue", FieldKind.CHOICE, _("Mother tongue"), answers="languages"),
    Field("education", FieldKind.CHOICE, _("Education"), answers="education"),
    Field(
        "home_municipality", FieldKind.CHOICE, _("Home municipality"), answers="municipality", required=True
    ),
    Field(
        "years_in_helsinki",
        FieldKind.NUMBER,
        _("Years lived in Helsinki"),
        width="short",
        highest=120,
        likely=Likely(0, 100),
    ),
    Field(
        "no_fixed_address",
        FieldKind.YES,
        _("I have no fixed address."),
        material=True,
    ),
    Field(
        "street_address", FieldKind.TEXT, _("Street address"), material=True, autocomplete="street-address"
    ),
    Field(
        "postcode",
        FieldKind.POSTCODE,
        _("Postcode"),
        material=True,
        autocomplete="postal-code",
        width="short",
    ),
    Field("city", FieldKind.TEXT, _("City"), material=True, autocomplete="address-level2", width="medium"),
    Field("email", FieldKind.EMAIL, _("E-mail address"), autocomplete="email"),
    Field(
        "phone",
        FieldKind.PHONE,
        _("Mobile phone number"),
        hint=_("For example 040 123 4567, or with the country code."),
        autocomplete="tel",
        width="medium",
    ),
    Field("postal_address", FieldKind.LONG_TEXT, _("Postal address"), autocomplete="street-address"),
    Field(
        "contact_language",
        FieldKind.CHOICE,
        _("In which language may we write to this person?"),
        answers="contact-language",
        required=True,
    ),
    Field(
        "income_source",
        FieldKind.CHOICE,
        _("Main source of income"),
        answers="income-source",
        required=True,
        material=True,
    ),
    Field(
        "gross_income",
        FieldKind.EUROS,
        _("Gross income per month"),
        hint=_("Before taxes, in euros. Write 0 if you have none."),
        required=True,
        material=True,
        width="short",
        highest=_MOST_A_MONTH,
        likely=_LIKELY_INCOME,
    ),
    Field(
        "capital_income",
        FieldKind.EUROS,
        _("Capital income per month"),
        material=True,
        width="short",
        highest=_MOST_A_MONTH,
        likely=Likely(0, 20_000),
    ),
    Field(
        "maintenance_paid",
        FieldKind.EUROS,
        _("Maintenance that you pay per month"),
        material=True,
        width="short",
        highest=_MOST_A_MONTH,
        likely=Likely(0, 5_000),
    ),
    Field(
        "wealth",
        FieldKind.EUROS,
        _("Wealth altogether"),
        material=True,
        width="short",
        highest=_MOST_ALTOGETHER,
        likely=_LIKELY_WEALTH,
    ),
    Field("wealth_kinds", FieldKind.CHOICES, _("What the wealth is"), answers="wealth-kind", material=True),
    Field(
        "wealth_debts",
        FieldKind.EUROS,
        _("Debts against the wealth"),
        material=True,
        width="short",
        highest=_MOST_ALTOGETHER,
        likely=_LIKELY_WEALTH,
    ),
    Field(
        "study_loan",
        FieldKind.EUROS,
        _("Study loan"),
        material=True,
        width="short",
        highest=_MOST_ALTOGETHER,
        likely=Likely(0, 150_000),
    ),
    Field(
        "other_debts",
        FieldKind.EUROS,
        _("Other debts"),
        material=True,
        width="short",
        highest=_MOST_ALTOGETHER,
        likely=_LIKELY_WEALTH,
    ),
    Field(
        "owned_home_use",
        FieldKind.CHOICE,
        _("If you own a home or real estate, what is it used for?"),
        answers="owned-home-use",
        material=True,
    ),
    Field(
        "owned_home_share",
        FieldKind.NUMBER,
        _("Your share of it, in per cent"),
        material=True,
        width="short",
        highest=100,
    ),
)

RESIDENT = (
    Field("last_name", FieldKind.NAME, _("Last name"), required=True, material=True),
    Field("first_names", FieldKind.NAME, _("First names"), required=True, material=True),
    _ONE_NAME,
    Field(
        "hetu",
        FieldKind.HETU,
        _("Finnish personal identity code"),
        hint=_("Or the date of birth below."),
        material=True,
        width="medium",
    ),
    Field(
        "born",
        FieldKind.DATE,
        _("Date of birth"),
        hint=_("For example 31.12.2019."),
        material=True,
        width="medium",
    ),
    Field(
        "occupancy",
        FieldKind.CHOICE,
        _("How will they live here?"),
        answers="occupancy",
        required=True,
        material=True,
    ),
)

EXPECTING = (
    Field(
        "expecting",
        FieldKind.YES,
        _("A person in the household is pregnant."),
        hint=_("An unborn child counts as a person in the size of the home."),
        material=True,
    ),
)

HOME = (
    Field(
        "tenure", FieldKind.CHOICE, _("How do you live now?"), answers="tenure", required=True, material=True
    ),
    Field("house_type", FieldKind.CHOICE, _("Type of house"), answers="house-type", material=True),
    Field("rooms", FieldKind.CHOICE, _("Number of rooms"), answers="rooms", material=True),
    Field(
        "area",
        FieldKind.DECIMAL,
        _("Area in square metres"),
        material=True,
        width="short",
        highest=2000,
        likely=Likely(8, 400),
    ),
    Field(
        "people",
        FieldKind.NUMBER,
        _("How many people live there?"),
        material=True,
        width="short",
        highest=50,
        likely=Likely(1, 15),
    ),
    Field(
        "cost",
        FieldKind.EUROS,
        _("Rent or other cost per month"),
        material=True,
        width="short",
        highest=_MOST_A_MONTH,
        likely=_LIKELY_RENT,
    ),
    Field(
        "since",
        FieldKind.DATE,
        _("Since when have you lived there?"),
        hint=_("For example 1.8.2021."),
        material=True,
        likely=Likely(0, 80),
        width="medium",
    ),
    Field("condition", FieldKind.CHOICE, _("Condition of the home"), answers="condition", material=True),
    Field("equipment", FieldKind.CHOICES, _("What the home has"), answers="equipment", material=True),
)

NEED = (
    Field(
        "reasons",
        FieldKind.CHOICES,
        _("Why do you need a home?"),
        hint=_("Choose all that are true."),
        answers="need-reason",
        required=True,
        material=True,
    ),
    Field(
        "homeless_for",
        FieldKind.CHOICE,
        _("If you are homeless, for how long?"),
        answers="homeless-duration",
        material=True,
    ),
    Field(
        "notice_reason",
        FieldKind.CHOICE,
        _("If you have to move, why?"),
        answers="notice-reason",
        material=True,
    ),
    Field(
        "move_by",
        FieldKind.DATE,
        _("By when do you have to move?"),
        hint=_("For example 31.12.2026."),
        material=True,
        likely=Likely(-3, 0),
        width="medium",
    ),
)

WISHES = (
    Field(
        "rooms_first", FieldKind.CHOICE, _("Number of rooms, first choice"), answers="rooms", required=True
    ),
    Field("rooms_second", FieldKind.CHOICE, _("Number of rooms, second choice"), answers="rooms"),
    Field("kitchen", FieldKind.CHOICE, _("Kitchen"), answers="kitchen"),
    Field(
        "highest_rent",
        FieldKind.EUROS,
        _("Highest rent per month"),
        required=True,
        width="short",
        highest=_MOST_A_MONTH,
        likely=Likely(200, 4_000),
    ),
    Field(
        "areas",
        FieldKind.AREAS,
        _("Areas where you would live"),
        hint=_("Choose the whole city, major districts or districts."),
        answers="area",
        required=True,
    ),
    Field("features", FieldKind.CHOICES, _("Other wishes"), answers="wish-feature"),
)
