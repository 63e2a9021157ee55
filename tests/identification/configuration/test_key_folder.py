import json
import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from kanssa.identification.configuration.key_folder import KeyFolder, OwnKey
from kanssa.identification.configuration.section import Misconfigured, Section
from kanssa.identification.methods.oidc import Broker, read_broker
from tests.identification.oidc.scripted_broker import NOW
from tests.identification.oidc.test_configuration import GOOD

DAY = timedelta(days=1)
Read = Callable[[datetime], Broker]


@pytest.fixture
def folder(tmp_path: Path) -> KeyFolder:
    return KeyFolder(tmp_path / "keys")


@pytest.fixture
def read(folder: KeyFolder, tmp_path: Path) -> Read:
    """Read a broker with keys from the folder, at a given time."""
    table: dict[str, Any] = tomllib.loads(GOOD)
    for setting in ("signing_key", "decryption_keys"):
        del table[setting]
    table |= {"key_folder": "keys", "signing_algorithm": "ES256", "id_token_encryption_algorithm": "ECDH-ES"}
    table["entity"] = {
        "identifier": "https://kanssa.example",
        "organization": "Kaupunki",
        "key_folder": "keys",
        "signing_algorithm": "ES256",
    }
    return lambda now: read_broker("bank", Section("methods.bank", table, tmp_path), now=now)


def ready(folder: KeyFolder) -> dict[str, OwnKey]:
    """Make and publish one key for each use, ten days ago."""
    made = {}
    for use in ("sig", "enc", "entity"):
        key = folder.generate(use, "EC", now=NOW - 10 * DAY)
        made[use] = folder.publish(key.kid, now=NOW - 10 * DAY)
    return made


def published_kids(broker: Broker, use: str) -> list[str]:
    return [key["kid"] for key in broker.published_keys if key["use"] == use]


def accepted(broker: Broker) -> set[str]:
    assert broker.encryption is not None
    return set(broker.encryption.keys)


def test_a_key_is_a_file_of_its_owner_alone_named_by_its_thumbprint(folder: KeyFolder) -> None:
    key = folder.generate("enc", "RSA", now=NOW)

    file = folder.folder / key.file
    assert RSAKey.import_key(file.read_bytes()).thumbprint() == key.kid
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.folder.stat().st_mode & 0o777 == 0o700
    assert b"PRIVATE" not in (folder.folder / "keys.json").read_bytes()


def test_an_elliptic_key_can_be_asked_for(folder: KeyFolder) -> None:
    key = folder.generate("enc", "EC", now=NOW)

    assert ECKey.import_key(folder.pem(key)).curve_name == "P-256"


def test_a_folder_makes_a_broker_and_an_entity(folder: KeyFolder, read: Read) -> None:
    keys = ready(folder)

    broker = read(NOW)

    assert broker.signing_key.key.kid == keys["sig"].kid
    assert accepted(broker) == {keys["enc"].kid}
    assert published_kids(broker, "sig") == [keys["sig"].kid]
    assert broker.entity is not None
    assert broker.entity.signing_key.key.kid == keys["entity"].kid
    assert [key["kid"] for key in broker.entity.keys] == [keys["entity"].kid]


def test_a_new_decryption_key_is_accepted_before_it_is_published(folder: KeyFolder, read: Read) -> None:
    old = ready(folder)["enc"]
    new = folder.generate("enc", "EC", now=NOW)

    broker = read(NOW)

    assert accepted(broker) == {old.kid, new.kid}
    assert published_kids(broker, "enc") == [old.kid]


def test_a_published_decryption_key_is_listed(folder: KeyFolder, read: Read) -> None:
    old = ready(folder)["enc"]
    new = folder.generate("enc", "EC", now=NOW)
    folder.publish(new.kid, now=NOW)

    assert set(published_kids(read(NOW), "enc")) == {old.kid, new.kid}


def test_a_retired_decryption_key_is_not_listed_and_is_accepted_for_a_week(
    folder: KeyFolder, read: Read
) -> None:
    old = ready(folder)["enc"]
    new = folder.generate("enc", "EC", now=NOW)
    folder.publish(new.kid, now=NOW)
    folder.retire(old.kid, now=NOW + DAY)

    soon, late = read(NOW + 7 * DAY), read(NOW + 9 * DAY)

    assert published_kids(soon, "enc") == [new.kid]
    assert accepted(soon) == {old.kid, new.kid}
    assert accepted(late) == {new.kid}


