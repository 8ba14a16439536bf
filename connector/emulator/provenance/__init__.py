"""What is supported or refused, and on what evidence: the source of docs/emulator.md."""
