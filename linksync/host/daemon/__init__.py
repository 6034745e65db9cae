"""The daemon: plug the Link in, read one sentence, take it out when it says so.

One loop reconciles what is there (devices, mounts, watched folders) with the ledger and takes each medium to its next
step; doorbells only ring. All work on a stick runs in a process of its own, so that a stick that hangs holds up nothing
but itself.

What is there: ``devices``, ``mounts``, ``holders``, ``plugged``, ``watching`` with ``settling``, each heard through
``bells``; who mounts and lets go: ``disks``, ``udisks`` over ``bus``. The heart is pure: ``states``, ``stand``,
``rules`` (what to do next), ``outcomes`` (what came of it). Around it ``hands`` do; ``jobs`` starts processes, in which
``work`` does one of ``tasks``, ``attending`` watches, and ``telling`` is what they say; ``posting`` sends,
``cataloguing`` reads; ``chronicle`` and ``ledger`` remember. People see ``cards`` on the ``board`` by way of ``panel``
(``panel_http``), ``following`` and ``notices``. ``reconcile`` brings them together, ``running`` keeps them going, and
``installing`` and ``service`` speak with systemd.
"""
