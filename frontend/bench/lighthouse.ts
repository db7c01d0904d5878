import { createServer } from 'node:net'
import { chromium, type LaunchOptions } from '@playwright/test'
import lighthouse from 'lighthouse'
import { median } from './table'

const categories = ['performance', 'accessibility', 'best-practices', 'seo'] as const
const metrics = ['largest-contentful-paint', 'cumulative-layout-shift', 'total-blocking-time'] as const

type Figure = (typeof categories)[number] | (typeof metrics)[number]

/** What Lighthouse says of a page: scores of 100, times in ms. */
export type Figures = Record<Figure, number>

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

/** Looks at a page once, as a phone of the middle class on a slow network, with a browser that has nothing cached. */
async function look(url: string, options: LaunchOptions): Promise<Figures> {
  const port = await freePort()
  const args = [...(options.args ?? []), `--remote-debugging-port=${port}`]
  const browser = await chromium.launch({ ...options, args })
  try {
    const found = await lighthouse(url, { port, logLevel: 'error', onlyCategories: [...categories] })
    if (!found || found.lhr.runtimeError) throw new Error(found?.lhr.runtimeError?.message ?? 'no result')
    const { lhr } = found
    const scores = categories.map((c) => [c, 100 * (lhr.categories[c]?.score ?? 0)])
    const times = metrics.map((m) => [m, lhr.audits[m]?.numericValue ?? Number.NaN])
    return Object.fromEntries([...scores, ...times]) as Figures
  } finally {
    await browser.close()
  }
}

/** Looks at a page five times and answers with the medians. */
export async function figuresOf(url: string, options: LaunchOptions): Promise<Figures> {
  const found: Figures[] = []
  for (let n = 0; n < 5; n++) found.push(await look(url, options))
  const names = [...categories, ...metrics]
  return Object.fromEntries(names.map((name) => [name, median(found.map((f) => f[name]))])) as Figures
}
