"""Who is trained on and who is tested: folds and scenarios."""
