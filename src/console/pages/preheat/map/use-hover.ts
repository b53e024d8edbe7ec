// Which cell the pointer is over, also when the box is scrolled under it.

import { useCallback, useState, type MouseEvent } from 'react'
import { placeAt, type Layout, type Place, type Point } from './layout.ts'
import type { Viewed } from './use-view.ts'

export interface Hover {
  readonly place: Place | undefined
  /** Which cell an event is at: a tap comes without a move of the pointer before it. */
  readonly placeOf: (event: MouseEvent<HTMLElement>) => Place | undefined
  readonly onMove: (event: MouseEvent<HTMLElement>) => void
  readonly clear: () => void
}

export function useHover(layout: Layout, { view, scroll }: Viewed): Hover {
  const [point, setPoint] = useState<Point | undefined>()
  const clear = useCallback(() => setPoint(undefined), [])
  const onMove = useCallback((event: MouseEvent<HTMLElement>) => setPoint(pointOf(event)), [])
  const at = (where: Point): Place | undefined =>
    where.x < view.width && where.y < view.height ? placeAt(layout, scroll, where) : undefined
  return { place: point && at(point), placeOf: (event) => at(pointOf(event)), onMove, clear }
}

function pointOf({ currentTarget, clientX, clientY }: MouseEvent<HTMLElement>): Point {
  const { left, top } = currentTarget.getBoundingClientRect()
  return { x: clientX - left - currentTarget.clientLeft, y: clientY - top - currentTarget.clientTop }
}
