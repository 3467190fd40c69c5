"""The two simulated sites: a stand-in for each site's Infinispan, with certificates of their own."""
