"""What the command line does, one file a command; imported only when asked for."""
