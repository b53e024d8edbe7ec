// The map of a preheat of a thousand peers in a browser: how soon it is there, and whether it stays smooth while it
// moves. A stand-in answers for the service, as it is the browser that is measured. Chromium draws by software here: on
// a desk it is quicker.

import { existsSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { buildConsole } from '../scripts/build-console.ts'
import { startStandIn } from './console-stand-in.ts'
import type { Figure } from './table.ts'

const chromiumPath = '/usr/bin/chromium'
const size = { peers: 1000, blobs: 100, changes: 400 }
const rounds = 3
/** Of updates, in each round. */
const watchedMs = 10_000

interface Round {
  readonly cold: number
  readonly click: number
  readonly frame: number
  readonly scrolled: number
  readonly task: number
  readonly heap: number
}

export async function measureConsoleMap(): Promise<readonly Figure[]> {
  if (!existsSync(chromiumPath)) {
    console.log(`The console is not measured: there is no ${chromiumPath}.`)
    return []
  }
  await buildConsole()
  await using closing = new AsyncDisposableStack()
  const served = await startStandIn(size)
  closing.defer(() => served.stop())
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] })
  closing.defer(() => browser.close())
  const all: Round[] = []
  for (let n = 0; n < rounds; n++) all.push(await oneRound(browser, served.url))
  const of = (name: keyof Round): readonly number[] => all.map((round) => round[name])
  const map = `map ${size.peers} × ${size.blobs}`
  return [
    { name: `${map}: drawn, from the click`, unit: 'ms', runs: of('click'), limit: { of: 'figure', most: 1000 } },
    { name: `${map}: drawn, from the load of the page`, unit: 'ms', runs: of('cold') },
    { name: `${map}: longest frame`, unit: 'ms', runs: of('frame'), limit: { of: 'figure', most: 100 } },
    { name: `${map}: longest frame, scrolled`, unit: 'ms', runs: of('scrolled'), limit: { of: 'figure', most: 100 } },
    { name: `${map}: longest task`, unit: 'ms', runs: of('task'), limit: { of: 'figure', most: 100 } },
    { name: `${map}: heap of the page`, unit: 'MiB', runs: of('heap') },
  ]
}

async function oneRound(browser: Browser, url: string): Promise<Round> {
  const cold = await inPage(browser, async (page) => {
    await page.goto(`${url}/console/#/preheats/1`)
    return drawnAt(page)
  })
  return inPage(browser, async (page) => {
    await page.goto(`${url}/console/#/preheats`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    const begun = await page.evaluate<number>(`location.hash = '/preheats/1'; performance.now()`)
    const click = (await drawnAt(page)) - begun
    await page.evaluate('warmfrontBench.begin()')
    await page.waitForTimeout(watchedMs)
    const still = await page.evaluate<Smoothness>('warmfrontBench.end()')
    await page.getByRole('grid').hover()
    await page.evaluate('warmfrontBench.begin()')
    for (let n = 0; n < 60; n++) await page.mouse.wheel(0, n < 30 ? 400 : -400)
    const scrolled = await page.evaluate<Smoothness>('warmfrontBench.end()')
    const heap = await page.evaluate<number>('performance.memory.usedJSHeapSize / 2 ** 20')
    return { cold, click, frame: still.frame, scrolled: scrolled.frame, task: still.task, heap }
  })
}

async function inPage<T>(browser: Browser, run: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  try {
    const page = await context.newPage()
    await page.addInitScript(watching)
    return await run(page)
  } finally {
    await context.close()
  }
}

/** When the first frame with cells of the map was done, by the clock of the page: 0 is when its loading began. */
const drawnAt = async (page: Page): Promise<number> =>
  Number(await (await page.waitForFunction('warmfrontBench.drawnAt')).jsonValue())

interface Smoothness {
  readonly frame: number
  readonly task: number
}

/** Milliseconds all; runs in the page, before anything of its own. */
const watching = `
  sessionStorage.setItem('warmfront.token', 'bench')
  globalThis.warmfrontBench = (() => {
    const bench = { drawnAt: 0, begin, end }
    const pen = CanvasRenderingContext2D.prototype
    const drawImage = pen.drawImage
    pen.drawImage = function (...given) {
      pen.drawImage = drawImage
      // After the frame that it belongs to.
      requestAnimationFrame(() => (bench.drawnAt = performance.now()))
      return drawImage.apply(this, given)
    }
    let frame, task, last, watched
    const seen = new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => (task = Math.max(task, duration))))
    const tick = (at) => {
      frame = Math.max(frame, at - last)
      last = at
      watched = requestAnimationFrame(tick)
    }
    function begin() {
      frame = task = 0
      last = performance.now()
      seen.observe({ type: 'longtask' })
      watched = requestAnimationFrame(tick)
    }
    function end() {
      cancelAnimationFrame(watched)
      seen.disconnect()
      return { frame, task }
    }
    return bench
  })()
`
