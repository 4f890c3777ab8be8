# What a developer types. The gate itself is .ci/run; nothing here can do what a laptop cannot.

.PHONY: check test bless run

check:          ## the whole gate
	./.ci/run

test:           ## the README's test command
	cargo test --locked

bless:          ## write the golden files anew; then read the difference
	BLESS=1 cargo test --locked

run:            ## the example configuration, from the fixtures
	cargo run --release --locked -- run --config config/harkara.toml
