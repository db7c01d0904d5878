// Fails where a package that visitors are served is known to have a grave fault. A registry that does not know is no
// failure, but is told of.
import { spawnSync } from 'node:child_process'

const { status, stdout } = spawnSync(
  'npm',
  ['audit', '--omit=dev', '--audit-level=high', '--json', '--fetch-retries=0', '--fetch-timeout=30000'],
  { encoding: 'utf8', cwd: new URL('..', import.meta.url) },
)

function read(text) {
  try {
    return JSON.parse(text)
  } catch {
    return { message: 'npm did not answer' }
  }
}

const report = read(stdout)
if (!report.auditReportVersion) {
  console.log(`NOT RUN: the search for known faults in the web app's packages (${report.message})`)
} else {
  const grave = Object.values(report.vulnerabilities).filter((v) => /high|critical/.test(v.severity))
  for (const { name, range, severity } of grave) console.log(`${name} ${range}: ${severity}, see npm audit`)
  process.exitCode = status
}
