"""What a cashier takes off a line or a basket."""
