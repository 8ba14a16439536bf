"""
A run in steps: each can be carried out by another process, and what passes between them is small.

The same use cases as the run in one process, cut where an engine such as Durable Functions keeps
what is done. Every step may be done twice, or begun again after it died half-way.
"""
