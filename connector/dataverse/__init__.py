"""
An OData v4 client for Dataverse; it knows entity sets, not invoices.

Callers use client.py, which reads (reading, paging, page, partitions, metadata) and writes
(operations). Everything it asks is a call (calls) that takes the way of pipeline.py: tagging,
retry, limiter, counting, transport. On the wire: message, batch, batching, query, values, answers,
errors. Signing in: auth, credentials, certificates, identity.

The client has no clock and draws nothing by chance: time and ids are given by who opens it.
"""
