// Draws what can be seen of a map, and after that only the cells that changed.

import { bytesOrNone } from '../../../format.ts'
import type { Colours } from './colours.ts'
import { cutHost, type Mapped } from './labels.ts'
import { cornerOf, seenOf, wordsFrom, type Layout, type Place, type Point, type Size } from './layout.ts'
import { spritesOf, type Sprites } from './sprites.ts'
import { letterAt } from './states.ts'

/** Whatever is the same object as before is not looked into again. */
export interface Scene {
  readonly map: Mapped
  /** Which peer is on which line. */
  readonly order: readonly number[]
  readonly layout: Layout
  readonly colours: Colours
  readonly scroll: Point
  readonly view: Size
  /** The cell to be marked. */
  readonly marked: Place | undefined
}

export class Picture {
  readonly #canvas: HTMLCanvasElement
  readonly #pen: CanvasRenderingContext2D | null
  #next: Scene | undefined
  #shown: Scene | undefined
  #sprites: Sprites = new Map()
  #ratio = 1
  #frame = 0

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas
    this.#pen = canvas.getContext('2d')
  }

  /** With the next frame; of several scenes before it, the last. */
  show(scene: Scene): void {
    this.#next = scene
    this.#frame ||= requestAnimationFrame(() => this.#draw())
  }

  close(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
  }

  #draw(): void {
    this.#frame = 0
    const [pen, scene, shown] = [this.#pen, this.#next, this.#shown]
    if (pen === null || scene === undefined) return
    const isOnlyLetters = shown !== undefined && this.#ratio === devicePixelRatio && differsInLetters(shown, scene)
    if (!isOnlyLetters) this.#prepare(scene, shown)
    pen.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0)
    const drawing = { pen, scene, sprites: this.#sprites }
    drawCells(drawing, isOnlyLetters ? shown : undefined)
    if (!isOnlyLetters) {
      drawPeers(drawing)
      drawBlobs(drawing)
    }
    drawMark(drawing)
    this.#shown = scene
  }

  #prepare(scene: Scene, shown: Scene | undefined): void {
    const { view, layout, colours } = scene
    const ratio = devicePixelRatio
    const isAnother = ratio !== this.#ratio || shown?.layout !== layout || shown.colours !== colours
    if (isAnother) this.#sprites = spritesOf(layout.cell, colours, ratio)
    this.#ratio = ratio
    const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)]
    // Setting a size clears the canvas and takes new memory, so it is done only where it is another.
    if (this.#canvas.width !== width) this.#canvas.width = width
    if (this.#canvas.height !== height) this.#canvas.height = height
  }
}

const differsInLetters = (before: Scene, now: Scene): boolean =>
  before.map.peers === now.map.peers &&
  before.map.blobs === now.map.blobs &&
  before.order === now.order &&
  before.layout === now.layout &&
  before.colours === now.colours &&
  before.scroll === now.scroll &&
  before.view === now.view &&
  before.marked === now.marked

interface Drawing {
  readonly pen: CanvasRenderingContext2D
  readonly scene: Scene
  readonly sprites: Sprites
}

/** All that can be seen; those only whose letter is another than in `before`, where that is given. */
function drawCells({ pen, scene, sprites }: Drawing, before: Scene | undefined): void {
  const { map, order, layout, scroll, view, colours } = scene
  const { rows } = map
  const seen = seenOf(layout, scroll, view)
  pen.save()
  pen.beginPath()
  pen.rect(layout.gutter, layout.header, view.width - layout.gutter, view.height - layout.header)
  pen.clip()
  pen.fillStyle = colours.ground
  if (before === undefined) pen.fillRect(0, 0, view.width, view.height)
  for (let column = seen.columns.from; column < seen.columns.to; column++) {
    if (rows[column] === before?.map.rows[column]) continue
    for (let line = seen.lines.from; line < seen.lines.to; line++) {
      const cell = { peer: order[line] ?? 0, blob: column }
      const letter = letterAt(rows, cell)
      if (before !== undefined && letterAt(before.map.rows, cell) === letter) continue
      const { x, y } = cornerOf(layout, scroll, { line, column })
      if (before !== undefined) pen.fillRect(x, y, layout.cell.width, layout.cell.height)
      const sprite = sprites.get(letter)
      if (sprite !== undefined && sprite.width > 0)
        pen.drawImage(sprite, x, y, sprite.width / devicePixelRatio, sprite.height / devicePixelRatio)
    }
  }
  pen.restore()
}

