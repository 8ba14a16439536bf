"""The run store in a blob container of Azure Storage, and its lease."""
