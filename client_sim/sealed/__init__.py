"""What the two ends say to each other where the coordinator can't read it: contents, and the seal around them."""
