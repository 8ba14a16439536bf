"""Tables, columns and relationships: the model, its files and its values."""
