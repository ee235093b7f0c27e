"""What `charrnn` can be told to do: one module a command, each with its options and what they make happen."""
