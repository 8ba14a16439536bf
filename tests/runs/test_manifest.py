"""The manifest: its hash is the plan's, and no other format is taken for this one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from connector.runs.folder_store import FolderRunStore
from connector.runs.manifest import FORMAT, manifest_in, manifest_of, manifest_text
from connector.runs.plan_text import PlanFileError
from tests.runs.planned import PARTS, contract, sealed

if TYPE_CHECKING:
    from pathlib import Path

    from connector.run_report import RunPlan


@pytest.fixture
def store(tmp_path: Path) -> FolderRunStore:
    return FolderRunStore(tmp_path / "store")


@pytest.fixture
def plan(store: FolderRunStore) -> RunPlan:
    return sealed(store, *(contract(number) for number in range(PARTS)))


def test_equal_plans_have_equal_hashes_and_another_date_has_another(
    plan: RunPlan, tmp_path: Path
) -> None:
    contracts = [contract(number) for number in range(PARTS)]

    assert sealed(FolderRunStore(tmp_path / "same"), *contracts).sha256 == plan.sha256
    other = sealed(FolderRunStore(tmp_path / "other"), *contracts, run_date=date(2020, 10, 6))
    assert other.sha256 != plan.sha256


def test_a_manifest_comes_back_equal_and_says_its_format_first(plan: RunPlan) -> None:
    manifest = manifest_of(plan)
    text = manifest_text(manifest)

    assert manifest_in(text, "it") == manifest
    assert manifest.sha256 == plan.sha256
    assert text.startswith(b'{"format":"proforma-plan/2","sha256":"' + plan.sha256.encode())
    assert b"\n" not in text


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        (b"month end", b"month End", "its list of parts is not as it was sealed"),
        (b'"invoices":1', b'"invoices":2', "its list of parts is not as it was sealed"),
        (FORMAT.encode(), b"proforma-plan/1", "has the format 'proforma-plan/1'"),
        (b'"format"', b'"layout"', "cannot be used"),
    ],
)
def test_an_altered_manifest_is_refused(
    plan: RunPlan, was: bytes, becomes: bytes, said: str
) -> None:
    text = manifest_text(manifest_of(plan))
    assert was in text

    with pytest.raises(PlanFileError, match=said):
        manifest_in(text.replace(was, becomes), "it")


def test_parts_that_are_not_counted_from_1_are_refused(plan: RunPlan) -> None:
    gap = replace(manifest_of(plan), parts=plan.summaries[1:])

    with pytest.raises(PlanFileError, match="its parts are not counted from 1"):
        manifest_in(manifest_text(gap), "it")
