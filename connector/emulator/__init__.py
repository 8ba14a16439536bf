"""
An embedded Dataverse organisation: tables, OData and a Project Operations tenant's behaviour.

It knows nothing of the connector's rules or client. `Emulator` is the way in;
`docs/emulator.md` lists what is supported and on what evidence.
"""

from __future__ import annotations

from connector.emulator.access.privilege_words import PrivilegesError
from connector.emulator.emulator import Emulator, EmulatorOptions
from connector.emulator.rows.seed import SeedError, SeedReport, SeedRules
from connector.emulator.schema.load import load_schema, schema_of
from connector.emulator.schema.malformed import SchemaError
from connector.emulator.schema.model import Schema
from connector.emulator.service.batch import BatchSettings
from connector.emulator.service.exchanges import Exchange
from connector.emulator.service.limits import LimitSettings
from connector.emulator.service.scripted_faults import FaultKind, ScriptedFault
from connector.emulator.service.virtual_clock import VirtualClock
from connector.emulator.serving.dropped import ConnectionDropped
from connector.emulator.serving.server import Server, TlsFiles
from connector.emulator.sign_in.callers import Auth
from connector.emulator.sign_in.credentials import RegisteredClient
from connector.emulator.sign_in.token import SignInSettings

__all__ = [
    "Auth",
    "BatchSettings",
    "ConnectionDropped",
    "Emulator",
    "EmulatorOptions",
    "Exchange",
    "FaultKind",
    "LimitSettings",
    "PrivilegesError",
    "RegisteredClient",
    "Schema",
    "SchemaError",
    "ScriptedFault",
    "SeedError",
    "SeedReport",
    "SeedRules",
    "Server",
    "SignInSettings",
    "TlsFiles",
    "VirtualClock",
    "load_schema",
    "schema_of",
]
