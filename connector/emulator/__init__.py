"""
An embedded Dataverse organisation: tables, OData and a Project Operations tenant's behaviour.

It knows nothing of the connector's rules or client. `Emulator` is the way in;
`docs/emulator.md` lists what is supported and on what evidence.
"""

from __future__ import annotations

from connector.emulator.batch import BatchSettings
from connector.emulator.callers import Auth
from connector.emulator.credentials import RegisteredClient
from connector.emulator.emulator import Emulator, EmulatorOptions
from connector.emulator.limits import LimitSettings
from connector.emulator.schema import Schema
from connector.emulator.schema_file import SchemaError
from connector.emulator.scripted_faults import ConnectionDropped, FaultKind, ScriptedFault
from connector.emulator.seed import SeedError
from connector.emulator.server import Server, TlsFiles
from connector.emulator.token import SignInSettings
from connector.emulator.virtual_clock import VirtualClock

__all__ = [
    "Auth",
    "BatchSettings",
    "ConnectionDropped",
    "Emulator",
    "EmulatorOptions",
    "FaultKind",
    "LimitSettings",
    "RegisteredClient",
    "Schema",
    "SchemaError",
    "ScriptedFault",
    "SeedError",
    "Server",
    "SignInSettings",
    "TlsFiles",
    "VirtualClock",
]
