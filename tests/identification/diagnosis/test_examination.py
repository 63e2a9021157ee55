"""`doctor identification` reports each mistake in one sentence with its cure."""

import datetime as dt
import json
import os
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils.timezone import now as clock

from kanssa.identification.calls.probe import probe_address
from kanssa.identification.configuration.key_folder import KeyFolder
from kanssa.identification.protocol import Finding
from tests.identification.oidc.attacks import HTML
from tests.identification.oidc.scripted_broker import JSON, Canned, Script, ec_key, rsa_key
from tests.identification.oidc.signed_keys import JOSE, signed_keys, trust_the_entity

Change = Callable[[Script], object]


def found(script: Script) -> list[Finding]:
    return list(script.method().examine(now=script.now))


def faults(script: Script) -> list[Finding]:
    """Return the faults that are not about the clock: a script's time is not the machine's."""
    return [
        finding
        for finding in found(script)
        if finding.level == "fault" and "our clock" not in finding.summary
    ]


def test_a_healthy_broker_has_no_fault(script: Script) -> None:
    assert faults(script) == []
    assert any("1 of its keys can sign RS256" in finding.summary for finding in found(script))


def test_the_validity_of_signed_keys_is_shown(script: Script) -> None:
    trust_the_entity(script)

    assert faults(script) == []
    assert any("still live: 25." in finding.summary for finding in found(script))


