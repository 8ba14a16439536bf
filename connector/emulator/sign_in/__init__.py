"""The token endpoint and who a caller is."""
