"""
The adapter: the only place where a tenant's rows meet the words of the domain.

Reads contracts into snapshots, writes planned invoices, reads them back, and looks whether a
tenant is as the mapping says.
"""

from __future__ import annotations
