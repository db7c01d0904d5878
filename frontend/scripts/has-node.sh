#!/bin/sh
# Succeeds where there is a Node.js that the web app can be built with.
exec node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' \
    2>/dev/null
