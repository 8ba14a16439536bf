"""Writing definitions over the wire: tables, columns, keys, relationships and option sets."""
