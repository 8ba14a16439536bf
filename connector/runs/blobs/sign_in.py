"""How the container of a run store is opened: by key, by signature, or by signing in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from azure.core.credentials import AccessToken, AzureNamedKeyCredential, AzureSasCredential

from connector.dataverse.auth import sign_in_service, token_source
from connector.dataverse.credentials import AuthMethod
from connector.runs.store import RunStoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from azure.core.credentials import TokenCredential

    from connector.dataverse.credentials import TokenSource
    from connector.settings.container import ContainerAddress
    from connector.settings.settings import Settings

#: What opens a container: a key, a signature, or what gives tokens.
Credential: TypeAlias = "AzureNamedKeyCredential | AzureSasCredential | TokenCredential"

#: What tokens for Azure Storage are issued for, in every cloud.
RESOURCE: Final = "https://storage.azure.com"
#: Methods of [auth] that serve two services without asking a person twice.
_OWN_METHODS: Final = frozenset(AuthMethod) - {AuthMethod.DEVICE_CODE, AuthMethod.NONE}
#: The published key of the account that every Azurite has; it opens nothing else.
_DEVELOPMENT_KEY: Final = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)


def credential(
    settings: Settings, address: ContainerAddress, now: Callable[[], float]
) -> Credential:
    """
    What the storage library opens the container with; nothing is sent yet.

    A key or a signature of `[run]` comes first, then the method of `[auth]` where it can serve a
    second service, else the chain of sign-ins that azure-identity tries. *now* is in seconds since
    1970. Raises `RunStoreError` when azure-identity is missing, `UnusableSettings`.
    """
    run = settings.run
    if run.store_sas is not None:
        return AzureSasCredential(run.store_sas.get_secret_value())
    if run.store_key is not None:
        return AzureNamedKeyCredential(address.account, run.store_key.get_secret_value())
    if address.is_plain:  # only the emulator's own account gets here: see the settings
        return AzureNamedKeyCredential(address.account, _DEVELOPMENT_KEY)
    if settings.auth.method not in _OWN_METHODS:
        return _default_chain(address)
    sign_in = settings.auth.sign_in
    # The cloud is that of the environment: the address of the tokens is the same in all of them.
    same_cloud = replace(sign_in, authority=sign_in_service(sign_in, settings.dataverse.url))
    return Tokens(token_source(same_cloud, RESOURCE, now=now), now)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A token source in the form that Azure's libraries take."""

    source: TokenSource
    now: Callable[[], float]

    def get_token(self, *_scopes: str, **options: object) -> AccessToken:
        """
        A valid token; raises `SignInFailed`.

        It is said to end now, so that the source is asked each time, which keeps its tokens itself.
        """
        if "tenant_id" in options:  # how the library asks again after an answer 401
            self.source.invalidate()
        return AccessToken(self.source.token(), int(self.now()))


def _default_chain(address: ContainerAddress) -> TokenCredential:
    try:
        from azure.identity import DefaultAzureCredential  # noqa: PLC0415 - an extra, slow to import
    except ImportError as error:
        message = (
            f"the run store {address.url} needs a sign-in: set [run] store_key or store_sas, or an"
            " [auth] method other than device-code and none, or install azure-identity: pip install"
            " 'proforma-connector[azure]'"
        )
        raise RunStoreError(message) from error
    return DefaultAzureCredential()
