"""Certificate files: what can sign in, and what is said of those that cannot."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from connector.dataverse.auth import AuthMethod, token_source
from connector.dataverse.certificates import certificate_fault
from connector.dataverse.errors import SignInFailed, UnusableSettings
from connector.emulator.sign_in.credentials import RegisteredClient
from tests.dataverse.sign_in import (
    ENVIRONMENT,
    NOW,
    Certificate,
    as_pem,
    clock,
    directory,
    settings_for,
    source,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "proforma")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=36_500))
    )
    return Certificate(key, built.sign(key, hashes.SHA256()))


@pytest.mark.parametrize("form", ["plain.pem", "locked.pem", "locked.pfx"])
def test_a_certificate_signs_an_assertion_that_the_service_verifies(
    form: str, certificate: Certificate, tmp_path: Path
) -> None:
    password = "" if form == "plain.pem" else "p4ssword"
    path = tmp_path / form
    path.write_bytes(
        certificate.pfx(password.encode())
        if form.endswith("pfx")
        else certificate.pem(password.encode() or None)
    )
    settings = settings_for(
        AuthMethod.CERTIFICATE, certificate_path=path, certificate_password=password
    )
    with directory(RegisteredClient(client_id="cid", certificate=certificate.public)) as there:
        assert there.service.recognises(source(there, settings).token())


def test_a_certificate_that_an_editor_saved_with_a_byte_order_mark_is_read_all_the_same(
    certificate: Certificate, tmp_path: Path
) -> None:
    path = tmp_path / "marked.pem"
    path.write_bytes(b"\xef\xbb\xbf" + certificate.pem(None).replace(b"\n", b"\r\n"))
    settings = settings_for(AuthMethod.CERTIFICATE, certificate_path=path)

    with directory(RegisteredClient(client_id="cid", certificate=certificate.public)) as there:
        assert there.service.recognises(source(there, settings).token())


def refused(path: Path, password: str = "") -> str:
    """The words with which a certificate file is refused, before anything is sent."""
    settings = settings_for(
        AuthMethod.CERTIFICATE, certificate_path=path, certificate_password=password
    )
    with pytest.raises(UnusableSettings) as raised:
        token_source(settings, ENVIRONMENT, now=clock)
    assert password not in str(raised.value) or not password
    return str(raised.value).partition(f"{path} ")[2]


def test_a_certificate_file_that_cannot_sign_in_is_refused_before_anything_is_sent(
    certificate: Certificate, tmp_path: Path
) -> None:
    path = tmp_path / "own.pem"
    pem, locked = certificate.pem(None), certificate.pem(b"right")
    key = pem.partition(b"-----BEGIN CERTIFICATE")[0]
    other = rsa.generate_private_key(65537, 2048)
    curve = ec.generate_private_key(ec.SECP256R1())
    cases = [
        (certificate.public.encode(), "", "holds no private key"),
        (key, "", "holds no certificate"),
        (locked, "", "is locked: certificate_password is missing"),
        (pem, "p4ssword", "is not locked: leave certificate_password out"),
        (locked, "wr0ng-one", "cannot be read: it is damaged, or certificate_password is wrong"),
        (pem.replace(b"MII", b"M!I"), "", "cannot be read: it is damaged,"),
        (as_pem(other) + certificate.public.encode(), "", "holds a key that is not"),
        (as_pem(curve) + certificate.public.encode(), "", "holds a key of another kind than RSA"),
    ]
    for content, password, words in cases:
        path.write_bytes(content)
        assert refused(path, password).startswith(words)


def test_a_pfx_file_that_cannot_sign_in_is_refused_before_anything_is_sent(
    certificate: Certificate, tmp_path: Path
) -> None:
    path = tmp_path / "own.PFX"
    how = serialization.BestAvailableEncryption(b"right")
    alone = pkcs12.serialize_key_and_certificates(b"us", None, certificate.certificate, None, how)
    keyed = pkcs12.serialize_key_and_certificates(b"us", certificate.key, None, None, how)
    cases = [
        (b"no PFX at all", "", "cannot be opened: it is no PFX file, or"),
        (certificate.pfx(b"right"), "wr0ng-one", "cannot be opened"),
        (certificate.pfx(b"right"), "", "cannot be opened"),
        (alone, "right", "holds no private key"),
        (keyed, "right", "holds no certificate"),
    ]
    for content, password, words in cases:
        path.write_bytes(content)
        assert refused(path, password).startswith(words)


def test_a_certificate_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    fault = certificate_fault(tmp_path, "")

    assert fault is not None
    assert fault.startswith("cannot be read (")


def test_a_certificate_that_changes_under_way_fails_typed(
    certificate: Certificate, tmp_path: Path
) -> None:
    path = tmp_path / "own.pem"
    path.write_bytes(certificate.pem(None))
    settings = settings_for(AuthMethod.CERTIFICATE, certificate_path=path)
    with directory() as there:
        tokens = source(there, settings)
        path.write_text(certificate.public, encoding="utf-8")

        with pytest.raises(SignInFailed, match="sign-in by certificate"):
            tokens.token()
