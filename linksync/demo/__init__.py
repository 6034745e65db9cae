"""The simulator: whole relays, visitors and tampering, for the demo and for the tests.

Knows every room but cli.
"""
