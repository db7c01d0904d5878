// Generates the types of the services' APIs from their OpenAPI documents. With --check nothing is written, and what is
// not as it should be is a failure.
import { readFile, writeFile } from 'node:fs/promises'
import openapiTS, { astToString } from 'openapi-typescript'

const documents = {
  '../eventservice/rest/openapi.json': 'src/lib/api/schema/events.ts',
  '../bookingservice/rest/openapi.json': 'src/lib/api/schema/bookings.ts',
}

const check = process.argv.includes('--check')
const root = new URL('..', import.meta.url)
let stale = false

for (const [source, target] of Object.entries(documents)) {
  const text = astToString(await openapiTS(new URL(source, root)))
  const file = new URL(target, root)
  if (!check) {
    await writeFile(file, text)
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    console.error(`${target} is not what ${source} gives: run "npm run types"`)
    stale = true
  }
}
process.exitCode = stale ? 1 : 0
