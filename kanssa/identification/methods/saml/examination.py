"""Check a provider without a person: its host, its certificates, and ours."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from kanssa.identification.calls.probe import days_left, probe_address
from kanssa.identification.methods.saml.parties import Party
from kanssa.identification.protocol import Finding

_THEIRS = "Pin the one that follows it, from the provider's metadata, before it ends."
_OURS = "Make another, let `saml metadata` tell of it, and send that to the provider."


def findings(party: Party, *, now: datetime) -> Iterator[Finding]:
    seen = set()
    for name, address in (("login_address", party.provider.login), ("logout_address", party.provider.logout)):
        host = urlsplit(address).hostname
        if address and host not in seen:
            seen.add(host)
            yield from probe_address(f"{party.key}.provider.{name}", address, now=now)
    for place, certificate in enumerate(party.provider.certificates):
        what = f"pinned certificate {place + 1} of {len(party.provider.certificates)}"
        yield days_left(party.key, what, certificate.not_valid_after_utc, _THEIRS, now=now)
    for what, pair in (("signing", party.signing), ("decryption", party.decryption[0])):
        until = pair.certificate.not_valid_after_utc
        yield days_left(party.key, f"our {what} certificate", until, _OURS, now=now)
