// A request for a job as a command for a shell. Pure.

import type { CreateJob } from './api/types.ts'

/**
 * For a POSIX shell in which $TOKEN is a personal access token. `serviceUrl` has no slash at its end. Secrets in the
 * body are for the caller to hide.
 */
export function curlOf(body: CreateJob, serviceUrl: string): string {
  const lines = [
    `curl -sS -X POST ${quoted(`${serviceUrl}/oapi/v1/jobs`)}`,
    '-H "Authorization: Bearer $TOKEN"',
    "-H 'Content-Type: application/json'",
    `--data-raw ${quoted(JSON.stringify(body, null, 2))}`,
  ]
  return lines.join(' \\\n  ')
}

/** Nothing between single quotes means anything to a shell, and a single quote cannot stand there. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
