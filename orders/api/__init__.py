"""The JSON door of orders (design §4, §6.13): who calls, what a body may hold, what is answered, the verbs."""
