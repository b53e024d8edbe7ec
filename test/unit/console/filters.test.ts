import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  changed,
  filtersOf,
  isFiltered,
  noFilters,
  toParams,
  toQuery,
} from '../../../src/console/pages/preheats/filters.ts'

const of = (address: string) => filtersOf(new URLSearchParams(address))

describe('the filters of the list', () => {
  it('stand in the address and are read from it again', () => {
    const address = 'phase=failed&kind=image&cluster=2&contract=kraken&peer=p%401&q=app&page=3'
    assert.deepEqual(of(address), {
      phase: 'failed',
      kind: 'image',
      cluster: 2,
      contract: 'kraken',
      peer: 'p@1',
      q: 'app',
      page: 3,
    })
    assert.equal(toParams(of(address)).toString(), address)
  })

  it('pass over what an address says wrongly', () => {
    assert.deepEqual(of('phase=lost&kind=x&cluster=-1&contract=ftp&page=0.5'), noFilters)
    assert.equal(of(`q=${'x'.repeat(300)}`).q.length, 256)
  })

  it('are none where nothing is said, and then leave nothing in the address', () => {
    assert.equal(isFiltered(of('')), false)
    assert.equal(isFiltered(of('page=2')), false)
    assert.equal(isFiltered(of('q=a')), true)
    assert.equal(toParams(noFilters).toString(), '')
  })

  it('begin at the first page again when one of them changes', () => {
    assert.equal(changed(of('page=4'), { q: 'a' }).page, 1)
    assert.equal(changed(of('q=a'), { page: 4 }).page, 4)
  })
})

describe('what the service is asked for', () => {
  const query = (address: string) => {
    const { page: _page, per_page: _perPage, ...rest } = toQuery(of(address))
    return rest
  }

  it('is preheats by default', () => assert.deepEqual(toQuery(noFilters), { page: 1, per_page: 25, type: 'preheat' }))

  it('is what the kind means', () => {
    assert.deepEqual(query('kind=image'), { type: 'preheat', args_type: 'image' })
    assert.deepEqual(query('kind=file'), { type: 'preheat', args_type: 'file' })
    assert.deepEqual(query('kind=get_task'), { type: 'get_task' })
    assert.deepEqual(query('kind=all'), {})
  })

  it('has the names of the contract', () => {
    assert.deepEqual(query('kind=all&phase=warming&cluster=2&contract=preheats&peer=p&q=a%20b'), {
      phase: 'warming',
      scheduler_cluster_id: 2,
      contract: 'preheats',
      peer: 'p',
      q: 'a b',
    })
  })
})
