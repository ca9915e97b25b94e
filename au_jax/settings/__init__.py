"""What a user can set: experiments, their parts and choices, and finding them by name."""
