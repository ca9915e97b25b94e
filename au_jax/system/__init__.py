"""Files, flags, progress and clocks: what lies between the program and the machine."""
