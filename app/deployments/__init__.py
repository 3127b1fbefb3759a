"""What production really runs with: manifests, Compose files, `.env` files → variables with places."""
