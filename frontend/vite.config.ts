import react from '@vitejs/plugin-react'
import { compression, defineAlgorithm } from 'vite-plugin-compression2'
import { defineConfig } from 'vitest/config'

// The services that the development server talks to: the all-in-one of `make run`, or whatever API names.
const api = process.env.API ?? 'http://localhost:8080'

type Modules = { getModuleInfo(id: string): { importedIds: string[] } | null }

let atOnce: Set<string> | undefined

/** The modules of the first screen: what index.html comes to by static imports alone. */
function neededAtOnce(modules: Modules): Set<string> {
  const found = new Set([new URL('./index.html', import.meta.url).pathname])
  for (const id of found) {
    for (const imported of modules.getModuleInfo(id)?.importedIds ?? []) found.add(imported)
  }
  return found
}

// All of it goes into one file: by itself the bundler makes some twenty of it, since other screens share parts with it,
// which are more requests and compress less well.
function fileOf(id: string, modules: Modules): string | null {
  atOnce ??= neededAtOnce(modules)
  return atOnce.has(id) ? 'app' : null
}

export default defineConfig({
  plugins: [
    react(),
    compression({
      include: /\.(html|js|css|svg|json|txt|webmanifest)$/,
      threshold: 1024,
      algorithms: [defineAlgorithm('gzip', { level: 9 }), 'brotliCompress'],
    }),
  ],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  css: {
    preprocessorOptions: {
      scss: {
        quietDeps: true,
        silenceDeprecations: ['import', 'global-builtin', 'color-functions', 'if-function'],
      },
    },
  },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: {
      checks: { ineffectiveDynamicImport: false }, // one expression imports every dictionary, and one of them is here
      output: { codeSplitting: { groups: [{ name: fileOf, debugName: 'needed at once' }] } },
    },
  },
  server: { port: 5173, proxy: { '/api': { target: api, changeOrigin: false } } },
  preview: { port: 4173, proxy: { '/api': { target: api, changeOrigin: false } } },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/testing/setup.ts'],
    restoreMocks: true,
    testTimeout: 30_000,
    env: { TZ: 'Europe/Berlin' },
  },
})
