import { gzipSync } from 'node:zlib'
import type { Page } from '@playwright/test'

/** Counts, from now on, how many bytes of JavaScript a page fetches, compressed with gzip. */
export function countScripts(page: Page): () => Promise<number> {
  const sizes: Promise<number>[] = []
  page.on('response', (answer) => {
    if (!answer.url().endsWith('.js')) return
    sizes.push(answer.body().then((body) => gzipSync(body, { level: 9 }).length))
  })
  return async () => (await Promise.all(sizes)).reduce((sum, n) => sum + n, 0)
}
