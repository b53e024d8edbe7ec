// Each state as a small picture of the size of a cell, drawn once and then stamped thousands of times.

import { wordsFrom, type Size } from './layout.ts'
import { signOf, type Tone } from './signs.ts'
import { letters, words, type Letter } from './states.ts'
import type { Colours } from './colours.ts'

export type Sprites = ReadonlyMap<Letter, HTMLCanvasElement>

/** `ratio` is that of the screen's pixels to CSS pixels. */
export const spritesOf = (cell: Size, colours: Colours, ratio: number): Sprites =>
  new Map(letters.map((letter) => [letter, spriteOf(letter, { cell, colours, ratio })]))

interface Look {
  readonly cell: Size
  readonly colours: Colours
  readonly ratio: number
}

const faint = 0.22
const signSide = 12
const font = '12px system-ui, sans-serif'

function spriteOf(letter: Letter, { cell, colours, ratio }: Look): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  const gap = cell.height >= wordsFrom.height ? 2 : 1
  const size = { width: cell.width - gap, height: cell.height - gap }
  canvas.width = Math.round(size.width * ratio)
  canvas.height = Math.round(size.height * ratio)
  const pen = canvas.getContext('2d')
  if (pen === null) return canvas
  pen.scale(ratio, ratio)
  const isLarge = cell.width >= wordsFrom.width && cell.height >= wordsFrom.height
  if (isLarge) drawWithWord(pen, letter, { size, colours })
  else drawSign(pen, letter, { size, colours })
  return canvas
}

interface Drawn {
  readonly size: Size
  readonly colours: Colours
}

function drawSign(pen: CanvasRenderingContext2D, letter: Letter, { size, colours }: Drawn): void {
  for (const { path, tone } of signOf(letter, size)) {
    pen.globalAlpha = tone === 'faint' ? faint : 1
    pen.fillStyle = inkOf(tone, letter, colours)
    pen.fill(new Path2D(path))
  }
  pen.globalAlpha = 1
}

const inkOf = (tone: Tone, letter: Letter, { ground, states }: Colours): string =>
  tone === 'ground' ? ground : states[letter]

/** A tinted cell with the sign in front of the word. */
function drawWithWord(pen: CanvasRenderingContext2D, letter: Letter, { size, colours }: Drawn): void {
  pen.globalAlpha = letter === '.' ? faint / 4 : faint / 2
  pen.fillStyle = colours.states[letter]
  pen.fillRect(0, 0, size.width, size.height)
  pen.globalAlpha = 1
  const top = Math.round((size.height - signSide) / 2)
  pen.save()
  pen.translate(top, top)
  drawSign(pen, letter, { size: { width: signSide, height: signSide }, colours })
  pen.restore()
  pen.font = font
  pen.textBaseline = 'middle'
  pen.fillStyle = letter === '.' ? colours.quiet : colours.text
  pen.fillText(words[letter], letter === '.' ? top : top + signSide + 6, size.height / 2 + 1)
}
