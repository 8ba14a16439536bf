from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.emulator import Emulator
from tests.emulator.project_tenant import (
    ACCOUNT,
    CONTRACT,
    actual,
    milestone,
    schedule_row,
    tenant_rows,
)
from tests.emulator.web import ROOT, InProcess

PIECES = [
    *("accounts", "salesorders", "msdyn_actuals", "invoices", "msdyn_transactionconnections"),
    *(
        f"({ACCOUNT})",
        f"({CONTRACT})",
        "(name='a')",
        "(x=1)",
        "()",
        "(",
        "'",
        "/",
        "%",
        "\x00",
        "$1",
    ),
    *("/$ref", "/$count", "/$value", "/name", "/primarycontactid", "/contact_customer_accounts"),
    *("$batch", "$metadata", "WhoAmI", "EntityDefinitions", "(LogicalName='account')"),
    *(
        "/Microsoft.Dynamics.CRM.",
        "CreateMultiple",
        "msdyn_PostInvoice",
        "msdyn_NewInvoiceContract",
    ),
    *("msdyn_MarkActualReadyToInvoiceOrNot", "RetrieveTotalRecordCount(EntityNames=@p)"),
]
OPTIONS = [
    *(
        "",
        "$select=name",
        "$top=1",
        "$top=99999999999999999999",
        "$filter=name eq 'a'",
        "$count=true",
    ),
    *("$filter=createdon gt 99999-01-01", "$orderby=name", "$expand=primarycontactid", "&&", "="),
    *("$skiptoken=x", "$deltatoken=1!01/01/2020 00:00:00", "@p=['a']", '@p=["account"]', "%zz"),
    *("$apply=groupby((name))", "fetchXml=<a/>", "$id=accounts", "trackedfrom=3"),
]
MEMBERS = [
    *("name", "accountid", "primarycontactid", "primarycontactid@odata.bind", "createdon", "value"),
    *(
        "contact_customer_accounts",
        "contact_customer_accounts@odata.bind",
        "creditlimit",
        "Targets",
    ),
    *("statecode", "@odata.type", "@odata.id", "ActualIds", "ReadyToInvoice", "exchangerate"),
]
HEADERS = ["Prefer", "If-Match", "If-None-Match", "MSCRMCallerID", "Content-Type"]
WISHES = [
    *(
        "*",
        "null",
        'W/"1"',
        'W/"99999999999999999999999"',
        "return=representation",
        "x",
        "",
        ACCOUNT,
    ),
    *(
        "odata.maxpagesize=99999999999999999999",
        "odata.track-changes",
        "multipart/mixed; boundary=x",
    ),
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from([ACCOUNT, f"/accounts({ACCOUNT})", "$1", "2020-01-01", "99999-01-01", 10**40]),
)
BODIES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=4),
    ),
    max_leaves=8,
)
TENANT = Emulator(
    seed=tenant_rows(
        msdyn_actuals=[actual(1)],
        msdyn_contractlinescheduleofvalues=[milestone(1)],
        msdyn_contractlineinvoiceschedules=[schedule_row(1, "2020-10-05", "2020-10-04")],
    )
)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    method=st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"]),
    path=st.lists(st.sampled_from(PIECES), max_size=4).map("".join),
    query=st.lists(st.sampled_from(OPTIONS), max_size=2).map("&".join),
    body=st.one_of(BODIES.map(lambda one: json.dumps(one).encode()), st.binary(max_size=20)),
    headers=st.dictionaries(st.sampled_from(HEADERS), st.sampled_from(WISHES), max_size=2),
)
def test_no_request_whatever_makes_the_server_fail(
    method: str, path: str, query: str, body: bytes, headers: dict[str, str]
) -> None:
    answer = InProcess(TENANT.app).send(method, f"{ROOT}{path}?{query}", headers, body)
    assert answer.status < 500 or answer.status == 501
