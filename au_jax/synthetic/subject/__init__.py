"""Who a synthetic subject is and how he or she looks at rest and in motion."""
