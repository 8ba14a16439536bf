"""What a person asks for, one module each; they stand side by side."""
