// Which items have to go so that a new one fits: the least recently used of those that may.

/**
 * `oldestFirst` is read no further than needed. undefined: even without everything that may go, it would not fit.
 */
export function chooseVictims(
  oldestFirst: Iterable<readonly [key: string, item: { readonly bytes: number }]>,
  mayGo: (key: string) => boolean,
  bytesToFree: number,
): readonly string[] | undefined {
  const victims: string[] = []
  let missing = bytesToFree
  for (const [key, item] of oldestFirst) {
    if (missing <= 0) break
    if (!mayGo(key)) continue
    victims.push(key)
    missing -= item.bytes
  }
  return missing > 0 ? undefined : victims
}
