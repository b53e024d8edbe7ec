// All peers of a map at once, each by its worst task: where to look, and a click goes there.

import Box from '@mui/material/Box'
import { useEffect, useRef, type PointerEvent } from 'react'
import type { Colours } from './colours.ts'
import { letterOf, stripOf } from './states.ts'

interface StripProps {
  readonly order: readonly number[]
  /** As of worstOf. */
  readonly worst: Uint8Array
  readonly colours: Colours
  readonly height: number
  /** What the box beside it shows, as parts of all lines, from 0 to 1. */
  readonly shown: { readonly from: number; readonly to: number }
  /** Where to scroll the middle of the box, from 0 to 1. */
  readonly onGo: (part: number) => void
}

const width = 36
/** What has not failed keeps clear of the right end, so that failed lines are longer. */
const shorter = 24
/** Less could not be seen. */
const leastFailed = 2

/** For a pointer; with the keyboard the map itself goes everywhere. */
export function Strip({ order, worst, colours, height, shown, onGo }: StripProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const frame = requestAnimationFrame(() => canvas.current && draw(canvas.current, { order, worst, colours, height }))
    return () => cancelAnimationFrame(frame)
  }, [order, worst, colours, height])
  const go = (event: PointerEvent<HTMLElement>): void => {
    if (event.buttons !== 1) return
    const { top } = event.currentTarget.getBoundingClientRect()
    onGo((event.clientY - top) / height)
  }
  return (
    <Box
      aria-hidden
      title="All peers, each by its worst task"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        go(event)
      }}
      onPointerMove={go}
      sx={{ position: 'relative', flex: 'none', width, cursor: 'pointer', touchAction: 'none' }}
    >
      <canvas ref={canvas} style={{ display: 'block', width, height }} />
      <Box
        style={{ top: shown.from * height, height: Math.max(4, (shown.to - shown.from) * height) }}
        sx={{ position: 'absolute', left: 0, right: 0, border: 2, borderColor: 'text.primary', borderRadius: '3px' }}
      />
    </Box>
  )
}

type Drawn = Pick<StripProps, 'order' | 'worst' | 'colours' | 'height'>

function draw(canvas: HTMLCanvasElement, { order, worst, colours, height }: Drawn): void {
  const ratio = devicePixelRatio
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const pen = canvas.getContext('2d')
  if (pen === null) return
  const strip = stripOf(order, worst, canvas.height)
  const fill = (line: number, length: number, thick: number): void => {
    pen.fillStyle = colours.states[letterOf(strip[line] ?? 0)]
    pen.fillRect(0, line, length * ratio, thick)
  }
  for (let line = 0; line < strip.length; line++) if (letterOf(strip[line] ?? 0) !== '.') fill(line, shorter, 1)
  for (let line = 0; line < strip.length; line++)
    if (letterOf(strip[line] ?? 0) === 'f') fill(line, width, Math.ceil(leastFailed * ratio))
}
