# Everything that is made outside the checkout goes into the user's cache folder.
CACHE   := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/myevents
NOT_RUN := $(CACHE)/not-run
LINT    := $(CACHE)/golangci-lint-2.15.0
VULN    := $(CACHE)/govulncheck-1.9.0

# The web app's build, and what it is made from: its types come from the APIs' documents. Folders are among it, so that
# a file that is removed counts, too.
APP         := frontend/dist/index.html
APP_SOURCES  = $(shell find frontend/src frontend/public frontend/scripts 2>/dev/null) $(wildcard frontend/*.*) \
	$(wildcard */rest/openapi.json)
NODE_MODULES := frontend/node_modules/.package-lock.json

.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## start the whole system in one process, with sample events (ARGS="-addr localhost:0 -demo=false …")
	@if frontend/scripts/has-node.sh; then $(MAKE) -s $(APP); else \
		echo "The web app is not built: that needs Node.js 20.19 or newer. The APIs start without it." >&2; fi
	@go build -o bin/ ./deploy/local
	@exec bin/local $(ARGS)

dev: $(NODE_MODULES) ## serve the web app as its sources are, to a system that runs (API=http://localhost:8080)
	@cd frontend && API=$(or $(API),http://localhost:8080) exec npm run dev

$(APP): $(NODE_MODULES) $(APP_SOURCES)
	cd frontend && npm run build

$(NODE_MODULES): frontend/package.json frontend/package-lock.json
	cd frontend && npm ci --no-audit --no-fund

build: ## build the services and the all-in-one into bin/
	go build -trimpath -o bin/ ./eventservice ./bookingservice ./deploy/local

# One package at a time has servers; meanwhile the next ones are built, and those that need none run.
test: ## run every test, with the race detector and real servers
	@command -v $${CC:-cc} >/dev/null || { echo "the race detector needs a C compiler: install gcc or clang" >&2; exit 1; }
	@rm -f $(NOT_RUN); mkdir -p $(CACHE); export NOT_RUN_LIST=$(NOT_RUN) SERVERS_LOCK=$(CACHE)/servers.lock; \
	go test -race -p 3 -parallel 4 -timeout 25m ./... || failed=1; \
	frontend/scripts/check.sh test || failed=1; \
	if [ -f $(NOT_RUN) ]; then sort -u $(NOT_RUN); fi; exit $${failed:-0}

torture: ## kill everything for a long time (DURATION=10m SEED=1)
	TORTURE_DURATION=$(or $(DURATION),10m) TORTURE_SEED=$(SEED) \
		go test -race -count=1 -v -timeout 0 -run TestEverythingIsKilled ./deploy/test/endtoend

cluster-test: ## try the manifests in a real cluster (CLUSTER=command, or KUBECONFIG=file LOAD="minikube image load")
	CLUSTER="$(CLUSTER)" LOAD="$(LOAD)" go test -race -count=1 -v -timeout 1h -run TestCluster ./deploy/test/cluster

container-test: ## build the images, run them with docker compose and on a RabbitMQ of three nodes, and kill everything
	CONTAINER_TEST=true CI=true go test -race -p 1 -count=1 -v -timeout 60m -run 'TestImages|TestSystem|TestRabbitNodesAreKilled' \
		./deploy/test/images ./deploy/test/container ./deploy/test/endtoend

bench: ## measure against bare baselines in the same run; prints the ratios
	go test -run '^$$' -bench . -benchtime 1x -timeout 30m ./deploy/bench
	@frontend/scripts/check.sh bench

lint: $(LINT) $(VULN) ## check the code and the deployment, and look for known vulnerabilities in what is called
	$(LINT) run --allow-parallel-runners
	cd deploy/check && $(LINT) run --allow-parallel-runners
	@frontend/scripts/check.sh lint
	@.ci/vulnerabilities $(VULN)
	@$(MAKE) -s deploy-check

deploy-check: ## check the deployment's files with the tools that will read them
	go test -C deploy/check ./...
	@deploy/check/validate $(CACHE)/check

$(LINT):
	GOBIN=$(CACHE)/build go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
	mv $(CACHE)/build/golangci-lint $@

$(VULN):
	GOBIN=$(CACHE)/build go install golang.org/x/vuln/cmd/govulncheck@v1.9.0
	mv $(CACHE)/build/govulncheck $@

.PHONY: help run dev build test torture container-test cluster-test bench lint deploy-check
