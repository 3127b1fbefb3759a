"""What the code's validators demand: each `Validator(…)`, its arguments, and what they ask of whom."""
