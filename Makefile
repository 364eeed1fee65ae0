# Daily work. The scripts do it; this file only gives them short names.
.PHONY: build dev test check api web fuzz bench drill

build:
	script/setup
	tools/build build

dev: # rebuilds and restarts the server when a source changes
	script/dev

test: # unit and database tests
	script/test unit

check: # format, lint, clang-tidy, and the tests under sanitizers
	script/test lint tidy sanitizers

api:
	script/test api

web:
	script/test web browser

fuzz: # make fuzz T=json_value [SECONDS=60]; all targets take hours: script/fuzz
	script/fuzz --seconds $(or $(SECONDS),60) $(T)

bench:
	script/bench

drill: # all of them, about an hour; script/drill NAME for one
	script/drill
