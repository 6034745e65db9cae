"""This computer: its disk, written so that power may fail; keys; settings; locks; further processes.

``durable`` writes, ``key_files`` and ``agent`` sign, ``shares`` forks; ``limited`` reads documents from strangers in
processes that can do nothing else (``sandbox``), forked by a server of ours; ``kept`` files of ours may be linked, and
``spool`` lays large ones aside for a while, and ``sorting`` many rows; ``allocator`` has memory to read into, which
``direct`` writes past the page cache. Imports custody, for its keys and its YAML.
"""
