#!/usr/bin/env bash
# Has the images that are named by the arguments: those that the engine has already are left as they are, others are
# pulled. Where nothing can be pulled, a stand-in is made under the same name, from packages of Debian and Maven and
# from this machine's Go and Node.js. The stand-ins have the real ones' paths, users, and variables as far as this
# project uses them, and a label "standin", but other versions; what each lacks is said in its Dockerfile. Of Grafana
# there is none.
set -euo pipefail
cd "$(dirname "$0")"

base=debian:bookworm-slim
export DOCKER_BUILDKIT=1

# A docker without buildx cannot build; Debian's has it built in.
docker=docker
if ! docker build --help >/dev/null 2>&1; then
    docker=/usr/bin/docker
fi

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

main() {
    local image missing=()
    for image; do
        has "$image" || missing+=("$image")
    done
    # The first one that cannot be pulled says that no other can.
    while ((${#missing[@]})) && pull "${missing[0]}"; do
        missing=("${missing[@]:1}")
    done
    for image in "${missing[@]}"; do
        if [[ $image == grafana/* ]]; then
            echo "$image can neither be pulled nor be made" >&2
            return 1
        fi
        echo "$image cannot be pulled: making a stand-in" >&2
        make "$image"
    done
}

has() {
    $docker image inspect "$1" >/dev/null 2>&1
}

pull() {
    $docker pull -q "$1" >/dev/null 2>"$work/pull" || {
        tail -n 1 "$work/pull" >&2
        return 1
    }
}

make() {
    has "$base" || [[ $1 == "$base" ]] || make "$base"
    case $1 in
    "$base") make_base ;;
    golang:*) build "$1" golang "$(go env GOROOT)" ;;
    node:*) make_node "$1" ;;
    nginxinc/nginx-unprivileged:*) build "$1" nginx nginx ;;
    rabbitmq:*) build "$1" rabbitmq rabbitmq ;;
    prom/prometheus:*) build "$1" prometheus prometheus ;;
    mongo:*) make_mongo "$1" ;;
    apache/kafka:*) make_kafka "$1" ;;
    *) echo "nothing is known of $1" >&2 && return 1 ;;
    esac
}

# build builds an image: its name, the folder of its Dockerfile, and the folder that it copies from.
build() {
    $docker build -q --label standin=true -f "$2/Dockerfile" -t "$1" "$3" >/dev/null
}

# make_base makes Debian's base, with the certificates that this machine trusts: there may be a proxy's among them.
make_base() {
    debootstrap --variant=minbase --include=ca-certificates bookworm "$work/root" >"$work/log" 2>&1 || {
        tail "$work/log" >&2
        return 1
    }
    cp /etc/ssl/certs/ca-certificates.crt "$work/root/etc/ssl/certs/"
    rm -rf "$work"/root/var/cache/apt/* "$work"/root/var/lib/apt/lists/*
    tar -C "$work/root" -c . | $docker import -c 'LABEL standin=true' -c 'CMD ["bash"]' - "$base" >/dev/null
}

make_node() {
    mkdir -p "$work/node/bin" "$work/node/lib/node_modules"
    cp "$(command -v node)" "$work/node/bin/"
    cp -r "$(npm root -g)/npm" "$work/node/lib/node_modules/"
    build "$1" node "$work/node"
}

make_mongo() {
    libraries mongo
    javac -cp "$work/mongo/*" -d "$work/mongo" ../MongoServer.java
    cp mongo/mongod mongo/mongosh "$work/mongo/"
    build "$1" mongo "$work/mongo"
}

make_kafka() {
    libraries kafka
    cp kafka/run kafka/tool "$work/kafka/"
    build "$1" kafka "$work/kafka"
}

# libraries fetches those of a profile of pom.xml.
libraries() {
    mvn -q -B -f ../pom.xml "-P$1" "-Dlibraries=$work/$1" dependency:copy-dependencies
}

main "$@"
