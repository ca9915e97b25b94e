"""Which patches of the face JPML selects."""
