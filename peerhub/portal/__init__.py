"""What spans several products: home, search, the animator’s desk."""
