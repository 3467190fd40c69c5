# What a person runs here; `make` alone lists it. The virtual environments are made when a lock file has changed, and
# the first time: that takes about a minute.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo demo-real scenarios stack test test-slow test-real test-sam explore chaos fuzz measure coldstart invoke \
	test-aws test-aws-clean lint format lock clean environments

PYTHON = .venv/bin/python

# `make demo scenario=x` would play the default scenario, `make invoke event=x` nothing.
upper_case = $(if $(filter command,$(origin $(1))),$(error Write $(2)=$($(1)): make tells upper from lower case))
$(call upper_case,scenario,SCENARIO)$(call upper_case,event,EVENT)$(call upper_case,runs,RUNS)$(call upper_case,local,LOCAL)

# Runs a command that a person watches, and waits for its end. Neither Ctrl-C (130) nor a reader that has seen enough,
# `make scenarios | head` (141), is told as an error. As a background job it starts with SIGINT ignored, and is sent
# SIGTERM instead: in the tenth of a second before its first line, Python would answer SIGINT with a traceback. The
# sleep is for GNU make 4.3, which complains ("wait: No child processes") when a job ends together with the signal.
watched = trap 'trap "" INT TERM; exec 2>/dev/null; [ "$$!" ] || exit 0; kill $$!; sleep 0.2' INT TERM; $(1) & wait $$! || { \
	status=$$?; wait $$!; [ $$status -eq 130 ] || [ $$status -eq 141 ] || exit $$status; }

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: environments ## run a scenario on the embedded stack and show the way of each alert (SCENARIO=name for another)
	@$(call watched,$(PYTHON) -m local demo $(SCENARIO))

scenarios: environments ## list the scenarios that the demo can run
	@$(call watched,$(PYTHON) -m local scenarios)

stack: environments ## run the embedded stack, deployed, until Ctrl-C; .local/stack.json says where it is
	@$(call watched,$(PYTHON) -m local stack)

test: environments ## run the fast tests; those of the functions alone report the branch coverage
	@"$$($(PYTHON) -m local.functions_python)" -m pytest --numprocesses 2 --cov=functions tests/unit
	@.venv/bin/pytest --numprocesses 2 --dist loadgroup --no-loadscope-reorder --ignore tests/unit

explore: environments ## search all interleavings, crashes and stale reads of the real handlers, up to the full bound
	@$(PYTHON) -m verification.model

chaos: environments ## kill running functions 100 times, and see that the next alert finishes the job
	@$(PYTHON) -m verification.chaos

fuzz: environments ## send 100,000 hostile requests to the webhook, 5,000 of them over its function URL
	@$(PYTHON) -m verification.fuzz

test-slow: environments .venv-aws/lock.txt ## run what the fast tests leave out: the function URL, the repairs of moto, all grants, ...
	@.venv/bin/pytest --numprocesses 2 --dist loadgroup -m "slow and not docker and not real" --ignore tests/sam/deploy

test-real: environments ## test with real Infinispan, Prometheus and Alertmanager (needs Java, Maven and these two)
	@.venv/bin/pytest --numprocesses 2 --dist loadfile -m real tests/monitoring tests/sites

demo-real: environments ## like demo, with real Infinispan, Prometheus and Alertmanager
	@$(call watched,$(PYTHON) -m local.commands.real demo)

measure: environments ## measure a split with real parts, our settings against the guide's, into docs/measurement.md (RUNS=10)
	@$(call watched,$(PYTHON) -m local.commands.real measure --runs $(or $(RUNS),10) --page docs/measurement.md)

test-sam: environments ## sam local invoke with every event, in containers (needs Docker), and the life of a deployment
	@.venv/bin/pytest -m docker tests/sam/invoke
	@.venv/bin/pytest -m "sam and slow" tests/sam/deploy

# Without CONFIRM_ACCOUNT it only says what would be created there, and what that costs.
test-aws: environments .venv-aws/lock.txt ## test in an AWS account of yours: first it says what that costs (LOCAL=1: here)
	@.venv/bin/pytest -m aws tests/aws --aws=$(if $(LOCAL),local,$(CONFIRM_ACCOUNT))

test-aws-clean: environments ## remove what runs of test-aws have left behind in the account (CONFIRM_ACCOUNT=its id)
	@.venv/bin/pytest -m aws tests/aws/test_leftovers.py -k nothing_is_left --clean --capture=no --aws=$(CONFIRM_ACCOUNT)

invoke: environments ## sam local invoke a function with a sample event, in a container: EVENT=events/claim_fence/good.json
	@$(call watched,$(PYTHON) -m local.commands.invoke $(EVENT))

coldstart: environments ## measure the functions' cold starts against a bare handler's
	@$(PYTHON) -m local.commands.coldstart

lint: environments .venv-checkov/lock.txt ## check style, types, imports, the template and the definition
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	PYTHONPATH=functions .venv/bin/lint-imports --no-logo
	.venv/bin/statelint statemachine/*.asl.json
	.venv/bin/pytest --quiet tests/statemachine tests/repository
	.venv/bin/cfn-lint template.yaml
	AWS_DEFAULT_REGION=us-west-2 SAM_CLI_TELEMETRY=0 .venv-sam/bin/sam validate --lint
	.venv/bin/pytest --quiet -m checkov tests/template

format: environments ## put the Python files in order
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

# Two environments at a time, unless make was told itself how many jobs to run. Only `make lint` needs .venv-checkov, and only
# `make test-slow` .venv-aws.
environments:
	@$(MAKE) --silent --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,--jobs=2) \
		.venv/lock.txt .venv-sam/lock.txt .venv-functions/lock.txt

.venv/lock.txt: requirements/dev.txt
.venv-sam/lock.txt: requirements/sam.txt
.venv-checkov/lock.txt: requirements/checkov.txt
.venv-aws/lock.txt: requirements/aws.txt
.venv/lock.txt .venv-sam/lock.txt .venv-checkov/lock.txt .venv-aws/lock.txt:
	@python=$$(requirements/find_python.sh) && "$$python" requirements/install.py $(@D) $<

# Only where the functions' own Python is at hand, and .venv is made of another one: see local/functions_python.py.
.venv-functions/lock.txt: requirements/functions.txt | .venv/lock.txt
	@if python=$$(layer/find_python.sh) && $(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] == (3, 13))'; then \
		"$$python" requirements/install.py $(@D) $<; \
	fi

# Keeps the versions that are pinned and still fit; UPGRADE=--upgrade takes the newest ones.
COMPILE = .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command 'make lock' $(UPGRADE)
lock: ## pin the packages anew after a change of requirements/*.in or layer/requirements.in (UPGRADE=--upgrade)
	@python=$$(requirements/find_python.sh) && "$$python" -m venv .venv-lock
	@.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	$(COMPILE) layer/requirements.in --output-file layer/requirements.txt
	$(COMPILE) requirements/dev.in --output-file requirements/dev.txt
	$(COMPILE) requirements/functions.in --output-file requirements/functions.txt
	$(COMPILE) requirements/sam.in --output-file requirements/sam.txt
	$(COMPILE) requirements/checkov.in --output-file requirements/checkov.txt
	$(COMPILE) requirements/aws.in --output-file requirements/aws.txt
	$(COMPILE) local/sam/containers/image/requirements.in --output-file local/sam/containers/image/requirements.txt

clean: ## remove the virtual environments and everything built
	rm -rf .venv .venv-* .venv*.lock .aws-sam .local .coverage .hypothesis .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache
