"""Whether a certificate file can sign in, found out before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.x509 import Certificate


def is_pfx(path: Path) -> bool:
    """Whether the file's name says that it is a PFX file; anything else is read as PEM."""
    return path.suffix.lower() in {".pfx", ".p12"}


def certificate_fault(path: Path, password: str) -> str | None:
    """What keeps the file from signing in, in words without a secret; None when nothing does."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    secret = password.encode() or None
    return _fault_of_pfx(data, secret) if is_pfx(path) else _fault_of_pem(data, secret)


def _fault_of_pfx(data: bytes, password: bytes | None) -> str | None:
    from cryptography.hazmat.primitives.serialization import pkcs12  # noqa: PLC0415 - slow

    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(data, password)
    except ValueError:
        return "cannot be opened: it is no PFX file, or certificate_password is wrong"
    return _fault_of_pair(key, certificate)


def _fault_of_pem(data: bytes, password: bytes | None) -> str | None:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - slow
    from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415 - slow

    if b"PRIVATE KEY-----" not in data:
        return "holds no private key"
    if b"BEGIN CERTIFICATE-----" not in data:
        return "holds no certificate"
    try:
        key = serialization.load_pem_private_key(data, password)
        certificate = load_pem_x509_certificate(data)
    except TypeError:
        return "is locked: certificate_password is missing" if password is None else _NOT_LOCKED
    except ValueError:
        return "cannot be read: it is damaged, or certificate_password is wrong"
    return _fault_of_pair(key, certificate)


_NOT_LOCKED = "is not locked: leave certificate_password out"


def _fault_of_pair(key: object, certificate: Certificate | None) -> str | None:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415 - slow

    if key is None or certificate is None:
        return f"holds no {'private key' if key is None else 'certificate'}"
    if not isinstance(key, RSAPrivateKey):
        return "holds a key of another kind than RSA"
    if key.public_key() != certificate.public_key():
        return "holds a key that is not the certificate's"
    return None
