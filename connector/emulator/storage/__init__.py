"""Where rows lie: the SQLite store, its transactions and its table layout."""
