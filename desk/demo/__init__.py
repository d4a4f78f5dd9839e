"""The invented company that newcomers meet and the simulator drives: its people, customers and days never existed."""
