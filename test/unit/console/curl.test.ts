import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { curlOf } from '../../../src/console/curl.ts'
import { toRequest } from '../../../src/console/pages/preheat/same-request.ts'
import { sampleArgs, sampleCluster, sampleJob } from './samples.ts'

const run = promisify(execFile)

/** What curl would be given, by a real shell. */
async function argumentsOf(command: string): Promise<readonly string[]> {
  const script = `curl() { printf '%s\\0' "$@"; }\nTOKEN='it'\\''s'\n${command}`
  const { stdout } = await run('/bin/sh', ['-c', script])
  return stdout.split('\0').slice(0, -1)
}

describe('the command that makes the same job', () => {
  it('says what was asked, and nothing that is a default', () => {
    const job = sampleJob({ bio: 'for the release', scheduler_clusters: [sampleCluster(1, 'local')] })
    assert.deepEqual(toRequest(job), {
      type: 'preheat',
      bio: 'for the release',
      args: {
        concurrent_peer_count: 500,
        concurrent_task_count: 8,
        scope: 'all_peers',
        success_percentage: 100,
        timeout: 1_800_000_000_000,
        type: 'image',
        url: 'https://registry.example.com/v2/library/app/manifests/1.0',
      },
      scheduler_cluster_ids: [1],
    })
  })

  it('shows a mask where a password was, and only there', () => {
    assert.equal(toRequest(sampleJob({ args: sampleArgs({ username: 'robot' }) })).args?.password, '***')
    assert.equal(toRequest(sampleJob()).args?.password, undefined)
  })

  it('reaches curl as it is, whatever stands in it', async () => {
    const bio = `it's "here" $(false) \`id\` \\ ! %s ''\n`
    const request = toRequest(sampleJob({ bio, args: sampleArgs({ headers: { 'X-Note': "a'b" } }) }))
    const [, , , url, , token, , type, , body = ''] = await argumentsOf(curlOf(request, "http://host.example/it's"))
    assert.equal(url, "http://host.example/it's/oapi/v1/jobs")
    assert.equal(token, "Authorization: Bearer it's")
    assert.equal(type, 'Content-Type: application/json')
    assert.deepEqual(JSON.parse(body), request)
  })
})
