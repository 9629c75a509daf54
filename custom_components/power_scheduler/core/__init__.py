"""The functional core: what batteries do, and what may run on them when.

Samples become a model of each battery (`forecast`), the models of all batteries
become a snapshot as of now (`snapshot`), and tasks meet the snapshot in a check
or a plan (`plan`). Nothing here knows Home Assistant, does I/O or asks what time it is.
"""
