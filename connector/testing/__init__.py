"""
For tests of other people's scripts: an emulated Dataverse in place of the environment they call.

`mount` answers the requests of the `requests` library in this process; the pytest fixtures
`dataverse` and `dataverse_server` come with the installed package. Needs the extra `testing`.
"""

from __future__ import annotations

from connector.testing.mount import EVERY_ENVIRONMENT, mount

__all__ = ["EVERY_ENVIRONMENT", "mount"]
