"""The promises: what is kept of whom and how long, receipts of erasures and their tree. Pure: no I/O, no clock."""
