"""A socket in front of the application: the loopback server and its HTTP reader."""
