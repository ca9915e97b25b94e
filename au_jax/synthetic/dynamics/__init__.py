"""What happens in a recording: action units over time, the coder's labels, and all else."""
