"""The rules of a call: states, table, machine, deadlines. Pure: no I/O, no clock, no logger."""
