# Each target is a script in scripts/, which says at its top what it does. `make` alone lists them.

.PHONY: help setup run dev check test interop cluster build bench bench-large pictures

help:
	@echo "make run       build and serve http://localhost:3000, with a sandbox to sign in at"
	@echo "make dev       the same, building anew and reloading the page when a file changes"
	@echo "make check     after an edit: format, lints, unit tests"
	@echo "make test      every check: format, lints, documentation, tests, browser tests"
	@echo "make interop   with real proxies and other software that others wrote; not part of make test"
	@echo "make cluster   two servers, PostgreSQL with a standby and HAProxy, while processes are killed and fail over"
	@echo "make build     target/release/latchkey: one file for production, without the sandbox"
	@echo "make bench     the measurements of docs/performance.md"
	@echo "make bench-large  the same requests with a million users and five million sessions"
	@echo "make pictures  takes the pictures of the documents again"
	@echo "make setup     only install what is missing for all of these"

setup:
	@scripts/setup test

run:
	@scripts/run

dev:
	@scripts/dev

check:
	@scripts/check

test:
	@scripts/test

interop:
	@scripts/interop

cluster:
	@scripts/cluster

build:
	@scripts/build

bench:
	@scripts/bench

bench-large:
	@scripts/bench-large

pictures:
	@scripts/pictures
