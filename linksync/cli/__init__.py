"""The commands: one thin module per group; options, one call, render. Imports every other room."""
