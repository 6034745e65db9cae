"""The library: the merged knowledge of all hand-offs, in folders that people read and with the proof beside it.

``givings`` says what every hand-off gave and ``merge``, as a pure function of them, what stands where; ``naming`` how
it is called; ``merging_in`` says the same of a few new ones, and ``merging_anew`` of all, from what ``facts`` keeps.
``shelves`` moves files until it stands so, and a reader never sees half of one; ``leaves``, ``index`` and
``describing`` list it; ``proof`` keeps the sealed folders; ``looking`` sees whether all still stands; ``pull`` brings
what is new from an archive, by ``bringing``.
"""
