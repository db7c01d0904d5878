#!/bin/bash
# What the real image does at its start: the server is never root, and a name with dots is taken in full.
set -euo pipefail
if [[ $1 == rabbitmq* && $(id -u) == 0 ]]; then
    find /var/lib/rabbitmq \! -user rabbitmq -exec chown rabbitmq {} +
    exec setpriv --reuid rabbitmq --regid rabbitmq --clear-groups "${BASH_SOURCE[0]}" "$@"
fi
if [[ -n ${RABBITMQ_DEFAULT_USER_FILE:-}${RABBITMQ_DEFAULT_PASS_FILE:-} ]]; then
    echo "RABBITMQ_DEFAULT_USER_FILE and RABBITMQ_DEFAULT_PASS_FILE are refused, as by the real image" >&2
    exit 1
fi
if [[ $(hostname) != "$(hostname -s)" ]]; then
    export RABBITMQ_USE_LONGNAME=${RABBITMQ_USE_LONGNAME:-true}
fi
exec "$@"
