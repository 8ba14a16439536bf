"""The wire: requests and responses, addresses, conditions, JSON and multipart text."""
