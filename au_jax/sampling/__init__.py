"""Which frames make up a training step: plans, and the loader that reads them."""