def test_a_new_signing_key_signs_only_when_the_previous_one_is_retired(folder: KeyFolder, read: Read) -> None:
    old = ready(folder)["sig"]
    new = folder.generate("sig", "EC", now=NOW)
    folder.publish(new.kid, now=NOW)
    before = read(NOW)
    folder.retire(old.kid, now=NOW + DAY)

    after = read(NOW + DAY)

    assert before.signing_key.key.kid == old.kid
    assert after.signing_key.key.kid == new.kid
    assert set(published_kids(before, "sig")) == {old.kid, new.kid}
    # A signature that the old key made a moment ago must still verify.
    assert set(published_kids(after, "sig")) == {old.kid, new.kid}
    assert published_kids(read(NOW + 3 * DAY), "sig") == [new.kid]


@pytest.mark.parametrize("use", ["sig", "enc", "entity"])
def test_the_last_key_that_brokers_know_cannot_be_retired(folder: KeyFolder, use: str) -> None:
    key = ready(folder)[use]

    with pytest.raises(Misconfigured, match="brokers may know no other key"):
        folder.retire(key.kid, now=NOW)


def test_a_key_cannot_be_retired_while_brokers_may_not_have_seen_the_next(folder: KeyFolder) -> None:
    old = ready(folder)["enc"]
    new = folder.generate("enc", "EC", now=NOW)
    folder.publish(new.kid, now=NOW)

    with pytest.raises(Misconfigured, match="wait a day"):
        folder.retire(old.kid, now=NOW + timedelta(hours=23))


def test_an_unpublished_key_can_be_retired(folder: KeyFolder) -> None:
    ready(folder)
    waiting = folder.generate("enc", "EC", now=NOW)

    folder.retire(waiting.kid, now=NOW)

    assert [key.state(NOW) for key in folder.of("enc")] == ["published", "retired"]


def test_a_key_is_selected_by_the_beginning_of_its_kid(folder: KeyFolder) -> None:
    key = folder.generate("enc", "EC", now=NOW)

    assert folder.publish(key.kid[:10], now=NOW).kid == key.kid


@pytest.mark.parametrize("kid", ["", "nobody"])
def test_a_kid_that_names_no_key_is_refused(folder: KeyFolder, kid: str) -> None:
    folder.generate("enc", "EC", now=NOW)

    with pytest.raises(Misconfigured, match="names 0 keys"):
        folder.publish(kid, now=NOW)


def test_an_impossible_folder_is_reported_with_its_cure(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file")

    with pytest.raises(Misconfigured, match=r"cannot be written to .* Let whoever keeps"):
        KeyFolder(tmp_path / "keys").generate("sig", "EC", now=NOW)


UNKNOWN_USE = json.dumps(
    [
        {
            "kid": "x",
            "use": "sign",
            "file": "x.pem",
            "made_at": "2026-01-01T00:00:00+00:00",
            "published_at": None,
            "retired_at": None,
        }
    ]
)


@pytest.mark.parametrize("damaged", ["", "{}}", "[1]", '[{"kid": "x"}]', UNKNOWN_USE])
def test_a_damaged_list_of_keys_is_reported_with_its_cure(folder: KeyFolder, damaged: str) -> None:
    folder.generate("enc", "EC", now=NOW)
    (folder.folder / "keys.json").write_text(damaged)

    with pytest.raises(Misconfigured, match="is no list of keys"):
        folder.all()


def test_a_folder_without_keys_tells_how_to_make_one(folder: KeyFolder) -> None:
    with pytest.raises(Misconfigured, match="keys generate"):
        folder.all()


def test_a_folder_where_nothing_is_published_tells_how_to_publish(folder: KeyFolder, read: Read) -> None:
    for use in ("sig", "enc", "entity"):
        folder.generate(use, "EC", now=NOW)  # type: ignore[arg-type]

    with pytest.raises(Misconfigured, match="keys publish"):
        read(NOW)


def test_a_key_whose_file_is_gone_is_named(folder: KeyFolder, read: Read) -> None:
    key = ready(folder)["enc"]
    (folder.folder / key.file).unlink()

    with pytest.raises(Misconfigured, match=key.file):
        read(NOW)


def test_the_list_of_keys_can_be_read_by_a_person(folder: KeyFolder) -> None:
    key = folder.generate("sig", "EC", now=NOW)

    [entry] = json.loads((folder.folder / "keys.json").read_text())

    assert entry["kid"] == key.kid
    assert entry["made_at"] == NOW.isoformat()


def test_a_key_is_never_named_like_an_option_of_a_command(folder, monkeypatch):
    named = iter(["-option", "-another", "plain"])
    monkeypatch.setattr(ECKey, "thumbprint", lambda _key: next(named, "plain"))

    assert folder.generate("signing", "EC", now=NOW).kid == "plain"
