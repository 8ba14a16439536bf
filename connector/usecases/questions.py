"""What may be asked of a tenant: each method only reads, and names the use case that does."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from connector.projectops.named_records import contracts_called, line_called, record_called
from connector.projectops.role import tenant_role
from connector.scope import scope_of
from connector.usecases.capture import capture
from connector.usecases.check import check
from connector.usecases.compare import compare
from connector.usecases.explain import forecast_runs
from connector.usecases.opened_environment import OpenedEnvironment
from connector.usecases.rehearse import rehearse
from connector.usecases.sign_in import sign_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from connector.invoicing.forecast import ForecastEntry
    from connector.invoicing.ids import ContractId, ContractLineId
    from connector.outcome import Comparison
    from connector.projectops.findings import CheckReport
    from connector.projectops.role import RolePrivilege
    from connector.run_report import Rehearsal
    from connector.scope import Override
    from connector.usecases.capture import Capture
    from connector.usecases.progress import Progress
    from connector.usecases.sign_in import SignedIn


class TenantQuestions(OpenedEnvironment):
    """Questions about one environment, whose answers change nothing there; the base of others."""

    def sign_in(self) -> SignedIn:
        """
        Try address and sign-in: who is signed in, and which time zone the tenant's people keep.

        Raises `DataverseError` when they do not work.
        """
        return sign_in(self._environment)

    def check(self) -> CheckReport:
        """
        Look whether sign-in, tables, columns and choices are as the mapping says.

        Also whether a container that keeps the runs can be used; nothing stays written.
        """
        return check(self._environment)

    def role(self) -> tuple[RolePrivilege, ...]:
        """
        What a security role for these settings has to hold in this tenant, sorted by name.

        Whoever is signed in needs to see the definitions of tables only. Raises `DataverseError`,
        and `MappingError` when the tenant lacks a table or column that is required.
        """
        environment = self._environment
        return tenant_role(environment.client, environment.mapping, environment.modes)

    def contracts_called(self, words: Sequence[str]) -> tuple[ContractId, ...]:
        """
        The contracts that *words* name: ids, contract numbers or names, compared without case.

        Raises `RecordUnknown` for a word that names none, `RecordAmbiguous` for one that names
        several.
        """
        return contracts_called(self._environment.client, self._environment.tenant, words)

    def line_called(self, word: str, contracts: Sequence[ContractId] = ()) -> ContractLineId:
        """The contract line of this id or name, looked for in *contracts*; raises as above."""
        environment = self._environment
        return line_called(environment.client, environment.tenant, word, contracts)

    def record_called(self, word: str, contracts: Sequence[ContractId] = ()) -> UUID:
        """
        The record that *word* names, in *contracts* where any are given: what `explain` takes.

        A contract is meant before its lines, milestones and retainers, and those before invoices.
        Raises as above.
        """
        environment = self._environment
        return record_called(environment.client, environment.tenant, word, contracts)

    def forecast(
        self, first: date, last: date, *, contracts: Sequence[ContractId] = ()
    ) -> tuple[ForecastEntry, ...]:
        """The coming runs from *first* to *last*, both inclusive, with amounts by confidence."""
        return forecast_runs(self._environment, first, last, contracts)

    def compare(
        self,
        run_date: date,
        *,
        contracts: Sequence[ContractId] = (),
        progress: Progress | None = None,
    ) -> Comparison:
        """Our plan of *run_date* against the drafts that the tenant's own job made for it."""
        with self._environment.watching(progress):
            return compare(self._environment, run_date, contracts)

    def rehearse(
        self,
        run_date: date,
        *,
        run_id: str,
        contracts: Sequence[ContractId] = (),
        beside_platform_job: bool = False,
        overrides: Sequence[Override] = (),
        progress: Progress | None = None,
    ) -> Rehearsal:
        """
        Run *run_date* in an emulator that is filled from the tenant, of which only reads are asked.

        The drafts have the ids of a real run, and the totals and statuses that the platform's own
        logic gives them. The options and what is raised are those of `plan`; `RehearsalFailed`
        when the emulator cannot be made like the tenant.
        """
        scope = scope_of(run_date, contracts, overrides, beside_platform_job=beside_platform_job)
        with self._environment.watching(progress):
            return rehearse(self._environment, scope, run_id)

    def capture(
        self, contracts: Sequence[ContractId], *, secret: str, scale: Decimal = Decimal(1)
    ) -> Capture:
        """
        *contracts* as a case for the emulator, with names, texts and ids replaced by rule.

        The new ids follow from *secret*; without it nobody can trace them back. Amounts of money
        are multiplied by *scale*. Raises `RecordUnknown` for one that cannot be read.
        """
        return capture(self._environment, contracts, secret=secret, scale=scale)
