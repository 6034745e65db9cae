"""A computer of its own for the daemon: a guest with real USB sticks, plugged in and pulled out; see ``__main__``."""
