"""The central archive: what was handed over, whole, with proof, in an OCFL 1.1 storage root that any tool reads.

``port`` is the archive as hosts and archivists see it; ``store`` what it stands on, a folder now. ``accession`` takes a
hand-off in, after ``appraisal``; what is not whole or not acceptable waits in ``holds``. ``feed`` names what arrived in
which order, ``receipts`` are the archive's signed word, ``verification`` checks all of it again.
"""
