"""A runner model and a virtual radio: real GATT over a virtual link. Everything it makes is SIMULATED."""
