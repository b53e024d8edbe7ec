// Where what of a map is: lines are peers, columns are blobs, and both have names at their head. CSS pixels. Pure.

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** A cell as it is shown. */
export interface Place {
  readonly line: number
  readonly column: number
}

export interface Layout {
  readonly lines: number
  readonly columns: number
  readonly cell: Size
  /** The names of the peers, at the left. */
  readonly gutter: number
  /** The names of the columns, above. */
  readonly header: number
  /** Of everything, gutter and header included. */
  readonly whole: Size
  /** Of the box that all of it scrolls in. */
  readonly boxHeight: number
}

/** A hostname can be read on the lowest line, and a state seen in the narrowest column. */
const least: Size = { width: 6, height: 12 }
/** Where there is room: wide enough for a sign and a word. */
const most: Size = { width: 160, height: 40 }
const tallest = 560
const scrollbar = 16
/** Of the header, with sizes in it and without. */
const [high, low] = [40, 20]
/** From here on the cells have words in them, and the columns have sizes above them. */
export const wordsFrom: Size = { width: 104, height: 24 }

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)

/** `width` is that of the box, without its scrollbar. */
export function layoutOf(width: number, lines: number, columns: number): Layout {
  const gutter = clamp(Math.floor(width * 0.2), 96, 240)
  const cellHeight = clamp(Math.floor((tallest - high) / Math.max(lines, 1)), least.height, most.height)
  const widest = most.width * (cellHeight / most.height)
  const cellWidth = clamp(Math.floor((width - gutter) / Math.max(columns, 1)), least.width, widest)
  const header = cellWidth >= wordsFrom.width ? high : low
  const whole = { width: gutter + columns * cellWidth, height: header + lines * cellHeight }
  const boxHeight = Math.min(tallest, whole.height + (whole.width > width ? scrollbar : 0))
  return { lines, columns, cell: { width: cellWidth, height: cellHeight }, gutter, header, whole, boxHeight }
}

interface Range {
  readonly from: number
  /** Not included. */
  readonly to: number
}

/** What can be seen, cut cells included. `view` is the size of the box. */
export function seenOf({ lines, columns, cell, gutter, header }: Layout, scroll: Point, view: Size) {
  const range = (start: number, room: number, step: number, count: number): Range => ({
    from: clamp(Math.floor(start / step), 0, count),
    to: clamp(Math.ceil((start + room) / step), 0, count),
  })
  return {
    lines: range(scroll.y, view.height - header, cell.height, lines),
    columns: range(scroll.x, view.width - gutter, cell.width, columns),
  }
}

/** How many lines can be seen whole; at least 1. */
export const linesOf = ({ cell, header }: Layout, view: Size): number =>
  Math.max(1, Math.floor((view.height - header) / cell.height))

/** The corner of a cell in the box. */
export const cornerOf = ({ cell, gutter, header }: Layout, scroll: Point, { line, column }: Place): Point => ({
  x: gutter + column * cell.width - scroll.x,
  y: header + line * cell.height - scroll.y,
})

/** Which cell is at a point of the box; undefined at a name, and where there is none. */
export function placeAt({ lines, columns, cell, gutter, header }: Layout, scroll: Point, at: Point): Place | undefined {
  if (at.x < gutter || at.y < header) return undefined
  const column = Math.floor((at.x - gutter + scroll.x) / cell.width)
  const line = Math.floor((at.y - header + scroll.y) / cell.height)
  return column < columns && line < lines ? { line, column } : undefined
}

/** Scrolled as little as it takes to see all of a cell. */
export function scrolledTo({ cell, gutter, header }: Layout, scroll: Point, view: Size, place: Place): Point {
  const nearest = (now: number, start: number, size: number, room: number): number =>
    clamp(now, Math.min(start, start + size - room), start)
  return {
    x: nearest(scroll.x, place.column * cell.width, cell.width, view.width - gutter),
    y: nearest(scroll.y, place.line * cell.height, cell.height, view.height - header),
  }
}

export interface Key {
  readonly key: string
  /** Control, or Command. */
  readonly far: boolean
}

/** Where a key leads, as in any grid; undefined where it is none that moves. `page` is how many lines can be seen. */
export function movedBy({ key, far }: Key, { line, column }: Place, layout: Layout, page: number): Place | undefined {
  const last = { line: layout.lines - 1, column: layout.columns - 1 }
  const to = (next: Partial<Place>): Place => ({
    line: clamp(next.line ?? line, 0, last.line),
    column: clamp(next.column ?? column, 0, last.column),
  })
  switch (key) {
    case 'ArrowUp':
      return to({ line: line - 1 })
    case 'ArrowDown':
      return to({ line: line + 1 })
    case 'ArrowLeft':
      return to({ column: column - 1 })
    case 'ArrowRight':
      return to({ column: column + 1 })
    case 'PageUp':
      return to({ line: line - page })
    case 'PageDown':
      return to({ line: line + page })
    case 'Home':
      return to(far ? { line: 0, column: 0 } : { column: 0 })
    case 'End':
      return to(far ? last : { column: last.column })
    default:
      return undefined
  }
}
