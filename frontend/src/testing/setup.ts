import '@testing-library/jest-dom/vitest'
import { cleanup, configure } from '@testing-library/react'
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest'
import { chooseLanguage, startI18n } from '@/lib/i18n'
import { standIns } from './browser'
import { server } from './server'

standIns()
configure({ asyncUtilTimeout: 10_000 }) // machines may be busy

// Whatever is said to the console is a fault, ours or of how we use something.
const said: string[] = []

beforeAll(async () => {
  server.listen({ onUnhandledRequest: 'error' })
  await startI18n()
})

beforeEach(() => {
  said.length = 0
  for (const level of ['error', 'warn'] as const) {
    vi.spyOn(console, level).mockImplementation((...words) => said.push(words.join(' ')))
  }
})

afterEach(async () => {
  cleanup()
  server.resetHandlers()
  sessionStorage.clear()
  localStorage.clear()
  await chooseLanguage('en')
  localStorage.clear()
  expect(said).toEqual([])
})

afterAll(() => server.close())
