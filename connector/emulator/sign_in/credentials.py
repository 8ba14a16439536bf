"""Who may ask the emulated sign-in service for a token, and how a proof is checked."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

_ASSERTION_PARTS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredClient:
    """
    An app registration of the emulated directory.

    *certificate* is PEM text; an assertion must be signed by its key. A client
    without secret and certificate can only sign in as a public client.
    """

    client_id: str
    secret: str | None = None
    certificate: str | None = None

    def __repr__(self) -> str:
        """Show which proofs are registered, never the proofs."""
        proofs = [name for name in ("secret", "certificate") if getattr(self, name) is not None]
        return f"RegisteredClient(client_id={self.client_id!r}, proofs={proofs})"


class RejectedProof(Exception):  # noqa: N818  it names what was rejected
    """A secret or an assertion does not prove the client; carries the AADSTS number."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(message)
        self.number = number
        self.message = message


def check_secret(client: RegisteredClient, secret: str) -> None:
    """Compare a client secret; raises `RejectedProof` 7000215 when it differs."""
    if secret != client.secret:
        raise RejectedProof(7000215, "Invalid client secret provided.")


def check_assertion(client: RegisteredClient, assertion: str) -> None:
    """
    Check a signed client assertion against the registered certificate.

    Signature (RS256 or PS256), issuer and subject are checked; its times are
    not, because the emulator's clock need not be the signer's. Raises
    `RejectedProof` 700027 when anything differs.
    """
    header, claims, signed, signature = _parse(assertion)
    if claims.get("iss") != client.client_id or claims.get("sub") != client.client_id:
        raise RejectedProof(700027, "The issuer of the client assertion is another client.")
    if client.certificate is None:
        raise RejectedProof(700027, "The client has no registered certificate.")
    _verify(client.certificate, str(header.get("alg")), signed, signature)


def issuer_of(assertion: str) -> str:
    """Return the client id that an assertion speaks for."""
    return str(_parse(assertion)[1].get("iss", ""))


def _parse(assertion: str) -> tuple[Mapping[str, Any], Mapping[str, Any], bytes, bytes]:
    parts = assertion.split(".")
    if len(parts) != _ASSERTION_PARTS:
        raise RejectedProof(50027, "The client assertion is no JSON web token.")
    try:
        header, claims = (json.loads(_decode(part)) for part in parts[:2])
        signature = _decode(parts[2])
    except ValueError as error:
        raise RejectedProof(50027, "The client assertion is no JSON web token.") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise RejectedProof(50027, "The client assertion is no JSON web token.")
    return header, claims, ".".join(parts[:2]).encode(), signature


def _decode(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error as error:
        raise ValueError(part) from error


def _verify(certificate: str, algorithm: str, signed: bytes, signature: bytes) -> None:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  slow to import
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415

    paddings = {
        "RS256": padding.PKCS1v15(),
        "PS256": padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH),
    }
    if algorithm not in paddings:
        raise RejectedProof(700027, f"The assertion is signed with '{algorithm}'.")
    try:
        _public_key(certificate).verify(signature, signed, paddings[algorithm], hashes.SHA256())
    except InvalidSignature as error:
        raise RejectedProof(700027, "The signature of the client assertion is wrong.") from error


def _public_key(certificate: str) -> RSAPublicKey:
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415

    key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    if not isinstance(key, RSAPublicKey):
        raise RejectedProof(700027, "The registered certificate holds no RSA key.")
    return key
