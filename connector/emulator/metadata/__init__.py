"""Answering for definitions: EntityDefinitions, option sets and the CSDL document."""
