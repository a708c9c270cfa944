"""The circle: who may see and ring whom. Pure."""
