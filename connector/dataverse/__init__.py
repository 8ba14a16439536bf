"""
An OData v4 client for Dataverse; it knows entity sets, not invoices.

message: requests and answers as inert values.  query: filters and URLs.  operations: requests for
single rows.  batch: the multipart codec.  values: what columns look like on the wire.  errors: the
tree of failures.  retry: what is sent again.  limiter: how much at once.  transport: the one place
with a socket.  auth: tokens.  client: reading, writing, paging.  metadata: tables and columns.
"""
