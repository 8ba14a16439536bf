"""Who may do what: roles and the privileges they hold, owners, business units and shares."""
