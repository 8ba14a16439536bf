"""The parameters of functions: quoted, bare, as JSON, by alias."""

from __future__ import annotations

from uuid import UUID

import pytest

from connector.emulator.faults import DataverseFault
from connector.emulator.operations.function_parameters import Parameters, parameters_of
from connector.emulator.protocol.addressing import Segment

ID = UUID("8da6e5b9-88df-e311-b8e5-6c3be5a8b200")


def read(arguments: str, **aliases: str) -> Parameters:
    named = {f"@{name}": value for name, value in aliases.items()}
    return parameters_of(Segment("Do", arguments), "Do", named)


def test_values_of_every_kind_are_read() -> None:
    row = "{'@odata.id':'accounts(1)'}"
    found = read(f"Name='it''s, (one)',Id={ID},Flag=true,List=[\"a\",\"b,c\"],Row={row}")

    assert found.text("Name") == "it's, (one)"
    assert found.guid("Id") == ID
    assert found.flag("Flag", default=False)
    assert found.texts("List") == ("a", "b,c")
    assert found.entity("Row") == {"@odata.id": "accounts(1)"}


def test_aliases_stand_for_their_values() -> None:
    found = read("Row=@t,Id=@i", t='{"accountid":"1","@odata.type":"x"}', i=str(ID))

    assert found.entity("Row") == {"accountid": "1", "@odata.type": "x"}
    assert found.guid("Id") == ID
    with pytest.raises(DataverseFault) as refused:
        read("Row=@t")
    assert "'@t'" in refused.value.message


def test_a_flag_that_is_not_given_has_its_default() -> None:
    assert read("").flag("Flag", default=True)
    assert not read("Flag=false").flag("Flag", default=True)


@pytest.mark.parametrize("arguments", ["Name", "=1", "Name=", "Name='a',Name='b'"])
def test_what_is_no_list_of_parameters_is_refused(arguments: str) -> None:
    with pytest.raises(DataverseFault) as refused:
        read(arguments)
    assert refused.value.status == 400


def test_values_of_another_kind_are_refused() -> None:
    found = read("Value=1")
    for ask in (found.text, found.guid, found.texts, found.entity):
        with pytest.raises(DataverseFault) as refused:
            ask("Value")
        assert refused.value.status == 400
    with pytest.raises(DataverseFault):
        found.flag("Value", default=False)
    with pytest.raises(DataverseFault):
        read("List=" + "[" * 100_000).texts("List")


def test_a_call_with_other_parameters_is_not_found() -> None:
    found = read("Name='a',More=1")

    assert found.only("Name", optional=("More",)) is found
    for names in (("Name",), ("Name", "Id"), ()):
        with pytest.raises(DataverseFault) as refused:
            found.only(*names)
        assert refused.value.status == 404
    with pytest.raises(DataverseFault) as missing:
        found.text("Other")
    assert missing.value.status == 404
