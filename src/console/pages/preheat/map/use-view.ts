// How large a scrolling box is inside, and where it is scrolled to.

import { useEffect, useState, type RefObject } from 'react'
import type { Point, Size } from './layout.ts'

export interface Viewed {
  readonly view: Size
  readonly scroll: Point
  /** Scrolls, and knows of it at once. */
  readonly scrollTo: (to: Point) => void
}

export function useView(box: RefObject<HTMLElement | null>): Viewed {
  const [view, setView] = useState<Size>({ width: 0, height: 0 })
  const [scroll, setScroll] = useState<Point>({ x: 0, y: 0 })
  useEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const observer = new ResizeObserver(() => setView((before) => same(before, sizeOf(element))))
    observer.observe(element)
    const look = (): void => setScroll((before) => same(before, scrollOf(element)))
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [box])
  const scrollTo = ({ x, y }: Point): void => {
    if (box.current === null) return
    box.current.scrollTo(x, y)
    const now = scrollOf(box.current)
    setScroll((before) => same(before, now))
  }
  return { view, scroll, scrollTo }
}

/** Without scrollbars. */
const sizeOf = ({ clientWidth, clientHeight }: HTMLElement): Size => ({ width: clientWidth, height: clientHeight })
const scrollOf = ({ scrollLeft, scrollTop }: HTMLElement): Point => ({ x: scrollLeft, y: scrollTop })

/** What was, where nothing has changed: then nothing is drawn anew. */
const same = <T extends object>(before: T, now: T): T =>
  Object.entries(now).every(([name, value]) => Reflect.get(before, name) === value) ? before : now
