"""Probe an address: reachability, clock difference, and certificate expiry."""

import socket
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from kanssa.identification.protocol import Finding

_TIMEOUT = 5.0
_FEW_DAYS = 30
_MUCH_SKEW, _TOO_MUCH_SKEW = 5, 30  # seconds


def probe_address(name: str, address: str, *, now: datetime) -> list[Finding]:
    host = urlsplit(address).hostname or address
    connection = _connection(address)
    try:
        connection.connect()
        certificate = _certificate(connection)
        # HEAD changes nothing at the broker and brings no body.
        connection.request("HEAD", urlsplit(address).path or "/")
        # Any response counts as an answer.
        answer = connection.getresponse()
    # Before OSError, which is its base class.
    except ssl.SSLCertVerificationError as error:
        cure = "Have its keeper renew it, or check that this is the broker's address."
        return [
            Finding(
                "fault", f"{name}: the certificate of {host} is not trusted ({error.verify_message}).", cure
            )
        ]
    except socket.gaierror:
        return [
            Finding("fault", f"{name}: {host} has no address.", "Check the spelling, then the name servers.")
        ]
    except TimeoutError:
        cure = "Let the firewall let us out to it, or ask the broker."
        return [Finding("fault", f"{name}: {host} does not answer within {_TIMEOUT:.0f} seconds.", cure)]
    except (OSError, HTTPException) as error:
        cure = "Check the address and the firewall."
        return [Finding("fault", f"{name}: {host} cannot be reached ({type(error).__name__}).", cure)]
    finally:
        connection.close()
    found = [Finding("well", f"{name}: {host} answers.")]
    return [
        *found,
        *_days_left(name, host, certificate, now),
        *_skew(name, host, answer.getheader("Date"), now),
    ]


def days_left(name: str, what: str, until: datetime, cure: str, *, now: datetime) -> Finding:
    days = (until - now).days
    if until <= now:
        return Finding("fault", f"{name}: {what} ended {-days} days ago.", cure)
    level, cure = ("soon", cure) if days < _FEW_DAYS else ("well", "")
    return Finding("soon" if level == "soon" else "well", f"{name}: {what} lives for {days} days more.", cure)


def _connection(address: str) -> HTTPConnection:
    parts = urlsplit(address)
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return HTTPSConnection(parts.hostname or "", parts.port, timeout=_TIMEOUT, context=context)
    return HTTPConnection(parts.hostname or "", parts.port, timeout=_TIMEOUT)


def _certificate(connection: HTTPConnection) -> datetime | None:
    if not isinstance(connection.sock, ssl.SSLSocket):
        return None
    ends = (connection.sock.getpeercert() or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if isinstance(ends, str) else None


def _days_left(name: str, host: str, until: datetime | None, now: datetime) -> list[Finding]:
    if until is None:
        return []
    return [days_left(name, f"the certificate of {host}", until, "Tell its keeper.", now=now)]


def _skew(name: str, host: str, date: str | None, now: datetime) -> list[Finding]:
    try:
        seconds = abs((parsedate_to_datetime(date or "") - now).total_seconds())
    except (ValueError, TypeError):
        return [Finding("soon", f"{name}: {host} does not tell its time.", "Compare the clocks by hand.")]
    summary = f"{name}: our clock and that of {host} differ by {seconds:.0f} seconds."
    cure = "Let this machine keep time (chrony, systemd-timesyncd); if it does, tell the broker."
    if seconds > _TOO_MUCH_SKEW:
        return [Finding("fault", summary, cure)]
    return [Finding("soon", summary, cure)] if seconds > _MUCH_SKEW else [Finding("well", summary)]
