"""Runs SimpleSAMLphp as a process, with the identification file to run Kanssa against it."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from rehearsal.broker.people import Person, read_people
from rehearsal.processes import free_port
from tests.e2e.stack import until

HERE = Path(__file__).resolve().parent / "simplesamlphp"
DEBIAN = Path("/usr/share/simplesamlphp/www")
LOA2 = "http://ftn.ficora.fi/2017/loa2"
BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:"
PASSWORD = "correct horse"
FOREIGNER = "maja"
_NATURAL_PERSON = "http://eidas.europa.eu/attributes/naturalperson/"
_SECONDS_TO_START = 300
_SECONDS_TO_STOP = 60
# Debian's PHP is newer than its SimpleSAMLphp, and warns about that on every page.
_QUIET = ("-d", "display_errors=0", "-d", "log_errors=0")


@dataclass(frozen=True)
class SamlProvider:
    base: str
    entity: str
    identification_file: Path

    def log_out_page(self) -> str:
        """Return the page where a person ends their session at the provider itself."""
        return f"{self.base}saml2/idp/initSLO.php?RelayState={self.after_logout()}"

    def after_logout(self) -> str:
        """Return the page that follows when all services have answered the log-out."""
        return f"{self.base}resources/default.css"

    def session_page(self) -> str:
        """Return a page that shows the signed-in person, or else the log-in form."""
        return f"{self.base}module.php/core/authenticate.php?as=people"


@contextmanager
def saml_provider(folder: Path, *, base_url: str) -> Iterator[SamlProvider]:
    """Write keys and settings into `folder`, run the provider, and stop it at the end."""
    php = shutil.which("php")
    if php is None or not DEBIAN.is_dir():
        raise FileNotFoundError(
            "SimpleSAMLphp is missing: apt-get install simplesamlphp php-cli php-xml php-mbstring"
        )
    port = free_port()
    provider = _write(folder, f"http://localhost:{port}/", base_url)
    environment = {
        "SIMPLESAMLPHP_CONFIG_DIR": str(HERE),
        "KANSSA_PEER": str(folder / "peer.json"),
        "PHP_CLI_SERVER_WORKERS": "2",
        "PATH": "/usr/bin:/bin",
    }
    with (folder / "provider.log").open("wb") as log:
        command = [php, *_QUIET, "-S", f"localhost:{port}", "-t", DEBIAN, HERE / "router.php"]
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        try:
            assert until(lambda: _answers(port), _SECONDS_TO_START), (folder / "provider.log").read_text()
            yield provider
        finally:
            _stop(process)


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("localhost", port), timeout=1):
        return True
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the whole process group: the workers outlive a server that is stopped alone."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _write(folder: Path, base: str, base_url: str) -> SamlProvider:
    entity = f"{base}idp1"
    certificates = {name: _pair(folder, name) for name in ("idp", "signing", "encryption")}
    ways = {"suomifi": "HTTP-Redirect", "posting": "HTTP-POST"}
    settings = {
        "base": base,
        "folder": f"{folder}/",
        "entity": entity,
        "level": LOA2,
        "salt": secrets.token_hex(16),
        "people": {f"{key}:{PASSWORD}": _attributes(person) for key, person in read_people().items()}
        | {f"{FOREIGNER}:{PASSWORD}": _foreign()},
        "services": [
            {
                "entity": f"{base_url}/saml/{way}",
                "return": f"{base_url}/return/{way}/",
                "logout": f"{base_url}/return/{way}/logout/",
                "logoutBinding": BINDINGS + binding,
                "signing": certificates["signing"],
                "encryption": certificates["encryption"],
            }
            for way, binding in ways.items()
        ],
    }
    (folder / "peer.json").write_text(json.dumps(settings), "utf-8")
    config = folder / "identification.toml"
    config.write_text("\n".join(_table(way, base, entity, base_url) for way in ways), "utf-8")
    return SamlProvider(base, entity, config)


def _pair(folder: Path, name: str) -> str:
    """Make a key and its certificate; return the certificate as metadata has it."""
    key, now = generate_private_key(65537, 2048), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / f"{name}.key").write_bytes(pem)
    (folder / f"{name}.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    return b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii")


def _attributes(person: Person) -> dict[str, list[str]]:
    return {
        "urn:oid:1.2.246.21": [person.hetu],
        "urn:oid:2.5.4.4": [person.last_name],
        f"{_NATURAL_PERSON}CurrentGivenName": [person.first_names],
        "urn:oid:2.5.4.42": [person.first_names.split()[0]],
        "urn:oid:1.2.246.517.2002.2.18": ["091"],
        "urn:oid:1.2.246.517.2002.2.27": ["0"],
    }


def _foreign() -> dict[str, list[str]]:
    return {
        f"{_NATURAL_PERSON}PersonIdentifier": ["SE/FI/1"],
        f"{_NATURAL_PERSON}CurrentFamilyName": ["Svensson"],
        f"{_NATURAL_PERSON}CurrentGivenName": ["Maja"],
        f"{_NATURAL_PERSON}DateOfBirth": ["1990-05-06"],
    }


def _table(way: str, base: str, entity: str, base_url: str) -> str:
    return f"""
[methods.{way}]
kind = "saml"
label = {{ fi = "Suomi.fi {way}", sv = "Suomi.fi {way} ", en = "Suomi.fi  {way}" }}
entity_id = "{base_url}/saml/{way}"
request_binding = "{"post" if way == "posting" else "redirect"}"
language_extension = true
ciphers = ["aes128-cbc"]  # Debian's SimpleSAMLphp encrypts with no other
allow_test_codes = true
allow_http = true
signing = {{ key = {{ file = "signing.key" }}, certificate = {{ file = "signing.crt" }} }}
decryption = [{{ key = {{ file = "encryption.key" }}, certificate = {{ file = "encryption.crt" }} }}]

[methods.{way}.accepted_assurance]
"{LOA2}" = "substantial"

[methods.{way}.provider]
entity_id = "{entity}"
login_address = "{base}saml2/idp/SSOService.php"
logout_address = "{base}saml2/idp/SingleLogoutService.php"
certificates = [{{ file = "idp.crt" }}]
"""
