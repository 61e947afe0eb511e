"""What runs the sends: a task of this process, or a queue shared by several."""
