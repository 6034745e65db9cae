"""This computer: its disk, written so that power may fail; key files; settings. Knows no other room."""
