import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  cornerOf,
  layoutOf,
  linesOf,
  movedBy,
  placeAt,
  scrolledTo,
  seenOf,
} from '../../../src/console/pages/preheat/map/layout.ts'

const large = layoutOf(1000, 1000, 100)
const view = { width: 1000, height: large.boxHeight }
const top = { x: 0, y: 0 }

test('three peers and three layers have large cells, and no line or column is scrolled for', () => {
  const { cell, whole, boxHeight } = layoutOf(1000, 3, 3)
  assert.deepEqual(cell, { width: 160, height: 40 })
  assert.equal(boxHeight, whole.height)
  assert.ok(whole.width <= 1000)
})

test('a thousand peers and a hundred layers stay readable in a box that they scroll in', () => {
  assert.equal(large.cell.height, 12)
  assert.ok(large.cell.width >= 6)
  assert.equal(large.whole.height, large.header + 12_000)
  assert.equal(large.boxHeight, 560)
})

test('on a phone the columns keep their least width, and the map is scrolled sideways', () => {
  const phone = layoutOf(300, 3, 100)
  assert.equal(phone.cell.width, 6)
  assert.ok(phone.whole.width > 300)
  // The scrollbar does not stand on the last line.
  assert.ok(phone.boxHeight > phone.whole.height)
})

test('only what can be seen is drawn, cut cells included', () => {
  const room = Math.ceil((view.height - large.header) / 12)
  assert.deepEqual(seenOf(large, top, view).lines, { from: 0, to: room })
  assert.deepEqual(seenOf(large, { x: 0, y: 18 }, view).lines, {
    from: 1,
    to: room + 2 - (room * 12 - 540 > 6 ? 1 : 0),
  })
  assert.deepEqual(seenOf(large, { x: 0, y: 12_000 }, view).lines, { from: 1000, to: 1000 })
  assert.deepEqual(seenOf(large, top, view).columns, { from: 0, to: 100 })
})

test('a point leads to the cell whose corner is there, wherever the box is scrolled to', () => {
  const scroll = { x: 13, y: 4321 }
  const place = { line: 400, column: 50 }
  const corner = cornerOf(large, scroll, place)
  assert.deepEqual(placeAt(large, scroll, corner), place)
  const end = { x: corner.x + large.cell.width - 1, y: corner.y + large.cell.height - 1 }
  assert.deepEqual(placeAt(large, scroll, end), place)
  assert.deepEqual(placeAt(large, scroll, { ...end, x: end.x + 1 }), { line: 400, column: 51 })
})

test('there is no cell at a name, and none beyond the last', () => {
  assert.equal(placeAt(large, top, { x: large.gutter - 1, y: 100 }), undefined)
  assert.equal(placeAt(large, top, { x: 500, y: large.header - 1 }), undefined)
  const few = layoutOf(1000, 3, 3)
  assert.equal(placeAt(few, top, { x: few.whole.width, y: few.header }), undefined)
  assert.equal(placeAt(few, top, { x: few.gutter, y: few.whole.height }), undefined)
})

test('a cell is scrolled to as little as it takes, and not where it is seen already', () => {
  assert.deepEqual(scrolledTo(large, top, view, { line: 3, column: 3 }), top)
  const down = scrolledTo(large, top, view, { line: 500, column: 0 })
  assert.deepEqual(down, { x: 0, y: 501 * 12 - (view.height - large.header) })
  assert.deepEqual(scrolledTo(large, down, view, { line: 10, column: 0 }), { x: 0, y: 120 })
})

test('keys lead where they do in any grid, and stop at its ends', () => {
  const moved = (key: string, far = false) => movedBy({ key, far }, { line: 5, column: 5 }, large, linesOf(large, view))
  assert.deepEqual(moved('ArrowUp'), { line: 4, column: 5 })
  assert.deepEqual(moved('ArrowRight'), { line: 5, column: 6 })
  assert.deepEqual(moved('ArrowDown'), { line: 6, column: 5 })
  assert.deepEqual(moved('ArrowLeft'), { line: 5, column: 4 })
  assert.deepEqual(moved('PageDown'), { line: 50, column: 5 })
  assert.deepEqual(moved('PageUp'), { line: 0, column: 5 })
  assert.deepEqual(moved('Home'), { line: 5, column: 0 })
  assert.deepEqual(moved('End'), { line: 5, column: 99 })
  assert.deepEqual(moved('Home', true), { line: 0, column: 0 })
  assert.deepEqual(moved('End', true), { line: 999, column: 99 })
  assert.equal(moved('a'), undefined)
  const last = { line: 999, column: 99 }
  assert.deepEqual(movedBy({ key: 'ArrowDown', far: false }, last, large, 40), last)
})
