"""What was found before: the write queue, the retention job, and the store behind them."""
