import { execFileSync } from 'node:child_process'
import { binary, root } from './system'

/** Builds what is tested: the app, and the program that has all services in it. */
export default function build(): void {
  execFileSync('npm', ['run', '--silent', 'build', '--', '--logLevel', 'warn'], {
    cwd: `${root}/frontend`,
    stdio: 'inherit',
  })
  execFileSync('go', ['build', '-o', binary, './deploy/local'], { cwd: root, stdio: 'inherit' })
}
