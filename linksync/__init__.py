"""linksync: a chain of custody for knowledge that travels on a USB stick.

The rooms, each a package whose docstring says what it holds; imports run one way, downwards:

    cli       the commands
    demo      a simulator of whole relays
    host      where it comes together: hand-off, sync, memory, outbox, the daemon
    library   the merged knowledge
    archive   the central archive: OCFL objects, receipts, feed, holds
    stick     the medium: read once, verify, write so that a yank leaves old or new
    knowledge what is inside a file: identify, screen, extract, catalogue and search
    relay     the organiser's desk
    people    the sentences, pages and label that people are shown
    machine   this computer: durable disk, keys, settings
    custody   the law, pure: records, seals, signatures, chain, changes, findings
"""

__version__ = "0.1.0"
