"""The medium: opened by descriptor, read once, verified, and written so that a yank leaves old or new.

``medium`` reads by path without ever following a link; ``tree`` lists what people put there; ``reading`` hashes and
stages in one pass, ``ahead`` only hashes, while the records are judged, and ``cold`` asks for what is not in memory
yet; ``records`` reads ``linksync/``; ``verify`` judges; ``writing`` is the only module that changes a stick; ``layout``
says what a hand-off leaves there for people and for BagIt. Imports custody, people and machine.
"""
