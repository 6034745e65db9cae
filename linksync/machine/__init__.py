"""This computer: its disk, written so that power may fail; key files and ssh-agent; settings; locks; a second process.

Imports custody, for its keys.
"""
