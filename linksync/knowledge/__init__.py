"""What is inside a file: identify, screen, extract, catalogue and search.

Documents are hostile: whatever reads more of one than a few magic bytes runs in a limited process of its own
(``machine/limited.py``).
"""
