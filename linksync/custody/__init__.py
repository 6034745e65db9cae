"""The law, pure: what a record is, who may sign it, what follows from it.

No disk, no clock, no environment, no randomness, no socket: bytes, ``now`` and a signer are passed in, and verified
objects or findings come out. The specification is ``manifests/README.md``; each check names its section.
"""
