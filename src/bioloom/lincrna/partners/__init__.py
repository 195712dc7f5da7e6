"""What a candidate may do: its partner genes, by place and by expression."""
