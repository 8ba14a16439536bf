"""Names that are kept of rows which are not stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.emulator import Emulator


def test_names_are_kept_by_table_and_id_and_the_newest_counts(plain: Emulator) -> None:
    ids = [f"{number:08}-0000-0000-0000-000000000000" for number in range(1_200)]
    with plain.store.transaction() as tx:
        tx.remember_labels({("lead", one): f"Lead {one[:8]}" for one in ids})
        tx.remember_labels({("lead", ids[0]): "First", ("quote", ids[1]): "Quote"})
    with plain.store.reading() as tx:
        found = tx.labels_of("lead", [*ids, "other"])
        assert len(found) == 1_200
        assert (found[ids[0]], found[ids[1]]) == ("First", "Lead 00000001")
        assert tx.labels_of("quote", ids) == {ids[1]: "Quote"}


def test_clearing_a_store_forgets_them(plain: Emulator) -> None:
    with plain.store.transaction() as tx:
        tx.remember_labels({("lead", "1"): "One"})
    plain.store.clear()
    with plain.store.reading() as tx:
        assert tx.labels_of("lead", ["1"]) == {}
