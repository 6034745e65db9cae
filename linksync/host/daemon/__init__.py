"""The daemon: plug the Link in, read one sentence, take it out when it says so.

One loop reconciles what is there (devices, mounts, watched folders) with the ledger and takes each medium to its next
step; doorbells only ring. All work on a stick runs in a process of its own, so that a stick that hangs holds up nothing
but itself. What is there: ``devices``, ``mounts``, ``holders``, ``watching``; who mounts and lets go: ``disks``. The
heart is pure: ``states``, ``stand``, ``rules`` (what to do next), ``outcomes`` (what came of it). Around it ``hands``
do, ``jobs`` and ``work`` run processes, ``posting`` sends, ``chronicle`` and ``ledger`` remember, ``cards`` and
``board`` tell; ``reconcile`` brings them together and ``running`` keeps them going.
"""
