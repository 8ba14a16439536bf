"""The tenant's own jobs: which one makes invoices, and which one might."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from connector.invoicing.ids import OrganizationId
from connector.mapping import load_mapping
from connector.mapping.model import CopyRules
from connector.projectops.choices import resolve_choices
from connector.projectops.platform_job import invoice_jobs, other_jobs, platform_job_query
from connector.projectops.tenant import Tenant

MAPPING = load_mapping()
NONE, TRAINING = 867380000, 867380001
TENANT = Tenant(
    organization_id=OrganizationId(UUID(int=1)),
    mapping=MAPPING,
    choices=resolve_choices(MAPPING.choices, {}),
    zone=ZoneInfo("UTC"),
    columns={},
    behaviours={},
    copies=CopyRules(),
    payment_terms={},
)


def rows(*jobs: tuple[str | None, int | None]) -> list[dict[str, Any]]:
    return [
        {"msdyn_batchjobid": str(UUID(int=number)), "msdyn_name": name, "msdyn_jobtype": kind}
        for number, (name, kind) in enumerate(jobs, start=1)
    ]


# A name for each language of the documentation that has a phrase of its own.
@pytest.mark.parametrize(
    "name",
    [
        "Daily Create Invoices", "buat faktur", "Skapa fakturor", "cipta invois",
        "إنشاء الفواتير", "създаване на фактури", "Creació de factures", "Vytvořit faktury",
        "opret fakturaer", "Rechnungen erstellen", "Job zum Erstellen von Rechnungen",
        "δημιουργία τιμολογίων", "creación de facturas", "arvete loomine", "Sortu fakturak",
        "laskujen luominen", "Créer des factures", "crear facturas", "צור חשבוניות",
        "क्रिएट इनवॉयस", "stvaranje faktura", "számlák létrehozása", "creazione di fatture",
        "請求書の作成", "Есеп-шоттар жасау", "송장 만들기", "생성 송장", "Kurti sąskaitas faktūras",
        "rēķinu izveide", "opprette fakturaer", "Opprett fakturaer", "facturen maken",
        "Tworzenie faktur", "criar faturas", "Faturas de criação", "creare facturi",
        "creați facturi", "создание счетов", "Vytvorenie faktúr", "Ustvarjanje računov",
        "kreiranje faktura", "креирање фактура", "สร้างใบแจ้งหนี้", "faturaları oluştur",  # noqa: RUF001
        "fatura oluştur", "Створення рахунків-фактур", "tạo hóa đơn", "创建发票", "建立發票",
    ],
)  # fmt: skip
def test_the_invoice_job_is_known_by_the_words_of_every_language(name: str) -> None:
    found = rows((name, None), ("Other", TRAINING))

    assert invoice_jobs(TENANT, found) == (name,)
    assert other_jobs(TENANT, found) == ()


def test_an_active_job_of_its_type_may_be_it_under_another_name() -> None:
    found = rows(("Nightly", NONE), ("Untyped", None), ("Learn", TRAINING), (None, NONE))

    assert other_jobs(TENANT, found) == ("", "Nightly", "Untyped")
    assert invoice_jobs(TENANT, found) == ()


def test_the_utilization_job_is_no_invoice_job() -> None:
    assert other_jobs(TENANT, rows(("Role Utilization update", NONE))) == ()


def test_a_tenant_without_job_types_warns_of_every_other_job() -> None:
    names = MAPPING.batch_job.model_copy(update={"job_type": None})
    tenant = replace(TENANT, mapping=MAPPING.model_copy(update={"batch_job": names}))

    assert platform_job_query(tenant).select == ("msdyn_batchjobid", "msdyn_name")
    assert other_jobs(tenant, rows(("Learn", TRAINING))) == ("Learn",)
