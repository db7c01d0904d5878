#!/bin/sh
# What the real image does at its start, as far as this project uses it: 15-local-resolvers.envsh and
# 20-envsubst-on-templates.sh.
set -eu
if [ -n "${NGINX_ENTRYPOINT_LOCAL_RESOLVERS:-}" ]; then
    NGINX_LOCAL_RESOLVERS=$(awk '$1 == "nameserver" { print ($2 ~ ":") ? "[" $2 "]" : $2 }' ORS=' ' /etc/resolv.conf)
    export NGINX_LOCAL_RESOLVERS="${NGINX_LOCAL_RESOLVERS% }"
fi
templates=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
output=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}
# Only variables that are set, and match the filter, are put in.
# shellcheck disable=SC2016 # envsubst is told them by their names
defined=$(awk -v filter="${NGINX_ENVSUBST_FILTER:-}" \
    'BEGIN { for (name in ENVIRON) if (name ~ /^[A-Za-z_]/ && name ~ filter) printf "${%s} ", name }')
find "$templates" -follow -type f -name '*.template' 2>/dev/null | while read -r template; do
    target=$output/${template#"$templates"/}
    mkdir -p "$(dirname "$target")"
    envsubst "$defined" <"$template" >"${target%.template}"
done
exec "$@"
