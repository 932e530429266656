"""The docs as a site: `python -m scripts.docs.site` gathers the pages, writes the reference, runs the gallery."""
