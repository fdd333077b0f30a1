// How the inspector's page is built: everything in files of its own, since the page may run nothing that stands inside its HTML.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: folder('../src/inspector/page'),
  logLevel: 'warn',
  // Whatever NODE_ENV says (tests set it), what is built is what is published.
  define: { 'process.env.NODE_ENV': '"production"' },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  build: {
    outDir: folder('../dist/inspector/page'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    target: 'es2022',
    rolldownOptions: {
      checks: { pluginTimings: false },
      // It does not say so itself: what it compares words, CSS and JSON by would be a tenth of the page, unused.
      treeshake: { moduleSideEffects: [{ test: /node_modules\/diff\//, sideEffects: false }] },
    },
  },
})
