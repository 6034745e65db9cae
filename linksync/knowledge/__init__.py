"""What is inside a file: identify, screen, extract, catalogue and search.

Documents are hostile: whatever reads more of one than a few magic bytes runs in a limited process of its own
(``machine/limited.py``).

``identify`` says what a file is, by its ``signatures`` and what is declared inside; ``whole`` whether it is whole;
``screen`` puts every rule of ``rules_*`` to it, and to what is ``contained`` in it, by the lists that ``containers``
read under limits; ``clamd`` asks a virus scanner. ``extract`` reads text and facts, a module a format; ``filling``
puts them into the ``catalogue`` by way of ``indexing``, with ``stems``, ``compounds``, ``likeness`` and ``topics``;
``query`` and ``finding`` search it.
"""