def _keys_say(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Change:
    return lambda s: setattr(s, "jwks_answer", Canned(body, status, headers or JSON))


def _signed(**changes: object) -> Change:
    def change(script: Script) -> None:
        trust_the_entity(script)
        script.jwks_answer = Canned(signed_keys(script, **changes).encode(), headers=JOSE)

    return change


def _unsigned_where_signed_are_asked(script: Script) -> None:
    trust_the_entity(script)
    script.jwks_answer = None


def _metadata(**summary: object) -> Change:
    def change(script: Script) -> None:
        answer = script.answer_to
        body = json.dumps({"issuer": script.broker.issuer, **summary}).encode()
        path = "/.well-known/openid-configuration"
        script.answer_to = lambda asked: Canned(body) if asked == path else answer(asked)  # type: ignore[method-assign]

    return change


@pytest.mark.parametrize(
    ("change", "summary", "cure"),
    [
        (_keys_say(b"{}", 404), "nothing at jwks_endpoint", "Correct it"),
        (_keys_say(b"<p>", 200, HTML), "no key set of the expected kind", "signed keys"),
        (_keys_say(b"{}", 302, {**JSON, "Location": "/x"}), "leads elsewhere", "Give the address"),
        (_keys_say(b"{}"), "cannot be understood", "jwks_endpoint"),
        (_keys_say(b'{"keys": []}'), "none of its keys can sign RS256", "id_token_signing_algorithm"),
        (_signed(key=rsa_key("a-thief")), "another entity key than the pinned", "by a way that you trust"),
        (_signed(claims={"iss": "https://x.example"}), "in another name", "broker_entity.identifier"),
        (_signed(claims={"exp": 1}), "out of date", "our clock"),
        (_signed(header={"alg": "PS256"}, algorithm="PS256"), "another algorithm", "broker_entity.algorithm"),
        (_unsigned_where_signed_are_asked, "no key set of the expected kind", "broker_entity"),
        (_metadata(issuer="https://other.example"), "issuer: the metadata says", "Ask the broker"),
        (
            _metadata(token_endpoint="https://other.example"),
            "token_endpoint: the metadata",
            "set token_endpoint",
        ),
        (
            _metadata(id_token_signing_alg_values_supported=["ES256"]),
            "RS256 is not among id_token_signing_alg_values_supported",
            "Agree on one",
        ),
        (
            _metadata(id_token_encryption_enc_values_supported=["A256GCM"]),
            "A128CBC-HS256 is not among",
            "Agree on one",
        ),
    ],
)
def test_a_mistake_is_one_sentence_with_its_cure(
    script: Script, change: Change, summary: str, cure: str
) -> None:
    change(script)

    [fault] = faults(script)

    assert summary in fault.summary
    assert cure in fault.cure
    assert fault.summary.endswith(".")


def test_metadata_that_agrees_is_no_fault(script: Script) -> None:
    endpoints = script.broker.endpoints
    _metadata(token_endpoint=endpoints.token, authorization_endpoint=endpoints.authorization)(script)

    assert faults(script) == []


def test_a_brokers_own_words_are_shown_short_and_on_one_line(script: Script) -> None:
    _metadata(issuer="x" * 9000)(script)
    [long] = faults(script)
    _metadata(issuer="a\n\x1b[31mb")(script)
    [odd] = faults(script)

    assert len(long.summary) < 300
    assert "\n" not in odd.summary
    assert "\x1b" not in odd.summary


def test_an_address_without_a_listener_is_named(script: Script) -> None:
    closed = replace(script.broker.endpoints, token="http://127.0.0.1:9/token")
    script.changed_broker(endpoints=closed)

    [fault] = faults(script)

    assert "token_endpoint: 127.0.0.1 cannot be reached" in fault.summary


def test_an_examination_leaves_the_broker_as_it_was(script: Script) -> None:
    script.jwks_answer = Canned(b"{}", 503)
    method = script.method()

    for _ in range(4):
        list(method.examine(now=script.now))

    assert method.is_answering()


class Server:
    """An HTTPS server with a certificate of `days` days and a clock of its own."""

    def __init__(self, folder: Path, *, days: int, ahead: int) -> None:
        self.port = 0
        self.certificate = folder / "certificate.pem"
        self._key = folder / "key.pem"
        self._make(days)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self._key)

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.send_response(405)
                self.end_headers()

            def date_time_string(self, timestamp: float | None = None) -> str:
                return super().date_time_string(clock().timestamp() + ahead)

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign,assignment]
        self.address = f"https://localhost:{self.server.server_address[1]}/token"

    def _make(self, days: int) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
        at = clock()
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(at - timedelta(days=400))
            .not_valid_after(at + timedelta(days=days, hours=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self._key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    started: list[HTTPServer] = []

    def serve(*, days: int = 90, ahead: int = 0, trusted: bool = True) -> str:
        server = Server(tmp_path, days=days, ahead=ahead)
        Thread(target=server.server.serve_forever, daemon=True).start()
        started.append(server.server)
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        return server.address

    yield serve
    for server in started:
        server.shutdown()
        server.server_close()


def levels(address: str) -> dict[str, str]:
    return {
        finding.summary: finding.level for finding in probe_address("token_endpoint", address, now=clock())
    }


def test_days_left_and_the_clock_are_shown(served: Callable[..., str]) -> None:
    summary = levels(served())

    assert summary["token_endpoint: the certificate of localhost lives for 90 days more."] == "well"
    assert set(summary.values()) == {"well"}


def test_a_certificate_that_ends_soon_is_reported_in_advance(served: Callable[..., str]) -> None:
    summary = levels(served(days=12))

    assert summary["token_endpoint: the certificate of localhost lives for 12 days more."] == "soon"


def test_a_certificate_that_has_ended_is_a_fault(served: Callable[..., str]) -> None:
    [(summary, level)] = levels(served(days=-2)).items()

    assert level == "fault"
    assert "the certificate of localhost is not trusted (certificate has expired)" in summary


def test_a_certificate_of_an_unknown_authority_is_a_fault(served: Callable[..., str]) -> None:
    [(summary, level)] = levels(served(trusted=False)).items()

    assert level == "fault"
    assert "not trusted" in summary


@pytest.mark.parametrize(("ahead", "level"), [(0, "well"), (-12, "soon"), (90, "fault"), (-90, "fault")])
def test_clocks_that_differ_are_reported(served: Callable[..., str], ahead: int, level: str) -> None:
    summary = levels(served(ahead=ahead))

    [clocks] = [sentence for sentence in summary if "our clock" in sentence]
    assert summary[clocks] == level


def doctor(file: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kanssa.manage", "doctor", "identification"],
        env=os.environ | {"KANSSA_IDENTIFICATION_FILE": str(file)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _file(script: Script, folder: Path, **changes: str) -> Path:
    at = dt.datetime.now(dt.UTC)
    keys = KeyFolder(folder / "keys")
    for use in ("sig", "enc"):
        keys.publish(keys.generate(use, "EC", now=at).kid, now=at)  # type: ignore[arg-type]
    base = script.broker.issuer
    settings = {
        "kind": '"oidc"',
        "label": '{ fi = "Pankki", sv = "Bank", en = "Bank" }',
        "issuer": f'"{base}"',
        "client_id": '"kanssa"',
        "authorization_endpoint": f'"{base}/authorize"',
        "token_endpoint": f'"{base}/token"',
        "jwks_endpoint": f'"{base}/jwks"',
        "request_mode": '"request_object"',
        "scopes": '["openid"]',
        "key_folder": '"keys"',
        "signing_algorithm": '"ES256"',
        "id_token_signing_algorithm": '"RS256"',
        "id_token_encryption_algorithm": '"ECDH-ES"',
        "id_token_encryption_encoding": '"A256GCM"',
        "accepted_assurance": '{ "http://ftn.ficora.fi/2017/loa2" = "substantial" }',
        "allow_http": "true",
    } | changes
    file = folder / "identification.toml"
    lines = [f"{name} = {value}" for name, value in settings.items() if value]
    file.write_text("\n".join(["[methods.bank]", *lines]))
    return file


def test_the_doctor_says_that_all_is_well(script: Script, tmp_path: Path) -> None:
    answer = doctor(_file(script, tmp_path))

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "All is well" in answer.stdout
    assert "this key lives for 7" in answer.stdout
    assert "soon  methods.bank.allow_http" in answer.stdout


def test_the_doctor_names_faults_and_exits_with_1(script: Script, tmp_path: Path) -> None:
    script.jwks_answer = Canned(b"{}", 404)

    answer = doctor(_file(script, tmp_path))

    assert answer.returncode == 1
    assert "fault bank: there is nothing at jwks_endpoint. Correct it." in answer.stdout
    assert "Faults: 1." in answer.stdout


def test_the_doctor_works_in_a_production_that_does_not_start(script: Script, tmp_path: Path) -> None:
    answer = doctor(_file(script, tmp_path), KANSSA_MODE="production")

    assert answer.returncode == 1
    assert "fault methods.bank.allow_http: allows connections that anybody can read." in answer.stdout
    assert "Traceback" not in answer.stderr


def test_the_doctor_reports_a_misspelt_setting(script: Script, tmp_path: Path) -> None:
    answer = doctor(_file(script, tmp_path, isuer='"x"'))

    assert answer.returncode == 1
    assert "fault methods.bank.isuer: is no setting. Correct its name or remove it." in answer.stdout


def test_the_doctor_reports_a_key_that_others_may_read_and_a_replaced_one(
    script: Script, tmp_path: Path
) -> None:
    file = _file(script, tmp_path)
    first, second, *_rest = KeyFolder(tmp_path / "keys").all()
    (tmp_path / "keys" / first.file).chmod(0o644)
    (tmp_path / "keys" / second.file).write_bytes(ec_key("another").as_pem(private=True))

    answer = doctor(file)

    assert answer.returncode == 1
    assert f"keys/{first.file}: everybody on this machine may read it. Take that away" in answer.stdout
    assert f"keys/{second.file}: holds another key than {second.kid}. Restore" in answer.stdout


def test_the_doctor_reports_an_old_key_and_an_unpublished_one(script: Script, tmp_path: Path) -> None:
    file = _file(script, tmp_path)
    manifest = tmp_path / "keys" / "keys.json"
    entries = json.loads(manifest.read_text())
    long_ago = (dt.datetime.now(dt.UTC) - timedelta(days=720)).isoformat()
    entries[0] |= {"made_at": long_ago, "published_at": long_ago}
    entries.append({**entries[1], "kid": "other", "made_at": long_ago, "published_at": None})
    manifest.write_text(json.dumps(entries))

    answer = doctor(file)

    assert "this key lives for 9 days more. Generate the next" in answer.stdout
    assert "brokers are not told of it. Publish it, or retire it." in answer.stdout
