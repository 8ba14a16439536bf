"""What the storage service refuses, as one clear message without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ServiceRequestError,
)

from connector.dataverse.errors import SignInFailed
from connector.runs.store import RunStoreError, RunStoreUnreachable

if TYPE_CHECKING:
    from connector.settings.container import ContainerAddress

#: Answers after which the same request may succeed: the service is busy or failing.
_PASSING: Final = frozenset({408, 429, 500, 502, 503, 504})
_NOT_FOUND: Final = 404
_FORBIDDEN: Final = frozenset({401, 403})
#: What Azurite says where the service itself says `AuthenticationFailed`.
_NOT_AUTHENTICATED: Final = "Server failed to authenticate"
#: Characters of a text of the service that a message repeats.
_LONGEST: Final = 200

_NO_CONTAINER: Final = (
    "there is no container {container!r} in the storage account {account!r}: make it, or mend"
    " [run] store"
)
_NOT_ACCEPTED: Final = (
    "the storage account does not accept how this program signs in: a key or signature that is"
    " wrong, was replaced or has ended, or an identity of another directory; see [run] store_key,"
    " store_sas and [auth]"
)
_NO_RIGHT: Final = (
    "who is signed in has no right to this: an identity needs the role Storage Blob Data"
    " Contributor on the container, a signature the permissions racwdl"
)
_NOT_LET_IN: Final = (
    "the storage account does not let this machine in: its firewall or network rules, or those of"
    " the signature; add this network, or run where the account can be reached"
)
_SIGNATURE_LIMITS: Final = (
    "the shared access signature is not for this: not for blobs, for another container, address"
    " or protocol"
)

#: What is wrong, by the error code of the service; these can be mended in the settings.
_WRONG_SETTINGS: Final = {
    "ContainerNotFound": _NO_CONTAINER,
    "ContainerBeingDeleted": "the container {container!r} is just being deleted",
    "ResourceNotFound": (
        "there is no container {container!r} in a storage account {account!r}, or none that may be"
        " seen without signing in"
    ),
    "InvalidResourceName": "the service takes {container!r} for no name of a container",
    "OutOfRangeInput": "the service takes {container!r} for no name of a container",
    "InvalidBlobType": "a blob of another type has this name: not one of this program's",
    "BlobImmutableDueToPolicy": "an immutability policy of the container protects this blob",
    "LeaseIdMissing": "somebody holds a lease of this blob",
}
#: The same, where signing in or reading is what fails.
_NO_ACCESS: Final = {
    "AuthenticationFailed": _NOT_ACCEPTED,
    "InvalidAuthenticationInfo": _NOT_ACCEPTED,
    "NoAuthenticationInformation": _NOT_ACCEPTED,
    "PublicAccessNotPermitted": _NOT_ACCEPTED,
    "AuthorizationPermissionMismatch": _NO_RIGHT,
    "InsufficientAccountPermissions": _NO_RIGHT,
    "AuthorizationFailure": _NOT_LET_IN,
    "AuthorizationSourceIPMismatch": _SIGNATURE_LIMITS,
    "AuthorizationProtocolMismatch": _SIGNATURE_LIMITS,
    "AuthorizationResourceTypeMismatch": _SIGNATURE_LIMITS,
    "AuthorizationServiceMismatch": _SIGNATURE_LIMITS,
    "KeyBasedAuthenticationNotPermitted": (
        "the storage account takes no keys (allowSharedKeyAccess is off): leave store_key out and"
        " sign in by [auth]"
    ),
    "AccountIsDisabled": "the storage account {account!r} is disabled",
}


def refused(address: ContainerAddress, doing: str, error: AzureError) -> RunStoreError:
    """What *error* means for a person; *doing* names what was tried, such as "cannot read x"."""
    code = error_code(error)
    known = _WRONG_SETTINGS.get(code)
    kind = RunStoreUnreachable if known is None else RunStoreError
    said = known or _unreachable(address, code, error)
    reason = said.format(container=address.container, account=address.account)
    return kind(f"the run store {doing}: {reason}")


def error_code(error: AzureError) -> str:
    """The service's own word for an error; empty where no answer came."""
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code) or "")


def status(error: AzureError) -> int | None:
    """The status of the answer; None where none came."""
    return error.status_code if isinstance(error, HttpResponseError) else None


def is_missing_blob(error: AzureError) -> bool:
    """Whether the container is there, and the blob is not."""
    return status(error) == _NOT_FOUND and error_code(error) == "BlobNotFound"


def is_passing(error: BaseException) -> bool:
    """Whether the same request may succeed in a moment, also where it is not known if it has."""
    if isinstance(error, SignInFailed):
        return error.transient
    if isinstance(error, ClientAuthenticationError) or not isinstance(error, AzureError):
        return False
    if not isinstance(error, HttpResponseError) or error.status_code is None:
        return True
    return error.status_code in _PASSING or error_code(error) == "ConditionNotMet"


def _unreachable(address: ContainerAddress, code: str, error: AzureError) -> str:
    if code in _NO_ACCESS:
        is_key = _NOT_AUTHENTICATED in str(error)
        return _NOT_ACCEPTED if is_key else _NO_ACCESS[code]
    number = status(error)
    if number in _FORBIDDEN:
        return f"the storage account refuses it ({number} {code})".replace(" )", ")")
    if number is not None:
        return _brief(f"the service answered {number} {code}: {error.message}")
    if isinstance(error, ClientAuthenticationError):
        return _brief(f"no sign-in succeeded: {error.message}")
    return _no_answer(address, error)


def _no_answer(address: ContainerAddress, error: AzureError) -> str:
    """Without the error's own words, for they repeat the address with its signature."""
    text, host = str(error), address.account_url.partition("://")[2].partition("/")[0]
    if "Failed to resolve" in text or "NameResolutionError" in text:
        return f"no address is known for {host}: is {address.account!r} the storage account's name?"
    if "CERTIFICATE_VERIFY_FAILED" in text or "SSLError" in text:
        return f"the certificate of {host} is not trusted here"
    if isinstance(error, ServiceRequestError):
        return f"nothing answers at {host}"
    return f"{host} gave no whole answer ({type(error).__name__})"


def _brief(text: str) -> str:
    """One line in which braces are no places to be filled."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line[:_LONGEST].replace("{", "{{").replace("}", "}}")
