// What a query asks for of a list.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cut, pagingOf, toList } from '../../../../src/contracts/open-api/page.ts'

for (const { query, page, perPage } of [
  { query: '', page: 1, perPage: 10 },
  { query: 'page=&per_page=', page: 1, perPage: 10 },
  { query: 'page=0&per_page=0', page: 1, perPage: 10 },
  { query: 'page=3&per_page=100', page: 3, perPage: 100 },
  { query: 'page=1&per_page=10000000', page: 1, perPage: 100 },
]) {
  test(`"${query}" asks for page ${page} of ${perPage}`, () => {
    assert.deepEqual(pagingOf(new URLSearchParams(query)), { page, perPage })
  })
}

test('a list that is here as a whole is cut into pages', () => {
  assert.deepEqual(cut([1, 2, 3], { page: 2, perPage: 2 }), { rows: [3], total: 3 })
  assert.deepEqual(cut([1, 2, 3], { page: 3, perPage: 2 }), { rows: [], total: 3 })
})

test('Link leads through pages of the size that is served, with the rest of the query', () => {
  const query = new URLSearchParams('type=preheat&per_page=10000000&state=FAILURE&page=2')
  const { headers, body } = toList({ path: '/oapi/v1/jobs', query }, { rows: [1, 2], total: 250 }, (row) => row * 2)
  const address = (to: number) => `</oapi/v1/jobs?page=${to}&per_page=100&state=FAILURE&type=preheat>`
  assert.equal(
    headers?.['link'],
    `${address(1)};rel=prev,${address(3)};rel=next,${address(1)};rel=first,${address(3)};rel=last`,
  )
  assert.deepEqual(body, [2, 4])
})
