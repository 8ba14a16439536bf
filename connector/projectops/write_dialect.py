"""In which form a tenant takes our writes: tried once, then remembered (open point of the docs)."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from connector.dataverse.errors import BadRequest, Duplicate, PreconditionFailed, Refused
from connector.projectops.change_sets import WriteForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from connector.dataverse.errors import DataverseError
    from connector.projectops.change_sets import ChangeSetPlan

#: The code by which a plug-in of the tenant refuses: its reason is the content, not the form.
_PLUG_IN = "0x80040265"
#: Statuses besides 400 by which a server says that it does not do such a thing.
_NOT_OFFERED = frozenset({405, 428, 501})


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDialect:
    """
    What is known of a tenant from earlier runs.

    Rows of the entity sets in *posted* cannot be created by PATCH and `If-None-Match` there;
    *claims_refused* says that the status of a source cannot be set (DR-23).
    """

    posted: frozenset[str] = frozenset()
    claims_refused: bool = False


def known_dialect(text: str | None) -> KnownDialect:
    """What *text* says that was known; nothing where it cannot be understood."""
    if text is None:
        return KnownDialect()
    try:
        return _KNOWN.validate_json(text)
    except ValidationError:
        return KnownDialect()


def dialect_text(known: KnownDialect) -> str:
    """What is kept of *known*."""
    return _KNOWN.dump_json(known).decode() + "\n"


_KNOWN = TypeAdapter(KnownDialect)


class WriteDialect:
    """
    The form in which rows are written to one tenant; shared by all workers of a run.

    A refusal that may be about the form is answered by trying other forms, as long as the usual
    one has not worked yet. A try changes nothing unless it succeeds as a whole.
    """

    def __init__(self, known: KnownDialect, *, claims: bool) -> None:
        """With *claims* the sources' status is set along, as far as the tenant allows it."""
        self._wants_claims = claims
        self._known = known
        self._proven: frozenset[str] = frozenset()
        self._claims_proven = False
        self._lock = threading.Lock()

    @property
    def known(self) -> KnownDialect:
        """What is known by now."""
        with self._lock:
            return self._known

    @property
    def claims_were_refused(self) -> bool:
        """Whether claims are wanted and the tenant does not take them."""
        return self._wants_claims and self.known.claims_refused

    def current(self) -> WriteForm:
        """The form to write in."""
        known = self.known
        claims = self._wants_claims and not known.claims_refused
        return WriteForm(posted=known.posted, claims=claims)

    def confirm(self, form: WriteForm, change_set: ChangeSetPlan) -> None:
        """Remember that *change_set* was taken in *form*."""
        with self._lock:
            refused = self._known.claims_refused
            if change_set.has_claims and self._wants_claims:
                refused = not form.claims
                self._claims_proven = form.claims
            posted = self._known.posted | (form.posted & set(change_set.sets))
            self._known = KnownDialect(posted=posted, claims_refused=refused)
            self._proven |= set(change_set.sets)

    def fallbacks(
        self, change_set: ChangeSetPlan, form: WriteForm, refusal: DataverseError
    ) -> Iterator[WriteForm]:
        """Other forms worth trying after *refusal* of *change_set* in *form*, the nearest first."""
        steps = tuple(self._posting(change_set, form)) if _is_about_form(refusal) else ()
        yield from (WriteForm(posted=posted, claims=form.claims) for posted in steps)
        if (
            form.claims
            and change_set.has_claims
            and not self._claims_proven
            and _is_refusal(refusal)
        ):
            yield WriteForm(posted=form.posted, claims=False)
            yield from (WriteForm(posted=posted, claims=False) for posted in steps)

    def _posting(self, change_set: ChangeSetPlan, form: WriteForm) -> Iterable[frozenset[str]]:
        """One table more each time: an answer does not say which of them it was."""
        with self._lock:
            proven = self._proven
        posted = form.posted
        for entity_set in change_set.sets:
            if entity_set not in proven and entity_set not in posted:
                posted |= {entity_set}
                yield posted


def _is_refusal(error: DataverseError) -> bool:
    return isinstance(error, Refused) and not isinstance(error, Duplicate | PreconditionFailed)


def _is_about_form(error: DataverseError) -> bool:
    if not isinstance(error, Refused) or error.code == _PLUG_IN:
        return False
    return isinstance(error, BadRequest) or error.status in _NOT_OFFERED
