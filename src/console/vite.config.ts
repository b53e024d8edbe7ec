// How the console becomes what a browser loads; run by scripts/build-console.ts.

import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative addresses, so that the page works below any path prefix.
  base: './',
  plugins: [react()],
  // Of the service itself: in development Vite stands before a service that runs on its usual port.
  server: { proxy: { '/oapi': 'http://127.0.0.1:8080' } },
  build: {
    emptyOutDir: true,
    // The Content-Security-Policy takes no data: but for images, and an inlined picture could not be kept by itself.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    reportCompressedSize: false,
  },
})
