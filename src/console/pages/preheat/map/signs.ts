// The sign of each state, so that colour never alone tells it: the same paths for the canvas and for SVG. Pure.

import type { Size } from './layout.ts'
import type { Letter } from './states.ts'

/** `full` and `faint` are of the state's colour, `ground` is what is behind the map. */
export type Tone = 'full' | 'faint' | 'ground'

interface Shape {
  /** As in the `d` of an SVG path, to be filled. */
  readonly path: string
  readonly tone: Tone
}

/** Of a cell of this size, its corner at 0, 0. */
export function signOf(letter: Letter, size: Size): readonly Shape[] {
  const { width, height } = size
  const all = box(0, 0, width, height)
  switch (letter) {
    case 'w':
      return [{ tone: 'full', path: all }]
    case 'h':
      return [
        { tone: 'faint', path: all },
        { tone: 'full', path: frame(size) },
      ]
    case 'r':
      return [
        { tone: 'faint', path: all },
        { tone: 'full', path: box(0, Math.floor(height / 2), width, Math.ceil(height / 2)) },
      ]
    case 'q':
      return [{ tone: 'full', path: middle(size) }]
    case 'f':
      return [
        { tone: 'full', path: all },
        { tone: 'ground', path: cross(size) },
      ]
    case 'c':
      return [
        { tone: 'full', path: all },
        { tone: 'ground', path: band(size) },
      ]
    case '.':
      return []
    default:
      return letter satisfies never
  }
}

const box = (x: number, y: number, width: number, height: number): string => `M${x} ${y}h${width}v${height}h${-width}z`

/** The inner side runs the other way round, which leaves it out. */
function frame({ width, height }: Size): string {
  const thick = Math.max(1, Math.round(Math.min(width, height) / 8))
  const [inWidth, inHeight] = [width - 2 * thick, height - 2 * thick]
  return `${box(0, 0, width, height)}M${thick} ${thick}v${inHeight}h${inWidth}v${-inHeight}z`
}

function middle({ width, height }: Size): string {
  const side = Math.max(2, Math.round(Math.min(width, height) / 3))
  return box(Math.floor((width - side) / 2), Math.floor((height - side) / 2), side, side)
}

function band({ width, height }: Size): string {
  const thick = Math.max(2, Math.round(height / 5))
  return box(1, Math.floor((height - thick) / 2), width - 2, thick)
}

function cross({ width, height }: Size): string {
  const side = Math.min(width, height)
  const [x, y] = [width / 2, height / 2]
  const arm = side * 0.32
  const thick = Math.max(1, side / 8) * Math.SQRT1_2
  const [near, far] = [arm - thick, arm + thick]
  // Both the same way round, so that they do not leave each other out where they cross.
  const falling = polygon([x - far, y - near], [x + near, y + far], [x + far, y + near], [x - near, y - far])
  const rising = polygon([x - near, y + far], [x + far, y - near], [x + near, y - far], [x - far, y + near])
  return falling + rising
}

const polygon = (...points: readonly (readonly [x: number, y: number])[]): string =>
  `M${points.map((point) => point.join(' ')).join('L')}z`
