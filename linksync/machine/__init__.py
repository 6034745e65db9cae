"""This computer: its disk, written so that power may fail; key files; settings. Imports custody (for its keys)."""
