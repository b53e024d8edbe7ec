// A canvas that shows a scene, and the next one with the frame after it.

import { useEffect, useRef, type RefObject } from 'react'
import { Picture, type Scene } from './picture.ts'

export function usePicture(scene: Scene | undefined): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null)
  const picture = useRef<Picture>(undefined)
  useEffect(() => {
    if (canvas.current === null) return undefined
    const made = new Picture(canvas.current)
    picture.current = made
    return () => made.close()
  }, [])
  useEffect(() => {
    if (scene !== undefined) picture.current?.show(scene)
  })
  return canvas
}
