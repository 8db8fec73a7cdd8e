"""The site over HTTP: SPARQL, linked-data pages, dumps. The only package that knows FastAPI and Jinja."""
