// The page at /docs: Swagger UI from our own packages. Nothing on it comes from elsewhere, and every address is
// relative, so that it works below any path prefix and below a token in the path.

import { readFile } from 'node:fs/promises'
import { Failure } from '../../model/failure.ts'
import type { Answer } from '../http/route.ts'

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Warmfront API</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="docs/swagger-ui.css" />
  </head>
  <body>
    <div id="api"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/swagger-ui-standalone-preset.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`

/**
 * The Content-Security-Policy forbids scripts inside the page. `servers` is replaced, or else "Try it out" would leave
 * out the prefix that the page was reached by.
 */
const startScript = (contracts: readonly string[]): string => `'use strict'
const root = new URL('..', document.currentScript.src).href
const contracts = ${JSON.stringify(contracts)}
const withServers = (original) => (document) => original({ ...document, servers: [{ url: root }] })
SwaggerUIBundle({
  dom_id: '#api',
  urls: [
    { name: 'everything', url: root + 'openapi.yaml' },
    ...contracts.map((name) => ({ name, url: root + 'openapi/' + name + '.yaml' })),
  ],
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  plugins: [{ statePlugins: { spec: { wrapActions: { updateJsonSpec: withServers } } } }],
  layout: 'StandaloneLayout',
  deepLinking: true,
  validatorUrl: null,
})
`

const types = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
} as const

/** What is served of the package, and nothing else of it. */
const packaged: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  'swagger-ui.css': { file: import.meta.resolve('swagger-ui-dist/swagger-ui.css'), type: types.css },
  'swagger-ui-bundle.js': { file: import.meta.resolve('swagger-ui-dist/swagger-ui-bundle.js'), type: types.js },
  'swagger-ui-standalone-preset.js': {
    file: import.meta.resolve('swagger-ui-dist/swagger-ui-standalone-preset.js'),
    type: types.js,
  },
}

/** Two megabytes that change with a release only. */
const kept = 'max-age=3600'
/** Changes with the settings. */
const fresh = 'no-cache'

export const docsPage = (): Answer => text(page, types.html, fresh)

/** Throws `request.not-found`. */
export async function docsAsset(name: string, contracts: readonly string[]): Promise<Answer> {
  if (name === 'start.js') return text(startScript(contracts), types.js, fresh)
  const asset = Object.hasOwn(packaged, name) ? packaged[name] : undefined
  if (asset === undefined) throw new Failure('request.not-found', 'The page has no such part.')
  return text(await readFile(new URL(asset.file), 'utf8'), asset.type, kept)
}

const text = (body: string, type: string, cacheControl: string): Answer => ({
  status: 200,
  headers: { 'content-type': type, 'cache-control': cacheControl },
  text: body,
})
