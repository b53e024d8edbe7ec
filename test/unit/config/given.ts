// Settings from an environment and files that a test writes down.

import assert from 'node:assert/strict'
import { ConfigError, loadConfig, type Config } from '../../../src/config/load.ts'

type Files = Readonly<Record<string, string>>

export function load(env: Readonly<Record<string, string>>, files: Files = {}): Config {
  const readFile = (path: string): string => {
    const content = files[path]
    if (content === undefined) throw new Error(`no ${path}`)
    return content
  }
  const watch = (path: string, accepts: (content: string) => boolean) => {
    const content = readFile(path)
    if (!accepts(content)) throw new Error(`${path} is not accepted`)
    return () => content
  }
  return loadConfig({ env, readFile, watch })
}

/** The lines of the one error, in the order of the alphabet. */
export function mistakesOf(env: Readonly<Record<string, string>>, files: Files = {}): readonly string[] {
  try {
    load(env, files)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    const [heading, ...lines] = error.message.split('\n')
    assert.equal(heading, 'The settings are not right:')
    return lines.map((line) => line.replace(/^ {2}- /, '')).toSorted()
  }
  assert.fail('the settings were taken')
}
