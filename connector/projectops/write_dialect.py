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
    from connector.projectops.change_sets import Pack

#: The code by which a plug-in of the tenant refuses: its reason is the content, not the form.
_PLUG_IN = "0x80040265"
#: Statuses besides 400 by which a server says that it does not do such a thing.
_NOT_OFFERED = frozenset({405, 428, 501})


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """
    What is known of a tenant from earlier runs.

    Rows of the entity sets in *posted* cannot be created by PATCH and `If-None-Match` there;
    *claims_refused* says that the status of a source cannot be set (DR-23).
    """

    posted: frozenset[str] = frozenset()
    claims_refused: bool = False


def learned_from(text: str | None) -> Learned:
    """What *text* says that was learned; nothing where it cannot be understood."""
    if text is None:
        return Learned()
    try:
        return _LEARNED.validate_json(text)
    except ValidationError:
        return Learned()


def learned_text(learned: Learned) -> str:
    """What is kept of *learned*."""
    return _LEARNED.dump_json(learned).decode() + "\n"


_LEARNED = TypeAdapter(Learned)


class Forms:
    """
    The form in which rows are written to one tenant; shared by all workers of a run.

    A refusal that may be about the form is answered by trying other forms, as long as the usual
    one has not worked yet. A try changes nothing unless it succeeds as a whole.
    """

    def __init__(self, learned: Learned, *, claims: bool) -> None:
        """With *claims* the sources' status is set along, as far as the tenant allows it."""
        self._wants_claims = claims
        self._learned = learned
        self._proven: frozenset[str] = frozenset()
        self._claims_proven = False
        self._lock = threading.Lock()

    @property
    def learned(self) -> Learned:
        """What is known by now."""
        with self._lock:
            return self._learned

    @property
    def claims_were_refused(self) -> bool:
        """Whether claims are wanted and the tenant does not take them."""
        return self._wants_claims and self.learned.claims_refused

    def current(self) -> WriteForm:
        """The form to write in."""
        learned = self.learned
        claims = self._wants_claims and not learned.claims_refused
        return WriteForm(posted=learned.posted, claims=claims)

    def prove(self, form: WriteForm, pack: Pack) -> None:
        """Remember that *pack* was taken in *form*."""
        with self._lock:
            refused = self._learned.claims_refused
            if pack.has_claims and self._wants_claims:
                refused = not form.claims
                self._claims_proven = form.claims
            posted = self._learned.posted | (form.posted & set(pack.sets))
            self._learned = Learned(posted=posted, claims_refused=refused)
            self._proven |= set(pack.sets)

    def trials(self, pack: Pack, form: WriteForm, refusal: DataverseError) -> Iterator[WriteForm]:
        """Other forms worth trying after *refusal* of *pack* in *form*, the nearest first."""
        steps = tuple(self._posting(pack, form)) if _is_about_form(refusal) else ()
        yield from (WriteForm(posted=posted, claims=form.claims) for posted in steps)
        if form.claims and pack.has_claims and not self._claims_proven and _is_refusal(refusal):
            yield WriteForm(posted=form.posted, claims=False)
            yield from (WriteForm(posted=posted, claims=False) for posted in steps)

    def _posting(self, pack: Pack, form: WriteForm) -> Iterable[frozenset[str]]:
        """One table more each time: an answer does not say which of them it was."""
        with self._lock:
            proven = self._proven
        posted = form.posted
        for entity_set in pack.sets:
            if entity_set not in proven and entity_set not in posted:
                posted |= {entity_set}
                yield posted


def _is_refusal(error: DataverseError) -> bool:
    return isinstance(error, Refused) and not isinstance(error, Duplicate | PreconditionFailed)


def _is_about_form(error: DataverseError) -> bool:
    if not isinstance(error, Refused) or error.code == _PLUG_IN:
        return False
    return isinstance(error, BadRequest) or error.status in _NOT_OFFERED
