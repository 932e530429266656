"""Where races are played: threads, Ray, CUDA."""
