import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')
export const binary = path.join(root, 'frontend/test-results/local')

/** Who may do everything there. */
export const admin = { email: 'admin@localhost', password: 'a-password-of-tests' }

const listens = ['addr', 'events', 'bookings', 'metrics'] as const

type Listens = (typeof listens)[number]

/** The real services, with embedded stores in a folder of their own, in a process that can be killed. */
export class System {
  /** Where the app is. */
  url = ''
  /** Where each part listens, the same after a restart. */
  readonly address: Record<Listens, string> = {
    addr: 'localhost:0',
    events: 'localhost:0',
    bookings: 'localhost:0',
    metrics: 'localhost:0',
  }
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'myevents-e2e-'))
  private process?: ChildProcess

  /** Starts it, also after kill, with what it had. */
  async start(flags: string[] = [], env: Record<string, string> = {}): Promise<void> {
    const args = [`-data=${this.folder}`, `-app=${root}/frontend/dist`, '-demo=false', ...flags]
    this.process = spawn(binary, [...args, ...listens.map((l) => `-${l}=${this.address[l]}`)], {
      env: {
        ...process.env,
        LOG_LEVEL: 'error',
        ADMIN_EMAIL: admin.email,
        ADMIN_PASSWORD: admin.password,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const said = await this.banner(this.process)
    const found = (line: RegExp) => line.exec(said)?.[1] ?? ''
    this.url = found(/MyEvents\s+(http:\/\/[^/\s]+)/)
    this.address.addr = new URL(this.url).host
    this.address.events = new URL(found(/event service\s+(\S+)/)).host
    this.address.bookings = new URL(found(/booking service\s+(\S+)/)).host
    this.address.metrics = new URL(found(/metrics, health\s+(\S+)/)).host
  }

  private banner(p: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
      let said = ''
      p.stdout?.on('data', (text: Buffer) => {
        said += text.toString()
        if (/metrics, health\s+\S+\s/.test(said)) resolve(said)
      })
      p.once('exit', (code) => reject(new Error(`the services ended with ${code}: ${said}`)))
    })
  }

  /** Kills it without any notice. */
  async kill(): Promise<void> {
    const p = this.process
    this.process = undefined
    if (!p || p.exitCode !== null || p.signalCode !== null) return
    p.removeAllListeners('exit')
    p.kill('SIGKILL')
    await once(p, 'exit')
  }

  /** Ends it, with all that it had. */
  async end(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Asks the API, and fails where the answer is not good. */
  async api<T>(
    method: string,
    route: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const answer = await fetch(`${this.url}/api${route}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${method} ${route}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }
}
