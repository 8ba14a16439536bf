"""What a request asks for, done: one module an operation, and the routing to it."""
