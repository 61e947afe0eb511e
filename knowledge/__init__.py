"""What the maturity model says, and how a question finds it."""
