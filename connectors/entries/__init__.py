"""What key-value stores share: families of keys, and entries as documents."""
