"""Training: from prose to an exported model."""

import os

# Before PyTorch is imported: on Linux its threads (libgomp) wait for one another by spinning. With a second busy
# program on the machine that made training twenty times slower here; after so many turns a thread sleeps instead.
os.environ.setdefault("GOMP_SPINCOUNT", "2000")
