# What is made of other things than Python; python3 dev.py does the rest.
BUILT = kg/web/static/built
SOURCES = $(wildcard frontend/package*.json frontend/*.js frontend/src/* kg/web/static/sparql/*.js)

.PHONY: frontend clean

# The editor and the map of the SPARQL page; needs Node 20 or later. Without it the plain form works.
frontend: $(BUILT)/.done

$(BUILT)/.done: frontend/node_modules/.done $(SOURCES)
	cd frontend && node build.js
	touch $@

frontend/node_modules/.done: frontend/package-lock.json frontend/package.json
	cd frontend && npm ci --silent
	touch $@

clean:
	rm -rf $(BUILT) frontend/node_modules
