// Tests that need a program which may not be installed.

import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Debian keeps daemons where an ordinary user's PATH does not look. */
const alsoLookIn = ['/usr/sbin', '/sbin']

/**
 * For a test's `skip`: false where the program is there, otherwise the reason, which names the Debian package. Throws
 * instead where WARMFRONT_TEST_REQUIRE_ALL=1, so that a machine meant to have everything cannot skip in silence.
 */
export function requires(program: string, debianPackage: string): string | false {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...alsoLookIn]
  return missing(
    folders.some((folder) => existsSync(join(folder, program))),
    program,
    debianPackage,
  )
}

/** The same, for what is found in another way than on the PATH. */
export function missing(found: boolean, what: string, debianPackage: string): string | false {
  if (found) return false
  const reason = `needs ${what}, from the Debian package ${debianPackage}`
  if (process.env['WARMFRONT_TEST_REQUIRE_ALL'] === '1') throw new Error(`a test ${reason}`)
  return reason
}
