"""OData queries: options and expressions parsed, compiled to SQL, answered as wire rows."""
