"""A run is a list of parts: contracts that are read, planned, written and reported together."""
