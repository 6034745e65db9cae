"""Measures beside peers and beside the hardware; see ``__main__``."""
