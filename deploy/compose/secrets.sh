#!/usr/bin/env bash
# Makes the passwords of a system at its first start, each once, at random, and puts into the volume of each container
# what that one needs. "show" tells an operator what to sign in with.
set -euo pipefail

ALL=/secrets/all

# secret prints the secret of a name, and makes it where there is none. A file that is there is complete.
secret() {
	if [ ! -s "$ALL/$1" ]; then
		od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$ALL/$1.new"
		mv "$ALL/$1.new" "$ALL/$1"
	fi
	cat "$ALL/$1"
}

# give writes the standard input to a file for a container, whose volume no other one has: what is in it may be read
# by whatever user that container runs as.
give() {
	cat >"/secrets/$1.new"
	chmod "${2:-444}" "/secrets/$1.new"
	mv -f "/secrets/$1.new" "/secrets/$1"
}

# database gives a database and its service what they need: the service has a user of its own, for its own data.
database() {
	local service=$1 name=$2 password
	password=$(secret "$service-db")
	printf %s "$password" | give "$service-db/service_password"
	secret "$service-db-root" | give "$service-db/root_password"
	secret "$service-db-keyfile" | give "$service-db/keyfile" 400 # MongoDB takes none that others may read
	chown 999:999 "/secrets/$service-db/keyfile"                  # mongodb in its image
	printf 'mongodb://myevents:%s@%s-db:27017/%s?replicaSet=rs0' "$password" "$service" "$name" |
		give "$service/mongo_url"
	printf 'amqp://%s:%s@rabbitmq:5672/' "$service" "$(secret "$service-rabbitmq")" | give "$service/amqp_url"
}

# user prints one of RabbitMQ's users as its definitions have it.
user() {
	printf '{"name": "%s", "password": "%s", "tags": "%s"}' "$1" "$(secret "$1-rabbitmq")" "$2"
}

permissions() {
	printf '{"user": "%s", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}' "$1"
}

make_all() {
	database events myevents
	database bookings myevents_bookings
	printf '{"vhosts": [{"name": "/"}], "users": [%s, %s, %s], "permissions": [%s, %s, %s]}' \
		"$(user admin administrator)" "$(user events '')" "$(user bookings '')" \
		"$(permissions admin)" "$(permissions events)" "$(permissions bookings)" | give rabbitmq/definitions.json
	secret admin | give bookings/admin_password
	secret grafana | give grafana/admin_password
}

show() {
	printf '%-44s %-18s %s\n' \
		"the shop, ${PUBLIC_URL}" "${ADMIN_EMAIL}" "$(secret admin)" \
		'Grafana, http://localhost:3000' admin "$(secret grafana)" \
		'RabbitMQ, http://localhost:15672' admin "$(secret admin-rabbitmq)"
}

umask 077
case ${1:-make} in
make)
	make_all
	echo "The shop will be at ${PUBLIC_URL}. To see the passwords: docker compose run --rm secrets show"
	;;
show) show ;;
*)
	echo "usage: secrets.sh [show]" >&2
	exit 2
	;;
esac
