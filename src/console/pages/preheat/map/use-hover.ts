// Which cell the pointer is over, also when the box is scrolled under it.

import { useCallback, useState, type MouseEvent } from 'react'
import { placeAt, type Layout, type Place, type Point } from './layout.ts'
import type { Viewed } from './use-view.ts'

export interface Hover {
  readonly place: Place | undefined
  readonly onMove: (event: MouseEvent<HTMLElement>) => void
  readonly clear: () => void
}

export function useHover(layout: Layout, { view, scroll }: Viewed): Hover {
  const [point, setPoint] = useState<Point | undefined>()
  const clear = useCallback(() => setPoint(undefined), [])
  const onMove = useCallback(({ currentTarget, clientX, clientY }: MouseEvent<HTMLElement>) => {
    const { left, top } = currentTarget.getBoundingClientRect()
    setPoint({ x: clientX - left - currentTarget.clientLeft, y: clientY - top - currentTarget.clientTop })
  }, [])
  const isInside = point !== undefined && point.x < view.width && point.y < view.height
  return { place: isInside ? placeAt(layout, scroll, point) : undefined, onMove, clear }
}