/** How far the mark reaches beyond its cell. */
const ring = 3

/** A ring in two colours, which is seen on any cell. */
function drawMark({ pen, scene }: Drawing): void {
  const { layout, scroll, view, colours, marked } = scene
  if (marked === undefined) return
  const { x, y } = cornerOf(layout, scroll, marked)
  const { width, height } = layout.cell
  pen.save()
  pen.beginPath()
  pen.rect(layout.gutter - ring, layout.header - ring, view.width, view.height)
  pen.clip()
  pen.lineWidth = 2
  pen.strokeStyle = colours.ground
  pen.strokeRect(x, y, width - 1, height - 1)
  pen.strokeStyle = colours.text
  pen.strokeRect(x - 2, y - 2, width + ring, height + ring)
  pen.restore()
}

const small = '10px system-ui, sans-serif'
const normal = '13px system-ui, sans-serif'
const pad = 8
/** From this height on a line has room for a host in the ordinary size, and then for its ip below. */
const normalFrom = 18
const twoLinesFrom = 34

function drawPeers({ pen, scene }: Drawing): void {
  const { map, order, layout, scroll, view, colours, marked } = scene
  pen.fillStyle = colours.ground
  pen.fillRect(0, layout.header, layout.gutter, view.height)
  pen.save()
  pen.beginPath()
  pen.rect(0, layout.header, layout.gutter, view.height)
  pen.clip()
  pen.textBaseline = 'middle'
  const font = layout.cell.height >= normalFrom ? normal : small
  const write = (text: string, y: number, colour: string, used = 0): number => {
    const room = layout.gutter - pad - used
    const shown = cutHost(text, (part) => pen.measureText(part).width <= room)
    pen.fillStyle = colour
    pen.fillText(shown, used, y)
    return pen.measureText(shown).width
  }
  const { from, to } = seenOf(layout, scroll, view).lines
  for (let line = from; line < to; line++) {
    const peer = map.peers[order[line] ?? 0]
    if (peer === undefined) continue
    const middle = cornerOf(layout, scroll, { line, column: 0 }).y + layout.cell.height / 2
    const hasTwo = layout.cell.height >= twoLinesFrom && peer.ip !== ''
    pen.font = marked?.line === line ? `bold ${font}` : font
    const used = write(peer.hostname, hasTwo ? middle - 7 : middle, colours.text) + pad
    pen.font = small
    if (hasTwo) write(peer.ip, middle + 9, colours.quiet)
    else if (layout.gutter - used > pen.measureText(peer.ip).width + pad) write(peer.ip, middle, colours.quiet, used)
  }
  pen.restore()
}

/** Numbers, as many as have room; where the columns are wide, also what each is and its size. */
function drawBlobs({ pen, scene }: Drawing): void {
  const { map, layout, scroll, view, colours, marked } = scene
  pen.fillStyle = colours.ground
  pen.fillRect(0, 0, view.width, layout.header)
  pen.save()
  pen.beginPath()
  pen.rect(layout.gutter, 0, view.width, layout.header)
  pen.clip()
  pen.textBaseline = 'alphabetic'
  const isWide = layout.cell.width >= wordsFrom.width
  const step = stepOf(layout)
  const { from, to } = seenOf(layout, scroll, view).columns
  for (let column = from - (from % step); column < to; column++) {
    const blob = map.blobs[column]
    const isMarked = column === marked?.column
    if (blob === undefined || !(isMarked || isNumbered(column, step, marked?.column))) continue
    const { x } = cornerOf(layout, scroll, { line: 0, column })
    pen.fillStyle = isMarked ? colours.text : colours.quiet
    pen.font = isWide ? normal : small
    if (!isWide) pen.fillText(`${column + 1}`, x, layout.header - 6)
    else {
      pen.fillText(`${blob.kind} ${column + 1}`, x, layout.header - 22)
      pen.font = small
      pen.fillText(bytesOrNone(blob.size), x, layout.header - 8)
    }
  }
  pen.restore()
}

/** Numbers make room for that of the marked column. */
const isNumbered = (column: number, step: number, marked: number | undefined): boolean =>
  (column === 0 || (column + 1) % step === 0) &&
  (step === 1 || marked === undefined || Math.abs(column - marked) >= step)

/** Every column, or every 5th, 10th and so on has its number. */
function stepOf({ cell, columns }: Layout): number {
  const room = 8 * String(columns).length + 6
  return [1, 5, 10, 20, 50, 100].find((step) => step * cell.width >= room) ?? 100
}
