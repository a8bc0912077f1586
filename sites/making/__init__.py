"""站点: an operator makes a site in the admin, closes it, and opens it again; nobody deploys anything."""
