# Everything a newcomer types. `make run` and `make test` work on a bare machine with git, make and Python >= 3.12.
.PHONY: run test check bench storm lock

# Starts the platform with real PostgreSQL, Valkey and data; PORT=8001 chooses another port. Ctrl-C stops it.
run:
	@exec sh deploy/bootstrap.sh run

# Everything that CI checks.
test:
	@exec sh deploy/bootstrap.sh test

# The fast inner loop: no browser, no faults.
check:
	@exec sh deploy/bootstrap.sh check

# Writes docs/benchmarks.md.
bench:
	@exec sh deploy/bootstrap.sh bench

# A hundred thousand mails under kills, crashes and a server that misbehaves; minutes. MAILS=5000 makes a smaller one,
# which writes nothing. The whole one writes its line into docs/reliability.md.
storm:
	@exec sh deploy/bootstrap.sh storm

# Renews both lock files from pyproject.toml; UPGRADE=1 takes the newest versions.
lock:
	@exec sh deploy/bootstrap.sh lock
