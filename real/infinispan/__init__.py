"""Two real Infinispan sites on the loopback interface, and the link between them."""
