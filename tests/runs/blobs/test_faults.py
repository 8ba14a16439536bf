"""Each refusal of the storage service is one message that says what to mend, without secrets."""

from __future__ import annotations

import pytest
from azure.core.credentials import AzureSasCredential
from azure.core.exceptions import AzureError, ClientAuthenticationError, ServiceRequestError

from connector.dataverse.errors import SignInFailed
from connector.errors import ExitCode
from connector.runs.blobs.blob_store import BlobRunStore
from connector.runs.blobs.faults import is_passing, refused
from connector.runs.blobs.service import BlobService
from connector.runs.store import RunStoreError
from connector.settings.container import container_address
from tests.runs.blobs.answering import Answer, answering

SECRET = "Zm9yZ290dGVu"
ACME = container_address("https://acme.blob.core.windows.net/runs")


def refusal(answer: Answer) -> RunStoreError:
    """What a store says when the service gives *answer*."""
    with answering(answer) as service:
        address = container_address(f"{service.url}/runs")
        signature = AzureSasCredential(f"sv=2024-11-04&sig={SECRET}")
        store = BlobRunStore(BlobService(address, lambda: signature, sleep=lambda _: None))
        with pytest.raises(RunStoreError) as caught:
            store.put("runs/R1/run.json", (b"1",))
        store.close()
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


@pytest.mark.parametrize(
    ("status", "code", "exit_code", "said"),
    [
        (404, "ContainerNotFound", 2, "no container 'runs' in the storage account 'devstoreacc"),
        (409, "ContainerBeingDeleted", 2, "'runs' is just being deleted"),
        (400, "InvalidResourceName", 2, "takes 'runs' for no name of a container"),
        (400, "OutOfRangeInput", 2, "takes 'runs' for no name of a container"),
        (404, "ResourceNotFound", 2, "in a storage account 'devstoreaccount1'"),
        (409, "BlobImmutableDueToPolicy", 2, "an immutability policy"),
        (412, "LeaseIdMissing", 2, "somebody holds a lease"),
        (409, "InvalidBlobType", 2, "a blob of another type"),
        (403, "AuthenticationFailed", 4, "does not accept how this program signs in"),
        (401, "InvalidAuthenticationInfo", 4, "an identity of another directory"),
        (401, "NoAuthenticationInformation", 4, "does not accept"),
        (409, "PublicAccessNotPermitted", 4, "does not accept"),
        (403, "AuthorizationPermissionMismatch", 4, "Storage Blob Data Contributor"),
        (403, "InsufficientAccountPermissions", 4, "has no right to this"),
        (403, "AuthorizationFailure", 4, "its firewall or network rules"),
        (403, "AuthorizationSourceIPMismatch", 4, "the shared access signature is not for this"),
        (403, "AuthorizationServiceMismatch", 4, "the shared access signature is not for this"),
        (403, "KeyBasedAuthenticationNotPermitted", 4, "takes no keys"),
        (403, "AccountIsDisabled", 4, "'devstoreaccount1' is disabled"),
        (403, "SomethingNew", 4, r"refuses it \(403 SomethingNew\)"),
        (409, "Unheard", 4, "the service answered 409 Unheard"),
        (500, "InternalError", 4, "the service answered 500 InternalError: what went wrong"),
        (503, "ServerBusy", 4, "the service answered 503 ServerBusy"),
    ],
)
def test_a_refusal_says_what_to_mend(status: int, code: str, exit_code: int, said: str) -> None:
    error = refusal(Answer(status=status, code=code))

    assert error.exit_code == exit_code
    assert error.args[0].startswith("the run store cannot keep http://127.0.0.1:")
    with pytest.raises(RunStoreError, match=said):
        raise error


def test_a_key_that_azurite_does_not_take_is_no_firewall() -> None:
    text = "Server failed to authenticate the request. Make sure the value of the Authorization..."

    error = refusal(Answer(status=403, code="AuthorizationFailure", text=text))

    assert "does not accept how this program signs in" in str(error)


def test_braces_in_the_words_of_the_service_are_no_places_to_be_filled() -> None:
    assert "{container} is odd" in str(
        refusal(Answer(status=418, code="Odd", text="{container} is odd"))
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            ServiceRequestError(f"Failed to resolve 'acme...' url: /runs?sig={SECRET}"),
            "no address is known for acme.blob.core.windows.net: is 'acme' the storage account's",
        ),
        (
            ServiceRequestError(f"[SSL: CERTIFICATE_VERIFY_FAILED] url: /runs?sig={SECRET}"),
            "the certificate of acme.blob.core.windows.net is not trusted here",
        ),
        (
            ServiceRequestError(f"Connection refused url: /runs?sig={SECRET}"),
            "nothing answers at acme.blob.core.windows.net",
        ),
        (
            AzureError(f"Connection aborted url: /runs?sig={SECRET}"),
            "acme.blob.core.windows.net gave no whole answer (AzureError)",
        ),
        (
            ClientAuthenticationError("DefaultAzureCredential failed\nAttempted credentials: ..."),
            "no sign-in succeeded: DefaultAzureCredential failed",
        ),
    ],
)
def test_what_never_got_an_answer_is_told_without_the_address_that_was_asked(
    error: AzureError, said: str
) -> None:
    message = refused(ACME, "cannot read x", error)

    assert message.exit_code is ExitCode.CANNOT_READ
    assert f"the run store cannot read x: {said}" in str(message)
    assert SECRET not in str(message)


def test_only_what_passes_by_itself_is_worth_another_attempt() -> None:
    assert is_passing(ServiceRequestError("no connection"))
    assert is_passing(SignInFailed("no answer", transient=True))
    assert not is_passing(SignInFailed("wrong secret"))
    assert not is_passing(ClientAuthenticationError("no sign-in"))
    assert not is_passing(ValueError("of our own"))
