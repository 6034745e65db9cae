"""The library: the merged knowledge of all hand-offs, in folders that people read and with the proof beside it.

``merge`` says, as a pure function of hand-offs, what stands where; ``naming`` how it is called; ``shelves`` moves files
until it does, so that a reader never sees half of one; ``pull`` brings what is new from an archive.
"""
