"""Rows as the service keeps them: payloads, writing, seeds and dumps."""
