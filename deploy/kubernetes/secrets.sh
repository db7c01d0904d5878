#!/bin/sh
# Makes the secrets of an overlay, random ones, where it has none yet: deploy/kubernetes/secrets.sh minikube
# They are files of the overlay that git ignores, made after secrets/*.env.example. Whoever keeps secrets elsewhere writes
# the same files from there.
set -eu
umask 077
cd "$(dirname "$0")/overlays/${1:?name an overlay}"

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

if [ -e secrets ]; then
    echo "$PWD/secrets is there already, and stays" >&2
    exit
fi
# One value for each name, in whatever files it is.
names=$(grep -oh '<[a-z-]*>' ../../secrets/*.env.example | sort -u)
edits=$(for name in $names; do echo "s/$name/$(random)/g"; done)
mkdir secrets.new
for example in ../../secrets/*.env.example; do
    name=$(basename "$example" .example)
    sed "$edits" "$example" >"secrets.new/$name"
done
mv secrets.new secrets
