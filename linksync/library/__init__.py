"""The library: the merged knowledge of all hand-offs, in folders that people read and with the proof beside it.

``givings`` says what every hand-off gave and ``merge``, as a pure function of them, what stands where; ``naming`` how
it is called. ``shelves`` moves files until it stands so, and a reader never sees half of one; ``proof`` keeps the
sealed folders; ``pull`` brings what is new from an archive.
"""
