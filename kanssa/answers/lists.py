"""Answer lists of the form, countries and languages, as (code, label) pairs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale

from kanssa.answers.alphabetical_order import sort_key
from kanssa.answers.data_files import read

Choice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """`parent` is the code of the enclosing answer in the same list."""

    code: str
    fi: str
    sv: str
    en: str
    parent: str | None = None

    def label(self, language: str) -> str:
        """`language` is fi, sv or en. Raises KeyError otherwise."""
        return {"fi": self.fi, "sv": self.sv, "en": self.en}[language]


@cache
def answers(name: str) -> tuple[ListAnswer, ...]:
    return tuple(ListAnswer(**entry) for entry in read(name)["answer"])


def choices(name: str, language: str) -> list[Choice]:
    return list(_choices(name, language))


def label(name: str, code: str, language: str) -> str:
    """Includes retired answers, for old applications. Raises KeyError for an unknown code."""
    return _by_code(name)[code].label(language)


def countries(language: str) -> list[Choice]:
    """ISO 3166 alpha-2 codes, Finland first."""
    return list(_countries(language))


def citizenships(language: str) -> list[Choice]:
    return [*_countries(language), *choices("no-citizenship", language)]


def languages(language: str) -> list[Choice]:
    """ISO 639 codes of mother tongues: Finnish, Swedish and English first, "other" last."""
    return list(_languages(language))


def needs_residence_permit(country_code: str) -> bool:
    """Whether to ask a citizen of that country for the kind of their residence permit.

    Not asked: citizens of Finland, the other Nordic countries, the EU, the EEA and Switzerland, who may
    live here without one (Aliens Act 301/2004, chapter 10), nor people of the territories whose citizens
    are Danish, Norwegian, French or Dutch. Asked: all others, stateless people too.
    """
    return country_code not in _FREE_TO_LIVE_HERE


@cache
def _by_code(name: str) -> Mapping[str, ListAnswer]:
    retired = (ListAnswer(**entry) for entry in read(name).get("retired", ()))
    return {answer.code: answer for answer in (*answers(name), *retired)}


@cache
def _choices(name: str, language: str) -> tuple[Choice, ...]:
    offered = [(answer.code, answer.label(language)) for answer in answers(name)]
    file = read(name)
    if not file.get("alphabetical"):
        return tuple(offered)
    return _in_order(offered, language, first=file.get("first", ()), last=file.get("last", ()))


@cache
def _countries(language: str) -> tuple[Choice, ...]:
    names = {str(code): str(name) for code, name in Locale(language).territories.items()}
    offered = [choice for choice in names.items() if _is_country(choice[0])]
    return _in_order(offered, language, first=("FI",))


@cache
def _languages(language: str) -> tuple[Choice, ...]:
    names = Locale(language).languages
    spoken = {code: _capitalised(names[code]) for code in _MOTHER_TONGUES.split()}
    offered = spoken | dict(choices("language-beside-cldr", language))
    return _in_order(offered.items(), language, first=("fi", "sv", "en"), last=("other",))


def _in_order(
    offered: Iterable[Choice],
    language: str,
    *,
    first: Iterable[str] = (),
    last: Iterable[str] = (),
) -> tuple[Choice, ...]:
    alphabetical = sorted(offered, key=lambda choice: sort_key(choice[1], language=language))
    labels = dict(alphabetical)
    ends = {*first, *last}
    between = (code for code in labels if code not in ends)
    return tuple((code, labels[code]) for code in (*first, *between, *last))


def _is_country(code: str) -> bool:
    return len(code) == len("FI") and code.isalpha() and code not in _NO_COUNTRIES


def _capitalised(name: str) -> str:
    return name[:1].upper() + name[1:]


# In CLDR, but not citizenships: people from Åland are Finnish citizens. Kosovo (XK) stays in the list:
# Finland recognises it, though ISO 3166 has no code for it.
_GROUPS_AND_RESERVED_CODES = "AC CP CQ DG EA IC TA EU EZ UN QO XA XB ZZ"
_UNINHABITED = "AQ BV GS HM TF UM"
_NO_COUNTRIES = frozenset(f"{_GROUPS_AND_RESERVED_CODES} {_UNINHABITED} AX".split())

_NORDIC = "FI SE NO DK IS"
_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_EEA_AND_SWITZERLAND = "IS LI NO CH"
_THEIR_TERRITORIES = "AX FO GL SJ BL GF GP MF MQ NC PF PM RE WF YT AW BQ CW SX"
_FREE_TO_LIVE_HERE = frozenset(f"{_NORDIC} {_EU} {_EEA_AND_SWITZERLAND} {_THEIR_TERRITORIES}".split())

# Languages spoken as mother tongues today; Norwegian and Tagalog once each.
_MOTHER_TONGUES = """
aa ab af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cs cv cy da de dv dz
ee el en es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz id ig ii ik
is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky lb lg li ln lo lt lu lv mg mh mi mk
ml mn mr ms mt my na nd ne ng nl no nr nv ny oc oj om or os pa pl ps pt qu rm rn ro ru rw sc sd
se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur
uz ve vi wa wo xh yi yo za zh zu
ace ach ady bal ban bem bew bho bik bin bua byn ceb chm ckb crh din dyu efi fit fon
gaa gag gsw hil hmn ilo inh izh kab kam kbd kea kok koi kpe krc kri krl kum lez lad lua luy
mai mas mdf men mer mos myv nan nds new nso nus nyn pag pam pap pcm rom sah sat scn sid sma smj
smn sms snk srn srr sus syr szl tem tet tig tiv tum tyv udm umb vep vro war wuu xal yue zza
"""
