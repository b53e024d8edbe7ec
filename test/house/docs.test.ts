// The pages for people say what the code says.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { glob, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { test } from 'node:test'
import { renderBundle, renderFailures, renderSettings, renderTypes } from '../../scripts/docs.ts'
import { failureCodes } from '../../src/model/failure.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (file: string) => readFile(join(root, file), 'utf8')

for (const { page, render } of [
  { page: 'docs/settings.md', render: renderSettings, renderTypes },
  { page: 'docs/failures.md', render: renderFailures },
  { page: 'openapi/warmfront.yaml', render: renderBundle },
  { page: 'test/support/openapi-client.schema.ts', render: () => renderTypes(renderBundle()) },
]) {
  test(`${page} is what "npm run docs" writes`, async () => {
    assert.equal(await read(page), await render())
  })
}

test('the types of the Open API are those of its document', async () => {
  const written = await read('openapi/open-api.ts')
  const rendered = await renderTypes(await read('openapi/open-api.yaml'))
  assert.ok(written.endsWith(rendered), 'run "npm run docs"')
})

test('every failure code has a heading in docs/failures.md', async () => {
  const headings = [...(await read('docs/failures.md')).matchAll(/^#+ `?([^`\n]+?)`?$/gm)].map(([, heading]) => heading)
  assert.deepEqual(
    failureCodes.filter((code) => !headings.includes(code)),
    [],
  )
})

test('every relative link in the README and in docs leads to a file', async () => {
  const pages = await Array.fromAsync(glob(['README.md', 'CHANGELOG.md', 'docs/**/*.md'], { cwd: root }))
  assert.ok(pages.includes('README.md'))
  const broken: string[] = []
  for (const page of pages) {
    for (const target of linksIn(await read(page))) {
      if (!existsSync(join(root, dirname(page), target))) broken.push(`${page}: ${target}`)
    }
  }
  assert.deepEqual(broken, [])
})

/** Targets of links and pictures, without those that lead out or stay on the page, and without their anchors. */
function linksIn(markdown: string): string[] {
  const prose = markdown.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '')
  const targets = [...prose.matchAll(/\]\(<?([^)\s>]+)/g), ...prose.matchAll(/^\[[^\]]+\]: <?([^\s>]+)/gm)]
  return targets
    .map(([, target = '']) => decodeURI(target.replace(/#.*$/, '')))
    .filter((target) => target !== '' && !/^[a-z][a-z+.-]*:/i.test(target))
}
