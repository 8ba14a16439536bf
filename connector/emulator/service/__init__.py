"""The running service: application, batch, control plane, limits, faults and trace."""
