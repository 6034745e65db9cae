"""The organiser's desk: draft a relay, add who takes part, sign its versions. Imports custody, people, machine."""
