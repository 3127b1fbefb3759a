"""What a project is judged to be: check, explain, compare; waivers and baselines."""
