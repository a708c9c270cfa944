"""What lasts: customers, devices, people, links. Nothing of a call can reach it."""
